import type { types } from '@slack/bolt';
import type { Profile } from '../auth0/resources.ts';
import type { Config } from '../config/config.ts';
import { Seal } from '../lib/seal.ts';
import { FIRST_PROFILE, fieldsToCreate, versionsOf } from '../profiles/form.ts';
import { openFormButton } from '../slack/buttons.ts';
import { labeledMessage, labeledView } from '../slack/delivery.ts';
import { auditMessage, profileAuditMessage } from '../slack/messages/audit.ts';
import { helpMessage } from '../slack/messages/help.ts';
import { linkMessage } from '../slack/messages/link.ts';
import { linkNotice, undeliveredNotice } from '../slack/messages/link-notice.ts';
import { failure, type Message, notice } from '../slack/messages/message.ts';
import { profileList, typedProfile } from '../slack/messages/profiles.ts';
import { receiptMessage } from '../slack/messages/receipt.ts';
import { ticketDetails, ticketList } from '../slack/messages/ticket-list.ts';
import { type ProfileFormState, sealFormState } from '../slack/profile-form-state.ts';
import { type ReplyTarget, sealTarget } from '../slack/reply-target.ts';
import * as sentences from '../slack/sentences.ts';
import { formView } from '../slack/views/form.ts';
import { answerView, doneView, loadingView, problemView, progressView } from '../slack/views/notices.ts';
import { profileFormView } from '../slack/views/profile-form.ts';
import { nothingChangedView, profileDoneView, profileProgressView } from '../slack/views/profile-notices.ts';
import { newEvent } from '../tickets/audit.ts';
import type { FormContext, TicketKind } from '../tickets/form/field.ts';
import { initialValues } from '../tickets/form/form.ts';
import { toRequest } from '../tickets/form/request.ts';
import { factsOf, newTicket } from '../tickets/ticket.ts';

/** Something that the bot can send, with typical data. */
export type Sample = { name: string } & ({ view: types.ModalView } | { message: Message });

const USER = 'U0000000000';
const CHANNEL = 'C0000000000';
const NAME = 'acme-corp';
const PROFILE: Profile = {
  id: 'ssp_0000000000000000000000',
  name: 'Enterprise customers',
  description: 'For customers with an identity provider of their own',
  providers: ['okta', 'waad'],
  attributes: [
    { name: 'email', optional: false },
    { name: 'department', optional: true },
  ],
  attributeProfile: 'uap_0000000000000000',
};

/** Each modal and each message once, with the company's own settings. */
export async function samples(config: Config): Promise<Sample[]> {
  const { tenantLabel: label } = config;
  const seal = new Seal({ keys: () => ['a key for samples, which nobody opens'] });
  const target = { user: USER, channel: CHANNEL, responseUrl: 'https://hooks.slack.com/commands/T0/0/0' };
  const metadata = await sealTarget(seal, target);
  const views = {
    ...formSamples(config, metadata),
    ...(await profileSamples(seal, target)),
    ...noticeSamples(config, metadata),
  };
  const messages = { ...ticketSamples(config), ...otherSamples(config) };
  return [
    ...Object.entries(views).map(([name, view]) => ({ name, view: labeledView(view, label) })),
    ...Object.entries(messages).map(([name, message]) => ({ name, message: labeledMessage(message, label) })),
  ];
}

function contextOf({ policy }: Config, kind: TicketKind): FormContext {
  const tenant: FormContext['tenant'] = {
    profiles: () => [PROFILE],
    client: () => undefined,
    organization: () => undefined,
    connection: () => undefined,
    connectionNamed: () => undefined,
    protected: { includes: () => false },
  };
  return { kind, isEditor: true, policy, tenant };
}

/** A form as a person fills it in. */
function filledIn(context: FormContext) {
  return initialValues(context, {
    connectionName: NAME,
    displayName: 'Acme Corp',
    connection: [{ id: 'con_0000000000000000', name: NAME }],
    organizations: [{ id: 'org_0000000000000000', name: 'Acme Corp' }],
    clients: [{ id: '00000000000000000000000000000000', name: 'Customer Portal' }],
  });
}

function formSamples(config: Config, metadata: string): Record<string, types.ModalView> {
  const form = (kind: TicketKind, more: boolean) => {
    const context = contextOf(config, kind);
    return formView(
      { shape: { asksConversation: more, more }, values: filledIn(context), metadata },
      context,
    );
  };
  return {
    'the form for a new connection': form('new', false),
    'the form for a new connection, with all options': form('new', true),
    'the form to edit a connection': form('edit', false),
    'the form to edit a connection, with all options': form('edit', true),
  };
}

/** The forms of profiles, and what follows them. */
async function profileSamples(seal: Seal, target: ReplyTarget): Promise<Record<string, types.ModalView>> {
  const fields = fieldsToCreate([]);
  const form = async (state: ProfileFormState) =>
    profileFormView({ state, fields, values: FIRST_PROFILE, metadata: await sealFormState(seal, state) });
  const saved = { id: PROFILE.id, name: PROFILE.name, isNew: true, fields };
  const versions = versionsOf(FIRST_PROFILE, fields);
  return {
    'the form for the first profile': await form({ target, kind: 'first', versions: {}, tooLong: [] }),
    'the form for a new profile': await form({ target, kind: 'new', versions: {}, tooLong: [] }),
    'the form of a profile': await form({ target, kind: 'edit', profile: PROFILE, versions, tooLong: [] }),
    'the progress view of a profile': profileProgressView(PROFILE.name, 8),
    'the view of a saved profile': profileDoneView(saved, await sealTarget(seal, target)),
    'the view of a profile without changes': nothingChangedView(PROFILE.name),
  };
}

