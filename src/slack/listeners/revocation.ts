import { Auth0Error } from '../../auth0/errors.ts';
import { SealError } from '../../lib/seal.ts';
import { newEvent } from '../../tickets/audit.ts';
import type { TicketDependencies } from '../../tickets/create.ts';
import { revokeTicket, revokeUnrecorded } from '../../tickets/revoke.ts';
import { summarize } from '../../tickets/summary.ts';
import type { TicketRecord } from '../../tickets/ticket.ts';
import type { Access } from '../access.ts';
import { REVOKE_LISTED, REVOKE_TICKET } from '../buttons.ts';
import type { Messenger } from '../delivery.ts';
import { notice } from '../messages/message.ts';
import { receiptMessage } from '../messages/receipt.ts';
import type { Click } from '../payloads.ts';
import type { Receipts } from '../receipt.ts';
import { isRecordId, openSealedButton } from '../revoke-button.ts';
import * as sentences from '../sentences.ts';

export interface RevocationDependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  receipts: Receipts;
  sentenceContext: sentences.SentenceContext;
}

type RevokeClick = Click<string | undefined>;

/** Revokes the ticket of a button, and updates the message with the link and the receipt. */
export async function revoke(deps: RevocationDependencies, click: RevokeClick): Promise<void> {
  const { value = '' } = click;
  try {
    await (isRecordId(value) ? revokeRecorded(deps, value, click) : revokeSealed(deps, value, click));
  } catch (error) {
    // Anyone in the workspace can send any value.
    if (error instanceof SealError) await deps.access.checkUser(click.target.user, click.target.channel);
    const sentence = refusal(deps, error, click);
    if (sentence === undefined) throw error;
    await deps.messenger.send(click.target, notice(sentence));
  }
}

async function revokeRecorded(deps: RevocationDependencies, id: string, click: RevokeClick): Promise<void> {
  const { store, access, messenger, receipts, sentenceContext } = deps;
  const { target } = click;
  const say = (sentence: string) => messenger.send(target, notice(sentence));
  const record = await store.find(id);
  if (!record) {
    await access.checkUser(target.user, target.channel);
    await say(sentences.revokeNoRecord(sentenceContext));
    return;
  }
  const { ticket, events } = record;
  await access.checkRevocation(target.user, ticket.requester, target.channel);
  const { status } = summarize(ticket, events, Date.now());
  if (status === 'failed' || ticket.sealedId === undefined) {
    await say(sentences.NOTHING_TO_REVOKE);
    return;
  }
  const revoked = status === 'revoked' ? record : await revokeOnRecord(deps, record, target);
  const revokedSentence = sentences.revoked(ticket.customer, sentenceContext);
  if (isListed(click)) {
    await receipts.update(revoked);
    await say(revokedSentence);
    return;
  }
  const inReceipt = isReceipt(ticket.receipt, click);
  const [receiptUpdated, linkReplaced] = await Promise.all([
    receipts.update(revoked),
    click.body.container?.is_ephemeral
      ? messenger.replaceEphemeral(target, notice(revokedSentence))
      : // A receipt that is not on record, because its location could not be stored.
        !ticket.receipt && replaceReceipt(deps, revoked, click),
  ]);
  // The person must see it where they clicked.
  if (!(inReceipt ? receiptUpdated : linkReplaced)) await say(revokedSentence);
}

/** Returns the updated record. @throws RevocationError, SealError */
async function revokeOnRecord(
  deps: RevocationDependencies,
  { ticket, events }: TicketRecord,
  actor: RevokeClick['target'],
): Promise<TicketRecord> {
  try {
    const { user, channel } = actor;
    return { ticket, events: [...events, await revokeTicket(deps, ticket, { user, channel })] };
  } catch (error) {
    if (error instanceof Auth0Error) throw new RevocationError(error, ticket.customer);
    throw error;
  }
}

/** The list, the home tab or the audit channel stays as it is. */
const isListed = ({ body: { actions } }: RevokeClick) =>
  actions.some(({ action_id }) => action_id === REVOKE_LISTED);

function isReceipt(
  receipt: TicketRecord['ticket']['receipt'],
  { body: { container } }: RevokeClick,
): boolean {
  return (
    receipt !== undefined && receipt.channel === container?.channel_id && receipt.ts === container.message_ts
  );
}

async function replaceReceipt(
  { messenger, sentenceContext }: RevocationDependencies,
  record: TicketRecord,
  { body: { container } }: RevokeClick,
): Promise<boolean> {
  const { channel_id: channel = '', message_ts: ts = '' } = container ?? {};
  return messenger.update({ channel, ts }, receiptMessage(record, Date.now(), sentenceContext));
}

/** A button of the previous version: its ticket is not on record. */
async function revokeSealed(deps: RevocationDependencies, sealed: string, click: RevokeClick): Promise<void> {
  const { messenger, access, seal, sentenceContext } = deps;
  const { target, body } = click;
  const ticket = await openSealedButton(seal, sealed);
  const { connection = '', requester = target.user } = ticket.facts;
  await access.checkRevocation(target.user, requester, target.channel);
  const { user, channel } = target;
  await revokeUnrecorded(deps, ticket, { user, channel }).catch((error: unknown) => {
    if (error instanceof Auth0Error) throw new RevocationError(error, connection);
    throw error;
  });
  const { is_ephemeral: isLink, channel_id = '', message_ts = '' } = body.container ?? {};
  const receipt = isLink ? ticket.receipt : { channel: channel_id, ts: message_ts };
  const message = notice(sentences.revoked(connection, sentenceContext));
  const [receiptUpdated, linkReplaced] = await Promise.all([
    receipt && messenger.update(receipt, message),
    isLink && messenger.replaceEphemeral(target, message),
  ]);
  if (!(isLink ? linkReplaced : receiptUpdated)) await messenger.send(target, message);
}

/** Auth0 did not revoke the link for this customer. */
class RevocationError extends Error {
  override name = 'RevocationError';
  readonly error: Auth0Error;
  readonly customer: string;
  constructor(error: Auth0Error, customer: string) {
    super('A link was not revoked', { cause: error });
    this.error = error;
    this.customer = customer;
  }
}

/** Why nothing was revoked. Undefined for any other error. */
function refusal(
  { audit, sentenceContext }: RevocationDependencies,
  error: unknown,
  { target }: RevokeClick,
): string | undefined {
  if (error instanceof RevocationError)
    return sentences.revokeSentence(error.error, error.customer, sentenceContext);
  if (!(error instanceof SealError)) return undefined;
  const { user, channel } = target;
  void audit.write(newEvent('seal_refused', { user, channel, what: REVOKE_TICKET, reason: error.code }));
  return error.code === 'expired' ? sentences.REVOKE_EXPIRED : sentences.revokeButtonInvalid(sentenceContext);
}
