import type { Tenant } from '../../auth0/tenant.ts';
import type { Log } from '../../lib/log.ts';
import { RecentKeys } from '../../lib/recent-keys.ts';
import type { Seal } from '../../lib/seal.ts';
import { within } from '../../lib/timeouts.ts';
import { conversation } from '../../tickets/form/basics.ts';
import { existingLink, revokesExisting } from '../../tickets/form/existing-link.ts';
import { type Field, type FormContext, firstId, type TicketKind } from '../../tickets/form/field.ts';
import { controllingFields, initialValues, type Values } from '../../tickets/form/form.ts';
import { loadNames, withConnectionName } from '../../tickets/form/names.ts';
import { toRequest } from '../../tickets/form/request.ts';
import { validateForm } from '../../tickets/form/validate.ts';
import type { TicketStore } from '../../tickets/store.ts';
import type { Access } from '../access.ts';
import { AccessError } from '../access-error.ts';
import { MORE_OPTIONS } from '../buttons.ts';
import type { Messenger } from '../delivery.ts';
import type { LinkCreator } from '../link-creator.ts';
import { findLiveLinks } from '../live-links.ts';
import type { Click, Submission } from '../payloads.ts';
import type { People } from '../people.ts';
import { openTarget, type ReplyTarget } from '../reply-target.ts';
import type { Router } from '../router.ts';
import { accessSentence, fieldSentence, recordsUnavailable, type SentenceContext } from '../sentences.ts';
import { OPTIONAL_LIST_TIMEOUT_MS, SUBMITTED_VIEW_TTL_MS } from '../timeouts.ts';
import { FORM_CALLBACKS, formView, kindOf, readForm, roleFor } from '../views/form.ts';
import { progressView } from '../views/notices.ts';

interface Dependencies {
  tenant: Tenant;
  store: TicketStore;
  people: People;
  log: Log;
  access: Access;
  messenger: Messenger;
  seal: Seal;
  sentenceContext: SentenceContext;
  linkCreator: LinkCreator;
}

/** The submission of forms, and the button in them that shows more options. */
export function registerForms(router: Router, deps: Dependencies): void {
  /** The IDs of the views with a valid submission. */
  const accepted = new RecentKeys(SUBMITTED_VIEW_TTL_MS);
  for (const kind of ['new', 'edit'] as const) {
    router.submission(FORM_CALLBACKS[kind], { role: roleFor(kind), isRecorded: true }, (submission) =>
      submit(deps, accepted, kind, submission),
    );
  }
  router.button(MORE_OPTIONS, { parse: () => undefined, role: () => 'user' }, async (click) => {
    const shown = await redraw(deps, click, { showMore: true, accepted });
    if (!shown) throw new Error("Slack didn't show the options");
  });
  for (const fieldId of controllingFields()) {
    router.fieldChange(fieldId, async (change) => {
      await redraw(deps, change, { showMore: false, accepted });
    });
  }
}

async function contextOf(
  { tenant, access }: Dependencies,
  kind: TicketKind,
  user: string,
): Promise<FormContext> {
  return { kind, isEditor: await access.isEditor(user), policy: tenant.policy, tenant };
}

/**
 * Takes a submitted form. Problems are shown at their fields. A valid form is acknowledged with a progress view, and
 * creates only one ticket, even if it is submitted again: Slack offers that when an acknowledgement comes late.
 *
 * @throws SealError if the form was not opened by this person, or too long ago; AccessError
 */
