import { randomUUID } from 'node:crypto';
import { type AuditFacts, type AuditLine, fingerprint } from '../audit.ts';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import type { Ticket } from '../auth0/tenant.ts';
import type { Standing } from '../auth0/turns.ts';
import { errorFields } from '../log.ts';
import { within } from '../patience.ts';
import { uneditable } from '../ticket/basic-fields.ts';
import type { FormShape } from '../ticket/forms.ts';
import type { TicketRequest } from '../ticket/request.ts';
import type { Values } from '../ticket/values.ts';
import { announce } from './announce.ts';
import { clip } from './blocks.ts';
import type { Bot } from './bot.ts';
import { deliver, type Place, showView, updateReceipt } from './delivery.ts';
import { formView } from './form.ts';
import { type Issued, type Posted, sealIssued } from './issued.ts';
import {
  failure,
  linkMessage,
  notice,
  pendingReceipt,
  receiptMessage,
  undeliveredReceipt,
} from './messages.ts';
import type { Origin } from './origin.ts';
import type { Signature } from './people.ts';
import { doneView, progressView } from './views.ts';
import { keepInformed } from './words.ts';

/** How long a link that is there waits for its receipt to be posted. */
const RECEIPT_MS = 2_500;

/** A form that was sent off: everything that is needed to make its link, or to give it back as it was. */
export interface Submission {
  shape: FormShape;
  values: Values;
  request: TicketRequest;
  origin: Origin;
  viewId: string;
  /** The view's own, for the form that is given back. */
  metadata: string;
}

/** A ticket that Auth0 has made, and what is known of it. */
interface Made {
  submission: Submission;
  ticket: Ticket;
  /** When the link expires unless it is opened, in seconds since 1970. */
  expires: number;
  /** What every audit line of this ticket says: of the ticket, and of this making of it. */
  facts: AuditFacts;
  line: Omit<AuditLine, 'event'>;
}

/**
 * Makes one ticket and brings its link to whoever asked. What fails gives the form back as it was; a ticket
 * that cannot be delivered is revoked.
 *
 * The receipt is posted while Auth0 works: the link's message says whether there is one, its button lets it
 * say so once the link is revoked, and should the bot die meanwhile, it tells the person what to do.
 */
export async function makeLink(bot: Bot, submission: Submission): Promise<void> {
  const { request, viewId } = submission;
  const stage: Stage = { made: false };
  const endWords = keepInformed((seconds) =>
    showView(bot, viewId, progressView(request, bot.settings.tenantLabel, standing(stage, seconds))),
  );
  try {
    await makeAndBring(bot, submission, stage, endWords);
  } finally {
    await endWords();
  }
}

async function makeAndBring(
  bot: Bot,
  submission: Submission,
  stage: Stage,
  endWords: () => Promise<void>,
): Promise<void> {
  const { people, audit, settings } = bot;
  const { origin, request, viewId } = submission;
  const correlationId = randomUUID();
  // All at once, so that nothing is left to wait for when the ticket is there.
  const making = createTicket(bot, submission, correlationId, stage);
  const posting = postReceipt(bot, submission, correlationId);
  const requester = people.signature(origin.user);

  const made = await making;
  if (typeof made === 'string') {
    await endWords();
    await giveBack(bot, submission, made);
    await dropReceipt(bot, await posting);
    return;
  }

  stage.made = true;
  audit({ event: 'ticket_made', ...made.line });
  const announced = announce(bot, 'made', made.line);
  const receipt = await within(RECEIPT_MS, posting);
  const place = await sendLink(bot, made, receipt, await requester);
  if (place) {
    audit({ event: 'ticket_delivered', ...made.line });
    if (receipt) await finishReceipt(bot, made, receipt);
    await endWords();
    await showView(bot, viewId, doneView(request, place, origin.channel, settings.tenantLabel), 'last');
    // It may still come, after the link has said that there is none.
    const late = receipt ? undefined : await posting;
    if (late) await finishReceipt(bot, made, late);
  } else {
    // Nobody has seen the link, so nobody may use it.
    audit({ event: 'ticket_not_delivered', ...made.line });
    const sentence = await withdraw(bot, made, posting);
    await endWords();
    await giveBack(bot, submission, sentence);
  }
  await announced;
}

/** How far it has come, for the words to whoever waits. */
interface Stage {
  /** Set while the rate limit keeps a call back. */
  limit?: Standing | undefined;
  made: boolean;
}

