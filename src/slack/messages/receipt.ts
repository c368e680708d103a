import { summarize, type TicketRecord } from '../../tickets/ticket.ts';
import { bold, date, mention, notificationText, type RichElement, rich, section, text } from '../blocks.ts';
import { revokeButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import { detailLines } from './details.ts';
import type { Message } from './message.ts';

/**
 * The receipt: a stored message to the requester, without the link. While the link works, it has a button that revokes
 * it.
 *
 * @param now in milliseconds since 1970
 */
export function receiptMessage(
  { ticket, events }: TicketRecord,
  now: number,
  sentenceContext: sentences.SentenceContext,
): Message {
  const { customer, expiresAt } = ticket;
  const { status, isLive, end } = summarize(ticket, events, now);
  const title = section(bold(sentences.receiptTitle(customer)));
  if (end?.type === 'revoked') {
    const sentence = sentences.revoked(customer, sentenceContext);
    return {
      text: notificationText(sentence),
      blocks: [
        rich(title, section(text(sentence))),
        rich(...detailLines(ticket), section(...endedBy(end.actor, end.details.reason, end.at))),
      ],
    };
  }
  const hasExpired = status === 'expired';
  const advice = hasExpired ? sentences.RECEIPT_EXPIRED : sentences.RECEIPT_ADVICE;
  const expiry = expiresAt
    ? [
        section(
          bold(hasExpired ? sentences.EXPIRED : sentences.OPEN_BY),
          date(Math.floor(expiresAt / 1000)),
          ...(hasExpired ? [] : [text(sentences.IF_NOT_OPENED)]),
        ),
      ]
    : [];
  return {
    text: notificationText(sentences.receiptNotification(customer)),
    blocks: [
      rich(title, section(text(advice))),
      rich(...detailLines(ticket), ...expiry),
      ...(isLive ? [{ type: 'actions' as const, elements: [revokeButton(ticket.id)] }] : []),
    ],
  };
}

/** Who revoked it, and when. A revocation with a reason is the bot's own. @param at in milliseconds since 1970 */
function endedBy(actor: string | undefined, reason: string | undefined, at: number): RichElement[] {
  const who = actor && !reason ? mention(actor) : text(sentences.AUDIT_BOT);
  return [bold(sentences.REVOKED_BY), who, text(', '), date(Math.floor(at / 1000))];
}
