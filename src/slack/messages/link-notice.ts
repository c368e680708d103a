import type { types } from '@slack/bolt';
import { clip } from '../../lib/text.ts';
import { customerReminder } from '../../tickets/customer-message.ts';
import { NO_APPLICATION } from '../../tickets/follow.ts';
import { type Attention, firstOf, type TicketRecord } from '../../tickets/ticket.ts';
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
import { enabledApplications } from './steps.ts';

/** What a message about a link can be about. */
export type NoticeKind = 'finished' | Attention;

/** Who gets a message about a link. */
export interface NoticeReader {
  user: string;
  timeZone: string;
  /** Whether they may create the link again, or one to continue. */
  mayAct: boolean;
}

/** A message about what became of a link, to the person who follows it, with what to do. */
export function linkNotice(record: TicketRecord, kind: NoticeKind, reader: NoticeReader): Message {
  const { ticket } = record;
  const customer = clip(ticket.customer, 300);
  const expires = Math.floor((ticket.expiresAt ?? ticket.createdAt) / 1000);
  const sentence = sentenceOf(record, kind, customer);
  const elements: RichElement[] =
    kind === 'expiring' ? [text(sentence), date(expires), text('.')] : [text(sentence)];
  const expiry = writtenDate(expires, reader.timeZone);
  return {
    text: notificationText(kind === 'expiring' ? `${sentence}${expiry}.` : sentence),
    blocks: [
      rich(section(mention(reader.user), text(' '), ...elements)),
      ...(kind === 'finished'
        ? []
        : [
            rich(
              section(text(sentences.FOR_THE_CUSTOMER)),
              copyable(customerReminder(kind, { customer, expiry })),
            ),
          ]),
      { type: 'actions', elements: [...wayOn(ticket.id, kind, reader), muteButton(ticket.id)] },
    ],
  };
}

/** The same for AUDIT_CHANNEL, because its person can't be reached. Its buttons would be for that person. */
export function undeliveredNotice(record: TicketRecord, kind: NoticeKind, reader: NoticeReader): Message {
  const message = linkNotice(record, kind, reader);
  return {
    text: message.text,
    blocks: [
      rich(section(text(sentences.NOT_REACHED), mention(reader.user), text('.'))),
      ...message.blocks.filter(({ type }) => type !== 'actions'),
    ],
  };
}

function sentenceOf(record: TicketRecord, kind: NoticeKind, customer: string): string {
  switch (kind) {
    case 'finished':
      return finishedSentence(record, customer);
    case 'expiring':
      return sentences.expiringNotice(customer);
    case 'unused':
      return sentences.unusedNotice(customer);
    case 'unfinished':
      return sentences.unfinishedNotice(customer);
  }
}

/** That the customer is done, and what that means. */
export function finishedSentence(record: TicketRecord, customer: string): string {
  return firstOf(record.events, 'finished')?.details.reason === NO_APPLICATION
    ? sentences.finishedWithoutApplication(customer)
    : sentences.finished(customer, enabledApplications(record));
}

function wayOn(id: string, kind: NoticeKind, { mayAct }: NoticeReader): types.Button[] {
  if (!mayAct) return [];
  if (kind === 'unused') return [createAgainButton(id)];
  return kind === 'unfinished' ? [continueButton(id)] : [];
}
