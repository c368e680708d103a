import type { types } from '@slack/bolt';
import { clip } from '../../lib/text.ts';
import { customerReminder } from '../../tickets/customer-message.ts';
import { NO_APPLICATION } from '../../tickets/follow.ts';
import { type Attention, canContinue, endOf, summarize, unresolvedFailure } from '../../tickets/summary.ts';
import { firstOf, lastOf, type TicketRecord } from '../../tickets/ticket.ts';
import {
  copyable,
  date,
  mention,
  notificationText,
  type RichElement,
  rich,
  section,
  text,
} from '../blocks.ts';
import { continueButton, createAgainButton, muteButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import { writtenDate } from '../written-date.ts';
import type { Message } from './message.ts';
import { enabledApplications, oneOfLinks } from './steps.ts';

/** What a message about a link can be about. */
export type NoticeKind = 'finished' | Attention;

/** Who gets a message about a link. */
export interface NoticeReader {
  user: string;
  timeZone: string;
  /** Whether they may create the link again, or one to continue. */
  mayAct: boolean;
}

/** The text of a message. Some texts have a time in the middle. */
type NoticeText = string | (sentences.TimedSentence & { at: number });

/**
 * A message about the progress of a link, to the person who follows it, with what to do.
 *
 * @param now in milliseconds since 1970
 */
export function linkNotice(
  record: TicketRecord,
  kind: NoticeKind,
  reader: NoticeReader,
  now: number,
): Message {
  const { ticket, events } = record;
  const customer = clip(ticket.customer, 300);
  const { isLive } = summarize(ticket, events, now);
  const sentence = noticeText(record, kind, isLive);
  const expiry = writtenDate(Math.floor(workingUntil(record) / 1000), reader.timeZone);
  const doubt = oneOfLinks(record);
  return {
    text: notificationText(plainText(sentence, reader.timeZone)),
    blocks: [
      rich(section(mention(reader.user), text(' '), ...elementsOf(sentence)), ...(doubt ? [doubt] : [])),
      ...(kind === 'finished'
        ? []
        : [
            rich(
              section(text(sentences.FOR_THE_CUSTOMER)),
              copyable(customerReminder(kind, { kind: ticket.kind, customer, expiry, isLive })),
            ),
          ]),
      { type: 'actions', elements: [...actionButtons(record, kind, reader, isLive), muteButton(ticket.id)] },
    ],
  };
}

/** The same for AUDIT_CHANNEL, because the person can't be reached. It has no buttons: they are for that person. */
export function undeliveredNotice(
  record: TicketRecord,
  kind: NoticeKind,
  reader: NoticeReader,
  now: number,
): Message {
  const message = linkNotice(record, kind, reader, now);
  return {
    text: message.text,
    blocks: [
      rich(section(text(sentences.NOT_REACHED), mention(reader.user), text('.'))),
      ...message.blocks.filter(({ type }) => type !== 'actions'),
    ],
  };
}

const workingUntil = ({ ticket, events }: TicketRecord) => endOf(ticket, events) ?? ticket.createdAt;

function plainText(sentence: NoticeText, timeZone: string): string {
  if (typeof sentence === 'string') return sentence;
  return `${sentence.before}${writtenDate(Math.floor(sentence.at / 1000), timeZone)}${sentence.after}`;
}

function elementsOf(sentence: NoticeText): RichElement[] {
  if (typeof sentence === 'string') return [text(sentence)];
  return [text(sentence.before), date(Math.floor(sentence.at / 1000)), text(sentence.after)];
}

function noticeText(record: TicketRecord, kind: NoticeKind, isLive: boolean): NoticeText {
  const { ticket, events } = record;
  const customer = clip(ticket.customer, 300);
  switch (kind) {
    case 'finished':
      return finishedSentence(record, customer);
    case 'expiring': {
      const isKnown = firstOf(events, 'traced') !== undefined;
      const sentence = isKnown ? sentences.expiringNotice(customer) : sentences.nothingSetUpNotice(customer);
      return { ...sentence, at: workingUntil(record) };
    }
    case 'unused':
      return firstOf(events, 'opened')
        ? sentences.openedUnusedNotice(customer)
        : sentences.unusedNotice(customer);
    case 'unfinished':
      return unfinishedText(record, customer, isLive);
    case 'step_failed':
      return sentences.stepFailedNotice(customer, unresolvedFailure(events)?.details.step ?? '');
    case 'test_hanging':
      return {
        ...sentences.testHangingNotice(customer),
        at: lastOf(events, 'test_started')?.at ?? ticket.createdAt,
      };
    case 'domain_unverified':
      return sentences.domainNotice(customer);
  }
}

function unfinishedText(record: TicketRecord, customer: string, isLive: boolean): NoticeText {
  if (isLive) return { ...sentences.leftNotice(customer), at: workingUntil(record) };
  return record.ticket.kind === 'edit'
    ? sentences.unfinishedEditNotice(customer)
    : sentences.unfinishedNotice(customer);
}

/** That the customer is done, and what that means. */
export function finishedSentence(record: TicketRecord, customer: string): string {
  if (record.ticket.kind === 'edit') return sentences.changesFinished(customer);
  return firstOf(record.events, 'finished')?.details.reason === NO_APPLICATION
    ? sentences.finishedWithoutApplication(customer)
    : sentences.finished(customer, enabledApplications(record));
}

function actionButtons(
  { ticket }: TicketRecord,
  kind: NoticeKind,
  { mayAct }: NoticeReader,
  isLive: boolean,
): types.Button[] {
  if (!mayAct || isLive) return [];
  if (kind === 'finished') return [];
  if (canContinue(ticket, kind)) return [continueButton(ticket.id)];
  const isOver = kind === 'unused' || kind === 'unfinished' || kind === 'domain_unverified';
  return isOver ? [createAgainButton(ticket.id)] : [];
}