function standing({ limit, made }: Stage, seconds: number): string {
  if (made) return `Auth0 has made the link, and Slack has not taken it yet, after ${seconds} seconds.`;
  if (!limit) return `The link is not there yet, after ${seconds} seconds: Auth0 takes its time.`;
  const others =
    limit.ahead === 0
      ? ''
      : ` (${limit.ahead} asked before you, and ${limit.ahead === 1 ? 'goes' : 'go'} first)`;
  return `Auth0 limits how often it may be called, so the bot waits and tries again${others}: ${seconds} seconds so far. It gives up after half a minute.`;
}

/** Why the chosen connection must not be edited, where only Auth0 can say it: the list does not hold it (yet). */
async function refusedConnection(
  bot: Bot,
  { values }: Submission,
  onWait: (limit?: Standing) => void,
): Promise<string | undefined> {
  const { directory, tenant, settings } = bot;
  const [picked] = values.connection;
  if (!picked || directory.connection(picked.id)) return undefined;
  try {
    const connection = await tenant.connectionById(picked.id, onWait);
    return connection
      ? uneditable(connection, settings.policy)
      : `There is no connection ${picked.name} any more. Choose another one.`;
  } catch (error) {
    return `${inWords(bot, error, 'read')} No link was made.`;
  }
}

/** The ticket; or why there is none, as a sentence. */
async function createTicket(
  bot: Bot,
  submission: Submission,
  correlationId: string,
  stage: Stage,
): Promise<Made | string> {
  const { tenant, audit, log } = bot;
  const { request, origin } = submission;
  const onWait = (limit?: Standing) => {
    stage.limit = limit;
  };
  const refused = await refusedConnection(bot, submission, onWait);
  if (refused) return refused;
  const expires = Math.floor(Date.now() / 1000) + request.seconds;
  const wanted: AuditFacts = {
    requester: origin.user,
    what: request.kind,
    profile: request.profile.id,
    connection: clip(request.connection, 128),
    connectionId: request.body.connection_id,
    clients: request.clients.map(({ id }) => id),
    organizations: request.organizations.map(({ id }) => id),
  };
  const who = { user: origin.user, channel: origin.channel, correlationId };
  audit({ event: 'ticket_requested', ...wanted, ...who });
  try {
    const ticket = await tenant.createTicket(request.profile.id, request.body, {
      correlationId,
      customDomain: request.customDomain,
      onWait,
    });
    const facts: AuditFacts = {
      ...wanted,
      expires: new Date(expires * 1000).toISOString(),
      ticket: fingerprint(ticket.id),
    };
    return { submission, ticket, expires, facts, line: { ...facts, ...who } };
  } catch (error) {
    refreshAfter(bot, error);
    log.warn({ user: origin.user, correlationId, ...errorFields(error) }, 'A ticket was not made');
    return inWords(bot, error, 'create');
  }
}

/** Loads anew what a refusal shows to be out of date. */
function refreshAfter({ directory }: Bot, error: unknown): void {
  if (!(error instanceof Auth0Problem)) return;
  const { lists } = directory;
  // Auth0 does not say which of the things chosen is gone.
  if (error.kind === 'not_found') for (const list of Object.values(lists)) list.refresh(true);
  // Most likely a name that is taken.
  if (error.kind === 'refused' || error.kind === 'conflict') lists.connections.refresh(true);
}

/** An error as a sentence; one that no one foresaw is logged. */
function inWords({ log }: Bot, error: unknown, task: 'create' | 'read'): string {
  if (error instanceof Auth0Problem) return explain(error, task);
  log.error(errorFields(error), 'Making a link failed');
  return 'Something went wrong inside the bot. Try again; if it happens again, tell whoever runs this bot.';
}

const issued = ({ submission, ticket, facts }: Made, receipt?: Posted): Issued => ({
  profileId: submission.request.profile.id,
  ticketId: ticket.id,
  facts,
  receipt,
});