async function submit(
  deps: Dependencies,
  accepted: RecentKeys,
  kind: TicketKind,
  { user, view, responseUrls, acknowledge }: Submission,
): Promise<void> {
  const { tenant, messenger, seal, linkCreator } = deps;
  const opened = await openTarget(seal, view.private_metadata, user);
  const { fields, values: given, more } = readForm({ kind, policy: tenant.policy }, view);
  const filledIn = await withConnectionName(given);
  const submission = `${view.id} ${view.hash}`;
  const [found, context] = await Promise.all([
    findLiveLinks(deps, { connection: connectionIn(deps, kind, filledIn), user, submission }),
    contextOf(deps, kind, user),
  ]);
  const live = found === 'unknown' ? undefined : found;
  const { isEditor } = context;
  // Fields that were not shown have their defaults.
  const values = initialValues(context, filledIn);
  const liveLink = live && { ...live.link, canRevoke: isEditor || live.isOwn };
  const asksAboutLink = fields.some(({ id }) => id === existingLink.id);
  if (asksAboutLink) context.liveLink = liveLink;
  const asksConversation = opened.channel === undefined;
  const target = asksConversation ? chosenTarget(user, firstId(values.conversation), responseUrls) : opened;
  const errors = errorsIn(deps, { fields, values, target, linkIsUnknown: found === 'unknown' }, context);
  if (errors) {
    await acknowledge({ response_action: 'errors', errors });
    return;
  }

  const shape = { asksConversation, more };
  const metadata = view.private_metadata;
  // If the submission arrives again, the link may be its own.
  if (liveLink && !asksAboutLink && !live?.isRepeated) {
    const form = formView({ shape, values, metadata }, { ...context, liveLink });
    await acknowledge({ response_action: 'update', view: messenger.labelView(form) });
    return;
  }
  accepted.add(view.id);
  const progress = progressView(toRequest(values, context));
  await acknowledge({ response_action: 'update', view: messenger.labelView(progress) });
  await within(OPTIONAL_LIST_TIMEOUT_MS, loadNames(tenant, values));
  const request = toRequest(values, context);
  const replaces = live && revokesExisting(values.existingLink) ? live.records : [];
  const viewId = view.id;
  const form = { kind, isEditor, shape, values, request, target, viewId, submission, metadata, replaces };
  await linkCreator.create(form);
}

/** What is wrong with a submitted form, by field. Undefined if nothing is. @throws AccessError */
function errorsIn(
  { tenant, access, sentenceContext }: Dependencies,
  form: { fields: Field[]; values: Values; target: ReplyTarget; linkIsUnknown: boolean },
  context: FormContext,
): Record<string, string> | undefined {
  const { fields, values, target } = form;
  const problems = validateForm(fields, values, context);
  if (problems.size > 0) {
    // The list may be outdated: a connection with that name may no longer exist.
    if (tenant.connectionNamed(values.connectionName)) tenant.lists.connections.refresh();
    return Object.fromEntries(
      [...problems].map(([id, problem]) => [id, fieldSentence(problem, sentenceContext)]),
    );
  }
  if (form.linkIsUnknown && revokesExisting(values.existingLink)) {
    return { [existingLink.id]: recordsUnavailable(sentenceContext) };
  }
  try {
    access.checkChannel(target.user, target.channel);
  } catch (error) {
    if (!(error instanceof AccessError && fields.some(({ id }) => id === conversation.id))) throw error;
    return { [conversation.id]: accessSentence(error.code, sentenceContext) };
  }
  return undefined;
}

/** The name of the connection that a form is for. The text of an option may be cut. */
function connectionIn(
  { tenant }: Dependencies,
  kind: TicketKind,
  { connectionName = '', connection: [edited] = [] }: Partial<Values>,
): string {
  if (kind === 'new') return connectionName;
  return (edited && tenant.connection(edited.id)?.name) ?? edited?.name ?? '';
}

/** The conversation that was chosen in a form. A `response_url` for another conversation is ignored. */
function chosenTarget(
  user: string,
  channel: string | undefined,
  responseUrls: Submission['responseUrls'],
): ReplyTarget {
  const responseUrl = responseUrls.find(({ channel_id }) => channel_id === channel)?.response_url;
  return { user, channel, responseUrl };
}

/**
 * Shows a form again, with the fields that its values need. Typed text stays, because the blocks keep their IDs.
 * Returns false if Slack doesn't show it.
 */
async function redraw(
  deps: Dependencies,
  { body: { user, view } }: Pick<Click<undefined>, 'body'>,
  { showMore, accepted }: { showMore: boolean; accepted: RecentKeys },
): Promise<boolean> {
  const kind = kindOf(view?.callback_id);
  if (!view || !kind) return true;
  const { private_metadata: metadata, hash } = view;
  const target = await openTarget(deps.seal, metadata, user.id);
  const context = await contextOf(deps, kind, user.id);
  const form = readForm(context, view);
  const shape = { asksConversation: target.channel === undefined, more: showMore || form.more };
  const values = initialValues(context, form.values);
  const focus = showMore ? 'more options' : undefined;
  const redrawn = formView({ shape, values, metadata, focus }, context);
  if (await deps.messenger.updateView(view.id, redrawn, { hash })) return true;
  // After two changes in a row, the first one has changed the hash. A submitted form must not come back.
  return !accepted.has(view.id) && deps.messenger.updateView(view.id, redrawn);
}