function noticeSamples(config: Config, metadata: string): Record<string, types.ModalView> {
  const context = contextOf(config, 'new');
  const values = filledIn(context);
  const request = toRequest(values, context);
  return {
    'the loading view': loadingView(metadata, 8),
    'the view of a problem': problemView(
      sentences.noProfiles({ command: config.slack.command, contact: config.access.contact }),
      { button: openFormButton(sentences.TRY_AGAIN, { kind: 'new', values }), metadata },
    ),
    'the view of an answer': answerView(searchAnswer().blocks, metadata),
    'the progress view': progressView(request, sentences.progressSentence({ step: 'creating' }, 8)),
    'the view at the end': doneView(request, 'conversation', CHANNEL),
  };
}

/** The messages about one link. */
function ticketSamples(config: Config): Record<string, Message> {
  const request = toRequest(filledIn(contextOf(config, 'new')), contextOf(config, 'new'));
  const form = { requester: USER, channel: CHANNEL, form: {}, now: Date.now() };
  const ticket = { ...newTicket(request, form), expiresAt: Date.now() + request.seconds * 1000 };
  const url = `https://${config.auth0.domain}/self-service/connections-flow?ticket=${'T'.repeat(32)}`;
  const requester = { name: 'Maria', timeZone: 'UTC' };
  const template = config.policy.customerMessage;
  const now = Date.now();
  const revoked = newEvent('revoked', { user: USER });
  const details = { ...factsOf(ticket), user: USER };
  const viewer = { user: USER, isEditor: true };
  const { clients, organizations } = factsOf(ticket);
  const enabled = { connection: undefined, clients: clients ?? [], organizations: organizations ?? [] };
  const configured = newEvent('configured', { provider: 'okta' });
  const opened = newEvent('opened', { links: 2 });
  const failed = newEvent('step_failed', { step: 'connection_creation' });
  const steps = [
    opened,
    configured,
    newEvent('enabled', { clients, organizations }),
    newEvent('finished', {}),
  ];
  const reader = { user: USER, timeZone: 'UTC', mayAct: true };
  const records = Array.from({ length: 10 }, () => ({ ticket, events: [] }));
  const page = { records, query: { whose: 'mine', page: 1 } as const, hasNext: true };
  const sentenceContext = { command: config.slack.command, contact: config.access.contact };
  return {
    'the message with a link': linkMessage({ issued: { request, ticket, url }, requester, template }),
    'the receipt': receiptMessage({ ticket, events: [] }, now, sentenceContext),
    'the receipt of a revoked link': receiptMessage({ ticket, events: [revoked] }, now, sentenceContext),
    'the receipt of an expired link': receiptMessage(
      { ticket, events: [] },
      ticket.expiresAt,
      sentenceContext,
    ),
    'the receipt of a link whose customer finished': receiptMessage(
      { ticket, events: steps },
      now,
      sentenceContext,
    ),
    'the receipt of a link whose customer did not finish': receiptMessage(
      { ticket, events: [configured] },
      ticket.expiresAt,
      sentenceContext,
    ),
    'the message about a customer who finished': linkNotice(
      { ticket, events: steps },
      'finished',
      reader,
      now,
    ),
    'the message about a link that expires soon': linkNotice({ ticket, events: [] }, 'expiring', reader, now),
    'the message about a link that nobody used': linkNotice({ ticket, events: [] }, 'unused', reader, now),
    'the message about a customer who did not finish': linkNotice(
      { ticket, events: [configured] },
      'unfinished',
      reader,
      now,
    ),
    "the message about a link for someone who can't be reached": undeliveredNotice(
      { ticket, events: steps },
      'finished',
      reader,
      now,
    ),
    'the message about a step that failed': linkNotice(
      { ticket, events: [opened, failed] },
      'step_failed',
      reader,
      now,
    ),
    'the message about a test that is not finished': linkNotice(
      { ticket, events: [opened, newEvent('test_started', {})] },
      'test_hanging',
      reader,
      now,
    ),
    'the message about a domain': linkNotice({ ticket, events: [opened] }, 'domain_unverified', reader, now),
    'the message about a revoked link': notice(sentences.revoked(NAME, sentenceContext)),
    'the message to AUDIT_CHANNEL': auditMessage('ticket_made', details),
    'the list of links': ticketList(page, viewer, now),
    'everything about a link': ticketDetails({ ticket, events: [...steps, revoked] }, viewer, now, enabled),
  };
}

function otherSamples(config: Config): Record<string, Message> {
  return {
    'the help': helpMessage(config.slack.command),
    'the list of profiles': profileList([PROFILE]),
    'the list of profiles for one person': profileList([PROFILE], {
      onlyYou: true,
      actions: { create: true, edit: true },
    }),
    'the message about a profile that was not saved': typedProfile(
      sentences.PROFILE_GONE,
      FIRST_PROFILE,
      fieldsToCreate([]),
    ),
    'the message to AUDIT_CHANNEL about a profile': profileAuditMessage('profile_created', {
      user: USER,
      profile: PROFILE.id,
      profileName: PROFILE.name,
      fields: fieldsToCreate([]),
    }),
    'the answer to a search': searchAnswer(),
    'the message about a failure': failure(sentences.FORM_NOT_OPENED, { kind: 'new', values: {} }),
  };
}

function searchAnswer(): Message {
  return notice(
    sentences.connectionNotFound(NAME, true, true),
    openFormButton(sentences.editConnection(NAME), { kind: 'edit', values: {} }),
    openFormButton(sentences.FIND_CONNECTION, { kind: 'edit', values: {} }, 1),
  );
}
