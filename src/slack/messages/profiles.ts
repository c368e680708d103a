import type { types } from '@slack/bolt';
import { identityProviderName } from '../../auth0/identity-providers.ts';
import type { Profile } from '../../auth0/resources.ts';
import { clip } from '../../lib/text.ts';
import { PROFILE_FIELDS, type ProfileFieldId, type ProfileValues } from '../../profiles/fields.ts';
import { bold, code, copyable, notificationText, rich, section, text, warning } from '../blocks.ts';
import { createProfileButton, editProfileButton, openFormButton, postProfilesButton } from '../buttons.ts';
import type { ProfileActions } from '../profile-forms.ts';
import * as sentences from '../sentences.ts';
import type { Message } from './message.ts';

/**
 * The list of self-service profiles. Auth0 allows 20, and with two blocks each they fit in a message.
 *
 * @param onlyYou for the requester alone
 * @param canPost with a button that posts the list for everyone
 * @param actions which buttons it has for profile editors
 */
export function profileList(
  profiles: readonly Profile[],
  {
    onlyYou = false,
    canPost = true,
    actions = NO_ACTIONS,
  }: { onlyYou?: boolean; canPost?: boolean; actions?: ProfileActions } = {},
): Message {
  const count = sentences.profileCount(profiles.length);
  const buttons = [
    ...(onlyYou && canPost ? [postProfilesButton()] : []),
    ...(actions.create ? [createProfileButton()] : []),
  ];
  return {
    text: count,
    blocks: [
      rich(section(bold(count)), section(text(sentences.PROFILES_PURPOSE))),
      ...(onlyYou ? [warning(sentences.PROFILES_ONLY_YOU)] : []),
      ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
      ...profiles.flatMap((profile) => profileBlocks(profile, actions)),
    ],
  };
}

const NO_ACTIONS: ProfileActions = { create: false, edit: false };

function profileBlocks(profile: Profile, { edit }: ProfileActions): types.KnownBlock[] {
  const { id, name, description, providers, attributes, attributeProfile } = profile;
  const labels = sentences.PROFILE_LABELS;
  const attributeLine = (label: string, optional: boolean) => {
    const names = attributes.filter((attribute) => attribute.optional === optional).map(({ name }) => name);
    return names.length ? [section(bold(label), text(clip(names.join(', '), 300)))] : [];
  };
  const chosen = [{ id, name: clip(name, 75) }];
  return [
    rich(
      section(bold(clip(name, 150)), text('  '), code(id)),
      ...(description ? [section(text(clip(description, 300)))] : []),
      section(
        bold(labels.providers),
        text(providers.map(identityProviderName).join(', ') || labels.allProviders),
      ),
      ...attributeLine(labels.required, false),
      ...attributeLine(labels.optional, true),
      ...(attributeProfile
        ? [section(bold(labels.attributeProfile), text(clip(attributeProfile, 300)))]
        : []),
    ),
    {
      type: 'actions',
      elements: [
        openFormButton(sentences.FORM_SUBMIT, { kind: 'new', values: { profile: chosen } }),
        ...(edit ? [editProfileButton(id)] : []),
      ],
    },
  ];
}

/** Why a profile was not saved, with everything that was typed. For a person who has closed the form. */
export function typedProfile(sentence: string, values: ProfileValues, fields: ProfileFieldId[]): Message {
  const typed = PROFILE_FIELDS.filter(({ id }) => fields.includes(id) && values[id].length > 0);
  return {
    text: notificationText(sentence),
    blocks: [
      warning(sentence),
      ...typed.map(({ id, label }) => {
        const value = values[id];
        const shown = typeof value === 'string' ? value : value.map(identityProviderName).join(', ');
        return rich(section(bold(label)), copyable(shown));
      }),
    ],
  };
}
