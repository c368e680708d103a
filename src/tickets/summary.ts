import { expiringAt, SESSION_MS } from './lifetime.ts';
import { byTime, type EventType, firstOf, lastOf, type Ticket, type TicketEvent } from './ticket.ts';

/** The progress of a ticket. A link that was opened may be in use for some hours after it has expired. */
export type TicketStatus = (typeof PROGRESS)[number] | 'failed' | 'revoked' | 'expired';

/** The order in which these events happen, whatever the order in which they arrive. */
const PROGRESS = ['requested', 'created', 'delivered', 'opened', 'configured', 'enabled'] as const;

/** What people should know about a ticket, besides its status. Later progress of the customer clears it. */
export type Attention =
  /** It expires soon, and nobody has opened it. */
  | 'expiring'
  /** It has ended, and nothing is set up. */
  | 'unused'
  /** The customer's session has ended, and they haven't finished. */
  | 'unfinished'
  /** Auth0 refused a step. */
  | 'step_failed'
  /** A test sign-in has begun and has not ended. */
  | 'test_hanging'
  /** An email domain is not verified. */
  | 'domain_unverified';

export interface TicketSummary {
  status: TicketStatus;
  /** Undefined if there is nothing to do, or if that is unknown, as for an edit without Auth0's log. */
  attention: Attention | undefined;
  /** Whether the customer is done. */
  isFinished: boolean;
  /** Whether the link works: until it expires, or if it was opened, until its session ends. */
  isLive: boolean;
  /** The event that ended it. Undefined while it is live, or if it has expired. */
  end: TicketEvent | undefined;
}

/**
 * Whether a link to continue would help: the customer has started, and something is missing. An edit is created again.
 */
export const canContinue = ({ kind }: Ticket, attention: Attention | undefined) =>
  kind === 'new' && (attention === 'unfinished' || attention === 'domain_unverified');

/** A test sign-in that takes longer counts as hanging. In milliseconds. */
const TEST_MS = 10 * 60_000;
/** How late Auth0's log may be, in milliseconds. */
const LOG_DELAY_MS = 5 * 60_000;

/** The state of a ticket. The order of its events doesn't matter. @param now in milliseconds since 1970 */
export function summarize(ticket: Ticket, events: TicketEvent[], now: number): TicketSummary {
  const isFinished = firstOf(events, 'finished') !== undefined;
  for (const status of ['revoked', 'failed'] as const) {
    const end = firstOf(events, status);
    if (end) return { status, attention: undefined, isFinished, isLive: false, end };
  }
  const worksUntil = endOf(ticket, events);
  const isOver = worksUntil !== undefined && now >= worksUntil;
  const reached = PROGRESS.findLast((type) => firstOf(events, type) !== undefined) ?? 'requested';
  return {
    status: isOver && !isFinished ? 'expired' : reached,
    attention: attentionOf(ticket, events, now),
    isFinished,
    isLive: worksUntil !== undefined && !isOver,
    end: undefined,
  };
}

/** The time until which a link works, in milliseconds since 1970. Undefined if there is none. */
export function endOf({ expiresAt }: Ticket, events: TicketEvent[]): number | undefined {
  const opened = firstOf(events, 'opened');
  return expiresAt === undefined || !opened ? expiresAt : opened.at + SESSION_MS;
}

/** The next time after `now` when the summary changes without a new event. Undefined if there is none. */
export function nextChangeAt(ticket: Ticket, events: TicketEvent[], now: number): number | undefined {
  const end = endOf(ticket, events);
  if (end === undefined) return undefined;
  const test = lastOf(events, 'test_started');
  const left = leftAt(events);
  const times = [
    ...(left === undefined ? [] : [left + LOG_DELAY_MS]),
    ...(test ? [test.at + TEST_MS] : []),
    ...(isBegun(events) ? [end] : [Math.ceil(expiringAt(ticket.createdAt, end)), unusedAt(events, end)]),
  ];
  return times.filter((time) => time > now).toSorted((a, b) => a - b)[0];
}

