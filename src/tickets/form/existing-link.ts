import type { Choice, FormContext, ListField } from './field.ts';

const REVOKE: Choice = { id: 'revoke', name: 'Revoke it and create a new one' };
const KEEP: Choice = { id: 'keep', name: 'Keep it and create another one' };

/** What to do about a link for the same connection that works now. The form asks once there is one. */
export const existingLink: ListField<'existingLink'> = {
  input: 'list',
  id: 'existingLink',
  for: ['new', 'edit'],
  label: 'This connection already has an active link',
  hint: ({ liveLink }) =>
    liveLink
      ? `${liveLink.requester} created it on ${liveLink.created}. It works until ${liveLink.expires}. Two active links for one connection can overwrite each other's changes.`
      : '',
  placeholder: 'Choose what to do',
  dependsOn: { fields: [], shown: (_, { liveLink }) => liveLink !== undefined },
  optional: ({ liveLink }) => liveLink === undefined,
  // A link that has ended since the form asked needs no revocation.
  options: ({ liveLink }) => (liveLink && !liveLink.canRevoke ? [KEEP] : [REVOKE, KEEP]),
  initial: () => undefined,
};

/** Whether the person wants the existing link revoked first. */
export const revokesExisting = (choices: Choice[]) => choices.some(({ id }) => id === REVOKE.id);

/** A link for the same connection that works now. */
export type LiveLink = NonNullable<FormContext['liveLink']>;
