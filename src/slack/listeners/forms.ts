import type { Tenant } from '../../auth0/tenant.ts';
import { RecentKeys } from '../../lib/recent-keys.ts';
import type { Seal } from '../../lib/seal.ts';
import { type FormContext, firstId, type TicketKind } from '../../tickets/form/field.ts';
import { initialValues } from '../../tickets/form/form.ts';
import { toRequest } from '../../tickets/form/request.ts';
import { validateForm } from '../../tickets/form/validate.ts';
import type { Access } from '../access.ts';
import { MORE_OPTIONS } from '../buttons.ts';
import type { Messenger } from '../delivery.ts';
import type { LinkCreator, SubmittedForm } from '../link-creator.ts';
import type { Click, Submission } from '../payloads.ts';
import { openTarget } from '../reply-target.ts';
import type { Router } from '../router.ts';
import { fieldSentence } from '../sentences.ts';
import { SUBMISSION_TTL_MS } from '../timeouts.ts';
import { formView, kindOf, readForm } from '../views/form.ts';
import { progressView } from '../views/notices.ts';

interface Dependencies {
  tenant: Tenant;
  access: Access;
  messenger: Messenger;
  seal: Seal;
  command: string;
  linkCreator: LinkCreator;
}

/** The submission of forms, and the button in them that shows more options. */
export function registerForms(router: Router, deps: Dependencies): void {
  const submitted = new RecentKeys(SUBMISSION_TTL_MS);
  for (const [kind, role] of [
    ['new', 'user'],
    ['edit', 'editor'],
  ] as const) {
    router.submission(kind, { role }, (submission) => submit(deps, submitted, kind, submission));
  }
  router.button(MORE_OPTIONS, { parse: () => undefined, role: () => 'user' }, (click) =>
    showMoreOptions(deps, click),
  );
}

const contextOf = (tenant: Tenant, kind: TicketKind): FormContext => ({
  kind,
  policy: tenant.policy,
  tenant,
});

/**
 * Takes a submitted form. Problems are shown at their fields. A valid form is acknowledged with a progress view, and
 * then creates one ticket, also if it is submitted again: Slack offers that when an acknowledgement comes late.
 */
async function submit(
  deps: Dependencies,
  submitted: RecentKeys,
  kind: TicketKind,
  submission: Submission,
): Promise<void> {
  const { messenger, linkCreator } = deps;
  const { view, acknowledge } = submission;
  const result = await validate(deps, kind, submission);
  if ('errors' in result) {
    await acknowledge({ response_action: 'errors', errors: result.errors });
    return;
  }
  const { form } = result;
  const progress = messenger.labelView(progressView(form.request));
  await acknowledge({ response_action: 'update', view: progress });
  // A form that was given back has another hash.
  if (submitted.add(`${view.id} ${view.hash}`)) await linkCreator.create(form);
}

/** @throws SealError if the form was not opened by this person, or too long ago; AccessError */
async function validate(
  { tenant, access, seal, command }: Dependencies,
  kind: TicketKind,
  { user, view, responseUrl }: Submission,
): Promise<{ form: SubmittedForm } | { errors: Record<string, string> }> {
  const opened = await openTarget(seal, view.private_metadata, user);
  const context = contextOf(tenant, kind);
  const { fields, values: filledIn, more } = readForm(context, view);
  // Asked only if it matters, because Slack waits for three seconds in all.
  const isEditor = fields.some(({ editorsOnly }) => editorsOnly) && (await access.isEditor(user));
  // Fields that were not shown have their defaults.
  const values = initialValues(context, filledIn);
  const problems = validateForm(fields, values, context, isEditor);
  if (problems.size > 0) {
    // The list may be outdated: a connection of that name may be gone.
    if (tenant.connectionNamed(values.connectionName)) tenant.lists.connections.refresh();
    const errors = [...problems].map(([id, problem]) => [id, fieldSentence(problem, command)]);
    return { errors: Object.fromEntries(errors) };
  }
  const asksConversation = opened.channel === undefined;
  const channel = firstId(values.conversation);
  const target = asksConversation ? { user, channel, responseUrl } : opened;
  const role = kind === 'edit' ? 'editor' : 'user';
  await access.check({ user, channel: target.channel, role, what: 'view_submission' });
  return {
    form: {
      shape: { kind, asksConversation, more, isEditor },
      values,
      request: toRequest(values, context),
      target,
      viewId: view.id,
      metadata: view.private_metadata,
    },
  };
}

/** Shows the rest of a form. What was typed stays, because the blocks keep their IDs. */
async function showMoreOptions(
  { tenant, access, messenger, seal }: Dependencies,
  { body: { user, view } }: Click<undefined>,
): Promise<void> {
  const kind = kindOf(view?.callback_id);
  if (!view || !kind) return;
  const { private_metadata: metadata } = view;
  const target = await openTarget(seal, metadata, user.id);
  const context = contextOf(tenant, kind);
  const shape = {
    kind,
    asksConversation: target.channel === undefined,
    more: true,
    isEditor: await access.isEditor(user.id),
  };
  const values = initialValues(context, readForm(context, view).values);
  await messenger.updateView(view.id, formView({ shape, values, metadata }, context));
}
