import type { types } from '@slack/bolt';
import { canContinue, endOf, summarize } from '../../tickets/summary.ts';
import { firstOf, type TicketRecord } from '../../tickets/ticket.ts';
import {
  bold,
  date,
  mention,
  notificationText,
  type RichElement,
  rich,
  section,
  text,
  warning,
} from '../blocks.ts';
import { continueButton, revokeButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import { detailLines } from './details.ts';
import { finishedSentence } from './link-notice.ts';
import type { Message } from './message.ts';
import { oneOfLinks, stepLines } from './steps.ts';

/**
 * The receipt: a stored message to the requester, without the link. While the link works, it has a button that revokes
 * it.
 *
 * @param now in milliseconds since 1970
 */
export function receiptMessage(
  record: TicketRecord,
  now: number,
  sentenceContext: sentences.SentenceContext,
): Message {
  const { ticket, events } = record;
  const { customer } = ticket;
  const { isLive, end, attention } = summarize(ticket, events, now);
  const doubt = oneOfLinks(record);
  const steps = [...stepLines(record), ...(doubt ? [doubt] : [])];
  const title = section(bold(sentences.receiptTitle(customer)));
  if (end?.type === 'revoked') {
    const sentence = sentences.revoked(customer, sentenceContext);
    return {
      text: notificationText(sentence),
      blocks: [
        rich(title, section(text(sentence))),
        rich(...detailLines(ticket), ...steps, section(...endedBy(end.actor, end.details.reason, end.at))),
      ],
    };
  }
  const buttons = isLive
    ? [revokeButton(ticket.id)]
    : canContinue(ticket, attention)
      ? [continueButton(ticket.id)]
      : [];
  return {
    text: notificationText(sentences.receiptNotification(customer)),
    blocks: [
      rich(title, section(text(adviceOf(record, now)))),
      rich(...detailLines(ticket), ...expiryOf(record, now)),
      ...(steps.length ? [rich(...steps)] : []),
      ...(attention ? [warning(sentences.ATTENTION[attention])] : []),
      ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
    ],
  };
}

function adviceOf(record: TicketRecord, now: number): string {
  const { ticket, events } = record;
  const { status, isFinished } = summarize(ticket, events, now);
  if (isFinished) return finishedSentence(record, ticket.customer);
  return status === 'expired' ? sentences.RECEIPT_EXPIRED : sentences.RECEIPT_ADVICE;
}

/**
 * Until when the link works. Once the connection is set up, it has been opened, and a session ends after some hours.
 */
function expiryOf({ ticket, events }: TicketRecord, now: number): types.RichTextSection[] {
  const expiresAt = endOf(ticket, events);
  if (expiresAt === undefined) return [];
  const when = date(Math.floor(expiresAt / 1000));
  if (!summarize(ticket, events, now).isLive) return [section(bold(sentences.EXPIRED), when)];
  return firstOf(events, 'opened') || firstOf(events, 'configured')
    ? [section(bold(sentences.WORKS_UNTIL), when)]
    : [section(bold(sentences.OPEN_BY), when, text(sentences.IF_NOT_OPENED))];
}

/** Who revoked it, and when. If there is a reason, the bot did it. @param at in milliseconds since 1970 */
function endedBy(actor: string | undefined, reason: string | undefined, at: number): RichElement[] {
  const who = actor && !reason ? mention(actor) : text(sentences.AUDIT_BOT);
  return [bold(sentences.REVOKED_BY), who, text(', '), date(Math.floor(at / 1000))];
}
