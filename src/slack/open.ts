import type { types } from '@slack/bolt';
import { organizationChoice } from '../auth0/directory.ts';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { within } from '../patience.ts';
import { uneditable } from '../ticket/basic-fields.ts';
import { connectionNameProblem, deriveConnectionName } from '../ticket/connection-name.ts';
import type { FormContext } from '../ticket/field.ts';
import { initialValues, usesOptions } from '../ticket/request.ts';
import type { Connection } from '../ticket/tenant.ts';
import type { Choice, Values } from '../ticket/values.ts';
import { clip } from './blocks.ts';
import type { Bot } from './bot.ts';
import { type FormRequest, openFormButton } from './buttons.ts';
import { deliver, showView } from './delivery.ts';
import { formView } from './form.ts';
import { failure, type Message, NO_PROFILES, notice } from './messages.ts';
import { type Origin, sealOrigin } from './origin.ts';
import { answerView, loadingView, problemView } from './views.ts';
import { keepInformed } from './words.ts';

/** How long to wait for the form's contents before a loading view opens: the trigger is valid for 3 seconds. */
const PATIENCE_MS = 1_000;
/** How long a form waits for a list that it can do without. */
const OPTIONAL_LIST_MS = 2_500;

const NOT_OPENED = 'Slack did not open the form in time. Nothing was made.';

/** How long someone waits for the whole list of connections, which alone knows them by their display names. */
const WHOLE_LIST_MS = 8_000;

/** Where the modal goes: into a new window, which needs the trigger, or in place of a view. */
export type Window = { triggerId: string } | { viewId: string };

/** What came of preparing a form: the form, or an answer that takes its place. */
type Prepared = { view: types.ModalView } | { answer: Message };

/**
 * Opens a form: at once where its contents are known, else with a loading view that is then filled. What
 * cannot be opened is answered with a sentence, in the window or as an ephemeral message.
 */
export async function openForm(
  bot: Bot,
  request: FormRequest,
  origin: Origin,
  window: Window,
): Promise<void> {
  const { slack, seal, settings, directory, log } = bot;
  directory.refresh();
  const metadata = await sealOrigin(seal, origin);
  const prepared = prepare(bot, request, origin, metadata).catch((error: unknown): Prepared => {
    if (!(error instanceof Auth0Problem)) throw error;
    return { view: problemView(explain(error, 'read'), settings.tenantLabel, { request, metadata }) };
  });
  const soon = await within(PATIENCE_MS, prepared);

  let viewId = 'viewId' in window ? window.viewId : undefined;
  const first = soon ?? { view: loadingView(settings.tenantLabel, metadata) };
  if ('triggerId' in window && 'view' in first) {
    try {
      viewId = (await slack.views.open({ trigger_id: window.triggerId, view: first.view })).view?.id;
    } catch (error) {
      log.warn({ user: origin.user, ...errorFields(error) }, 'Slack did not open the form');
      await deliver(bot, origin, failure(NOT_OPENED, request, settings.tenantLabel));
      return;
    }
  } else if (viewId && 'view' in first) await showView(bot, viewId, first.view);
  if (soon && 'view' in soon) return;

  const loading = viewId;
  const endWords = keepInformed(async (seconds) => {
    if (loading) await showView(bot, loading, loadingView(settings.tenantLabel, metadata, seconds));
  });
  const result = await prepared.finally(endWords);
  if ('answer' in result) await deliver(bot, origin, result.answer);
  if (!viewId) return;
  const view = 'view' in result ? result.view : answerView(result.answer.blocks, undefined, metadata);
  await showView(bot, viewId, view);
}

