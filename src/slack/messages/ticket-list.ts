import type { types } from '@slack/bolt';
import { clip } from '../../lib/text.ts';
import { type ConnectionState, isFollowed, isMuted, ownerOf } from '../../tickets/follow.ts';
import { canContinue, summarize } from '../../tickets/summary.ts';
import {
  type EventType,
  firstOf,
  type Ticket,
  type TicketEvent,
  type TicketRecord,
} from '../../tickets/ticket.ts';
import {
  bold,
  context,
  mention,
  notificationText,
  type RichElement,
  rich,
  section,
  shortDate,
  text,
} from '../blocks.ts';
import {
  continueButton,
  createAgainButton,
  followButton,
  pageButton,
  replaceButton,
  revokeButton,
} from '../buttons.ts';
import * as sentences from '../sentences.ts';
import type { TicketQuery } from '../ticket-query.ts';
import { detailLines, detailText } from './details.ts';
import type { Message } from './message.ts';
import { oneOfLinks, stateLine, stepElements, stepsOf } from './steps.ts';

/** The person who looks at links, which decides what they see. */
export interface Viewer {
  user: string;
  isEditor: boolean;
}

/** One page of links. */
export interface TicketPage {
  records: TicketRecord[];
  query: TicketQuery;
  hasNext: boolean;
}

/** The links that someone asked for, with what they can do about each. @param now in milliseconds since 1970 */
export function ticketList(page: TicketPage, viewer: Viewer, now: number): Message {
  const { records, query } = page;
  const title = sentences.listTitle(query);
  if (records.length === 0 && query.page === 0) {
    const sentence = sentences.noLinks(query);
    return { text: notificationText(sentence), blocks: [rich(section(text(sentence)))] };
  }
  return {
    text: notificationText(title),
    blocks: [
      rich(section(bold(title), text(` ${sentences.LIST_ONLY_YOU}`))),
      ...records.flatMap((record) => ticketBlocks(record, viewer, now)),
      ...pageBlocks(page),
    ],
  };
}

/** One link in a list, or on the home tab. */
export function ticketBlocks(record: TicketRecord, viewer: Viewer, now: number): types.KnownBlock[] {
  const { ticket } = record;
  const buttons = ticketButtons(record, viewer, now);
  return [
    rich(
      section(bold(clip(ticket.customer, 150)), text(` · ${sentences.LINK_KINDS[ticket.kind]}`)),
      section(...stateOf(record, now)),
      section(text(sentences.CREATED_BY), mention(ticket.requester), text(', '), dateOf(ticket.createdAt)),
    ),
    ...(seesAll(ticket, viewer) ? [context(clip(detailText(ticket), 300))] : []),
    ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
  ];
}

/**
 * Everything that is known about one link.
 *
 * @param state of its connection, as Auth0 has it now; undefined if Auth0 didn't say
 */
export function ticketDetails(
  record: TicketRecord,
  viewer: Viewer,
  now: number,
  state?: ConnectionState,
): Message {
  const { ticket } = record;
  const title = sentences.linkTitle(ticket.customer);
  const doubt = oneOfLinks(record);
  const buttons = [...ticketButtons(record, viewer, now), ...followButtons(record, viewer)];
  return {
    text: notificationText(title),
    blocks: [
      rich(section(bold(title), text(` ${sentences.LIST_ONLY_YOU}`)), section(...stateOf(record, now))),
      ...(seesAll(ticket, viewer) ? [rich(...detailLines(ticket))] : []),
      rich(
        ...history(record),
        ...(doubt ? [doubt] : []),
        state ? stateLine(ticket, state) : section(text(sentences.STATE_UNKNOWN)),
      ),
      ...(buttons.length ? [{ type: 'actions' as const, elements: buttons }] : []),
      context(sentences.reference(ticket.correlationId)),
    ],
  };
}

/** Colleagues cover for each other, but only the requester and editors see technical names and can act. */
const seesAll = ({ requester }: Ticket, { user, isEditor }: Viewer) => isEditor || requester === user;

function ticketButtons(record: TicketRecord, viewer: Viewer, now: number): types.Button[] {
  const { ticket, events } = record;
  if (!seesAll(ticket, viewer)) return [];
  const { status, isLive, attention } = summarize(ticket, events, now);
  const isSetUp = firstOf(events, 'configured') !== undefined;
  if (isLive)
    return [revokeButton(ticket.id, { listed: true }), ...(isSetUp ? [] : [replaceButton(ticket.id)])];
  if (canContinue(ticket, attention)) return [continueButton(ticket.id)];
  return status === 'requested' ? [] : [createAgainButton(ticket.id)];
}

/** Colleagues can take over the messages about a link. */
function followButtons(record: TicketRecord, { user }: Viewer): types.Button[] {
  const isOwner = ownerOf(record) === user && !isMuted(record);
  return isFollowed(record) && !isOwner ? [followButton(record.ticket.id)] : [];
}

/** The state of a link, and what people should know about it. */
function stateOf(record: TicketRecord, now: number): RichElement[] {
  const { ticket, events } = record;
  const { attention } = summarize(ticket, events, now);
  return [...statusOf(record, now), ...(attention ? [text(` · ${sentences.ATTENTION[attention]}`)] : [])];
}

function statusOf(record: TicketRecord, now: number): RichElement[] {
  const { ticket, events } = record;
  const { status, end, isFinished } = summarize(ticket, events, now);
  const label = bold(sentences.LINK_STATES[status]);
  const { expiresAt } = ticket;
  switch (status) {
    case 'created':
    case 'delivered':
      return expiresAt ? [label, text(sentences.UNTIL), dateOf(expiresAt)] : [label];
    case 'expired':
      return expiresAt ? [label, text(' '), dateOf(expiresAt)] : [label];
    case 'revoked':
      return end ? [label, ...byWhom(end)] : [label];
    case 'opened':
    case 'configured':
    case 'enabled': {
      const last = isFinished && ticket.kind === 'edit' ? 'finished' : status;
      const step = stepsOf(record).find(({ type }) => type === last);
      return step ? stepElements(step) : [label];
    }
    case 'failed':
    case 'requested':
      return [label];
  }
}

/** If a revocation has a reason, the bot did it. */
function byWhom({ actor, at, details }: TicketEvent): RichElement[] {
  const who = actor && !details.reason ? mention(actor) : text(sentences.AUDIT_BOT);
  return [text(sentences.BY), who, text(', '), dateOf(at)];
}

/** What people and the customer have done, oldest first. */
function history(record: TicketRecord): types.RichTextSection[] {
  const acts = record.events.flatMap((event) => {
    const label = EVENT_LABELS[event.type];
    return label ? [{ at: event.at, line: section(text(label), ...byWhom(event)) }] : [];
  });
  const steps = stepsOf(record).map((step) => ({ at: step.at, line: section(...stepElements(step)) }));
  return [...acts, ...steps].toSorted((a, b) => a.at - b.at).map(({ line }) => line);
}

const EVENT_LABELS: Partial<Record<EventType, string>> = sentences.EVENT_LABELS;

const dateOf = (ms: number) => shortDate(Math.floor(ms / 1000));

function pageBlocks({ query, hasNext }: TicketPage): types.ActionsBlock[] {
  const { page } = query;
  const buttons = [
    ...(page > 0 ? [pageButton(sentences.PREVIOUS_PAGE, { ...query, page: page - 1 })] : []),
    ...(hasNext ? [pageButton(sentences.NEXT_PAGE, { ...query, page: page + 1 })] : []),
  ];
  return buttons.length ? [{ type: 'actions', elements: buttons }] : [];
}