const isBegun = (events: TicketEvent[]) =>
  firstOf(events, 'opened') !== undefined || firstOf(events, 'configured') !== undefined;

/** When it is known that nobody used a link. Without Auth0's log, someone may have opened it at the last moment. */
const unusedAt = (events: TicketEvent[], end: number) =>
  end + (firstOf(events, 'traced') ? LOG_DELAY_MS : SESSION_MS);

function attentionOf(ticket: Ticket, events: TicketEvent[], now: number): Attention | undefined {
  const { kind, createdAt } = ticket;
  const end = endOf(ticket, events);
  const isKnown = kind === 'new' || firstOf(events, 'traced') !== undefined || isBegun(events);
  if (end === undefined || !isKnown) return undefined;
  const left = leftAt(events);
  const hasLeft = now >= end || (left !== undefined && now >= left + LOG_DELAY_MS);
  if (firstOf(events, 'finished')) return domainAttention(events, hasLeft);
  if (firstOf(events, 'configured') && hasLeft) return 'unfinished';
  if (isBegun(events)) return now >= end ? 'unused' : stepAttention(events, now, hasLeft);
  if (now >= unusedAt(events, end)) return 'unused';
  return now >= expiringAt(createdAt, end) && now < end ? 'expiring' : undefined;
}

/** What the customer does after opening the link. */
const STEPS: EventType[] = [
  'opened',
  'configured',
  'changed',
  'test_started',
  'test_ended',
  'domain_added',
  'domain_verified',
  'domain_unverified',
  'domain_removed',
  'step_failed',
  'enabled',
];

/** When the customer left the setup assistant, unless they came back. A step before that may appear later. */
function leftAt(events: TicketEvent[]): number | undefined {
  const last = lastOf(events, 'session_ended', ...STEPS);
  return last?.type === 'session_ended' ? last.at : undefined;
}

/** The steps that show that the customer got past a failure. */
const PROGRESS_STEPS = STEPS.filter(
  (type) => !['opened', 'test_started', 'step_failed', 'domain_unverified'].includes(type),
);

function stepAttention(events: TicketEvent[], now: number, hasLeft: boolean): Attention | undefined {
  if (unresolvedFailure(events)) return 'step_failed';
  const test = lastOf(events, 'test_started');
  const isOpen = test && !hasHappenedSince(events, test, PROGRESS_STEPS);
  if (isOpen && now >= test.at + TEST_MS) return 'test_hanging';
  return domainAttention(events, hasLeft);
}

/** The refused step that the customer hasn't gotten past. */
export function unresolvedFailure(events: TicketEvent[]): TicketEvent | undefined {
  const failed = lastOf(events, 'step_failed');
  if (!failed) return undefined;
  // A link that could not be opened, and then was.
  const cleared = failed.details.step === 'ticket_consumption' ? STEPS : PROGRESS_STEPS;
  return hasHappenedSince(events, failed, cleared) ? undefined : failed;
}

const hasHappenedSince = (events: TicketEvent[], event: TicketEvent, types: EventType[]) =>
  events.some((each) => types.includes(each.type) && byTime(each, event) > 0);

/** What happened last to the customer's email domains. Auth0's log doesn't say to which one. */
export const lastDomainStep = (events: TicketEvent[]): TicketEvent | undefined =>
  lastOf(events, 'domain_added', 'domain_verified', 'domain_unverified', 'domain_removed');

/** Whether a domain waits for verification. */
export const hasOpenDomain = (events: TicketEvent[]) =>
  ['domain_added', 'domain_unverified'].includes(lastDomainStep(events)?.type ?? '');

/** @param isOver whether the customer has stopped: until then, they may be about to verify it */
function domainAttention(events: TicketEvent[], isOver: boolean): Attention | undefined {
  const isOpen = isOver ? hasOpenDomain(events) : lastDomainStep(events)?.type === 'domain_unverified';
  return isOpen ? 'domain_unverified' : undefined;
}