async function prepare(bot: Bot, request: FormRequest, origin: Origin, metadata: string): Promise<Prepared> {
  const { directory, settings, access } = bot;
  const { policy, tenantLabel } = settings;
  const { profiles, clients } = directory.lists;
  await profiles.load();
  if (directory.profiles().length === 0) {
    // Most likely someone is making one now.
    profiles.forget();
    return { view: problemView(NO_PROFILES, tenantLabel, { request, metadata }) };
  }
  if (policy.defaultClientIds.length > 0) await within(OPTIONAL_LIST_MS, optional(clients.load()));

  const given: Partial<Values> = { ...request.values };
  if (request.text && request.kind === 'new') Object.assign(given, await namesFrom(bot, request.text));
  if (request.text && request.kind === 'edit') {
    const connection = await findConnection(bot, request.text);
    const refused = connection && uneditable(connection, policy);
    if (!connection || refused) {
      return { answer: noSuchConnection(request.text, refused, bot) };
    }
    given.connection = [{ id: connection.id, name: connection.name }];
  }
  const { kind } = request;
  const context: FormContext = { kind, policy, tenant: directory };
  const values = initialValues(context, given);
  const shape = {
    kind,
    asksConversation: origin.channel === undefined,
    // Open at once where a form that is opened again has something there.
    more: usesOptions(values, context),
    trusted: await access.isEditor(origin.user),
  };
  return { view: formView({ shape, values, metadata }, context, tenantLabel) };
}

/** What can be filled in from a customer's name: a valid connection name, the display name, the organization. */
async function namesFrom(bot: Bot, text: string): Promise<Partial<Values>> {
  const organization = await findOrganization(bot, text);
  return {
    ...(connectionNameProblem(text)
      ? { displayName: clip(text, 128), connectionName: await deriveConnectionName(text) }
      : { connectionName: text }),
    ...(organization && { organizations: [{ id: organization.id, name: organization.name }] }),
  };
}

/** The organization of exactly this name; asked of Auth0 directly while the list is still coming. */
async function findOrganization({ directory }: Bot, text: string): Promise<Choice | undefined> {
  const { organizations } = directory.lists;
  if (!organizations.ready()) await within(OPTIONAL_LIST_MS, optional(organizations.load()));
  const known = directory.organizationCalled(text);
  if (known) return organizationChoice(known);
  return organizations.ready()
    ? undefined
    : within(OPTIONAL_LIST_MS, optional(directory.ask('organizations', text)));
}

/** The connection of exactly this ID, name or display name; asked of Auth0 directly if the list does not hold it. */
async function findConnection({ directory }: Bot, text: string): Promise<Connection | undefined> {
  const { connections } = directory.lists;
  const known = directory.connectionCalled(text);
  if (known) return known;
  const found = await directory.askConnection(text);
  if (found) return found;
  await within(WHOLE_LIST_MS, connections.load());
  return directory.connectionCalled(text);
}

function noSuchConnection(text: string, refused: string | undefined, { directory, settings }: Bot): Message {
  const shown = clip(text, 150);
  const near = refused ? [] : directory.matches('connections', text, 3);
  const sentence =
    refused ??
    [
      directory.lists.connections.ready()
        ? `There is no connection called “${shown}”.`
        : `The list of connections is still loading, and no connection has exactly the name “${shown}”.`,
      near.length ? 'Did you mean one of these?' : '',
      'You can look for it by a part of its name, or make a new one.',
    ]
      .filter(Boolean)
      .join(' ');
  const buttons = [
    ...near.map(({ id, name }) => ({
      label: `Edit ${name}`,
      request: { kind: 'edit' as const, values: { connection: [{ id, name }] } },
    })),
    { label: 'Find a connection', request: { kind: 'edit' as const, values: {} } },
    ...(refused
      ? []
      : [{ label: 'New connection', request: { kind: 'new' as const, values: {}, text: clip(text, 500) } }]),
  ];
  return notice(
    sentence,
    settings.tenantLabel,
    ...buttons.map(({ label, request }, index) => openFormButton(label, request, index)),
  );
}

/** What a form can do without, if it fails. */
const optional = <T>(promise: Promise<T>) => promise.catch(() => undefined);