/** The stored message that outlives the link's. It says that a link is being made, until `completeReceipt`. */
async function postReceipt(
  { people, slack, settings, log }: Bot,
  { request, origin }: Submission,
  correlationId: string,
): Promise<Posted | undefined> {
  try {
    const channel = await people.direct(origin.user);
    const message = pendingReceipt(request.connection, correlationId, settings.tenantLabel);
    const { ts } = await slack.chat.postMessage({
      channel,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
    return ts ? { channel, ts } : undefined;
  } catch (error) {
    log.warn({ user: origin.user, ...errorFields(error) }, 'The receipt could not be sent');
    return undefined;
  }
}

/** Makes the receipt say what was made, without the link, with a button to revoke it; false if Slack does not take it. */
async function completeReceipt(bot: Bot, made: Made, receipt: Posted): Promise<boolean> {
  const { seal, settings } = bot;
  const { request } = made.submission;
  const sealed = await sealIssued(seal, issued(made), made.expires);
  const message = receiptMessage(request, made.expires, sealed, settings.tenantLabel);
  return updateReceipt(bot, receipt, message);
}

/** The same for a link that is there: its message speaks of a receipt with a button. */
async function finishReceipt(bot: Bot, made: Made, receipt: Posted): Promise<void> {
  if (await completeReceipt(bot, made, receipt)) return;
  const { request, origin } = made.submission;
  const sentence = `Slack did not take the receipt for ${request.connection}, so the message with the link holds the only way to revoke it.`;
  await deliver(bot, origin, notice(sentence, bot.settings.tenantLabel));
}

/** Takes back the receipt of a link that was not made. */
async function dropReceipt({ slack, log }: Bot, receipt: Posted | undefined): Promise<void> {
  if (!receipt) return;
  await slack.chat
    .delete(receipt)
    .catch((error: unknown) => log.warn(errorFields(error), 'A receipt could not be deleted'));
}

/** The message with the link: to its requester, ephemeral. Undefined if there is no way. */
async function sendLink(
  bot: Bot,
  made: Made,
  receipt: Posted | undefined,
  requester: Signature,
): Promise<Place | undefined> {
  const { seal, settings, log } = bot;
  const { request, origin } = made.submission;
  try {
    const message = linkMessage({
      request,
      url: made.ticket.url,
      expires: made.expires,
      requester,
      template: settings.policy.customerMessage,
      sealed: await sealIssued(seal, issued(made, receipt), made.expires),
      receipt: receipt !== undefined,
      label: settings.tenantLabel,
    });
    return await deliver(bot, origin, message);
  } catch (error) {
    log.error(errorFields(error), 'The message with the link could not be written');
    return undefined;
  }
}

/** Revokes a ticket that could not be delivered; what came of it, as a sentence. */
async function withdraw(bot: Bot, made: Made, posting: Promise<Posted | undefined>): Promise<string> {
  const { tenant, settings, audit, log } = bot;
  const { request } = made.submission;
  const { correlationId = '' } = made.line;
  const undelivered = 'Slack did not take the message with the link, so you could not get it.';
  try {
    await tenant.revokeTicket(request.profile.id, made.ticket.id, { correlationId });
    audit({ event: 'ticket_revoked', ...made.line, reason: 'not delivered' });
    await announce(bot, 'revoked', made.facts);
    const receipt = await posting;
    if (receipt) {
      await updateReceipt(bot, receipt, undeliveredReceipt(request.connection, settings.tenantLabel));
    }
    return `${undelivered} The link was revoked at once, and nobody has seen it. Try again in a minute.`;
  } catch (error) {
    log.error({ correlationId, ...errorFields(error) }, 'A ticket could be neither delivered nor revoked');
    const receipt = await posting;
    const button =
      receipt && (await completeReceipt(bot, made, receipt))
        ? ' The receipt in your conversation with this bot has a button to revoke it.'
        : '';
    return `${undelivered} It could not be revoked either, but nobody has seen it, and it expires by itself.${button} Tell whoever runs this bot (reference ${correlationId}).`;
  }
}

/** Gives the form back as it was, with a sentence on top; to whoever has closed it, in a message. */
async function giveBack(bot: Bot, submission: Submission, sentence: string): Promise<void> {
  const { settings, directory } = bot;
  const { shape, values, metadata, origin, request } = submission;
  const { kind } = shape;
  const view = formView(
    { shape, values, metadata, notice: sentence },
    { kind, policy: settings.policy, tenant: directory },
    settings.tenantLabel,
  );
  if (await showView(bot, submission.viewId, view)) return;
  const told = `About the link for ${request.connection}: ${sentence}`;
  await deliver(bot, origin, failure(told, { kind, values }, settings.tenantLabel));
}
