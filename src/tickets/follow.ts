import { newEvent } from './audit.ts';
import { SESSION_MS } from './lifetime.ts';
import { nextChangeAt } from './summary.ts';
import {
  byTime,
  type EventType,
  factsOf,
  firstOf,
  lastOf,
  type TicketEvent,
  type TicketRecord,
} from './ticket.ts';

/** How long a connection that is set up but not enabled is checked, in milliseconds. */
const CONFIGURED_MS = 14 * 24 * 3_600_000;

/** The state of a ticket's connection at Auth0. */
export interface ConnectionState {
  /** Undefined if there is none with this name. */
  connection: { id: string; strategy: string } | undefined;
  /** The IDs of the applications that it is enabled for. */
  clients: string[];
  /** Those of the ticket's organizations that it is enabled for. */
  organizations: string[];
}

/** Whether the bot still follows a link. */
export function isFollowed(record: TicketRecord): boolean {
  const { ticket, events } = record;
  const isOver = (['expired', 'revoked', 'failed'] as const).some((type) => firstOf(events, type));
  if (ticket.expiresAt === undefined || isOver) return false;
  return !firstOf(events, 'finished') || lacksProvider(record);
}

/** Whether the connection is set up, and nobody knows with which provider: Auth0's log doesn't say. */
export function lacksProvider({ ticket, events }: TicketRecord): boolean {
  const configured = events.filter(({ type }) => type === 'configured');
  return (
    ticket.kind === 'new' &&
    configured.length > 0 &&
    configured.every(({ details }) => details.provider === undefined)
  );
}

/** When to check a ticket next, even without a new event. Undefined if no check is needed. */
export function nextCheckAt({ ticket, events }: TicketRecord, now: number): number | undefined {
  const next = nextChangeAt(ticket, events, now);
  const configured = ticket.kind === 'new' ? firstOf(events, 'configured') : undefined;
  const givenUpAt = configured ? configured.at + CONFIGURED_MS : 0;
  return next ?? (givenUpAt > now ? givenUpAt : undefined);
}

/** When a link that has been opened stops working at the latest. @param at when its connection was first seen */
export function sessionEnd(expiresAt: number, at: number): number {
  return Math.min(expiresAt, at) + SESSION_MS;
}

/**
 * The events in the state of a connection that are not on record yet. None for an edit: its connection existed before.
 */
export function eventsFrom(record: TicketRecord, state: ConnectionState, now: number): TicketEvent[] {
  const { ticket, events } = record;
  const { connection, clients, organizations } = state;
  if (ticket.kind === 'edit' || !connection || !isFollowed(record)) return [];
  const facts = factsOf(ticket);
  const event = (type: EventType, more: TicketEvent['details']): TicketEvent => ({
    ...newEvent(type, { ...facts, connectionId: connection.id, ...more }, ticket.id),
    at: now,
  });
  const isNew = !firstOf(events, 'configured') || lacksProvider(record);
  const found = [
    // The log may have said when that was, without the provider.
    ...(isNew
      ? [
          {
            ...event('configured', { provider: connection.strategy }),
            at: firstOf(events, 'configured')?.at ?? now,
          },
        ]
      : []),
    ...(clients.length > 0 ? [event('enabled', { clients, organizations })] : []),
  ];
  return withFinish(record, found);
}

/** Adds the event `finished`, if these events of a ticket show that the customer is done and it is not on record. */
export function withFinish({ ticket, events }: TicketRecord, found: TicketEvent[]): TicketEvent[] {
  if (firstOf(events, 'finished')) return found;
  const all = [...events, ...found];
  const enabled = firstOf(all, 'enabled');
  const configured = firstOf(all, 'configured');
  const withoutApplication = ticket.kind === 'new' && ticket.clients.length === 0 && !enabled;
  const last =
    ticket.kind === 'edit' ? endOfEdit(all) : (enabled ?? (withoutApplication ? configured : undefined));
  if (!last) return found;
  const { connectionId = ticket.connectionId } = configured?.details ?? {};
  const details = {
    ...factsOf(ticket),
    ...(connectionId !== undefined && { connectionId }),
    ...(withoutApplication && { reason: NO_APPLICATION }),
  };
  return [...found, { ...newEvent('finished', details, ticket.id), at: last.at }];
}

/** The changes that an edit can make. */
const CHANGES: EventType[] = [
  'configured',
  'changed',
  'enabled',
  'domain_added',
  'domain_verified',
  'domain_removed',
];

/** An edit is finished when the customer leaves after having changed something. */
function endOfEdit(events: TicketEvent[]): TicketEvent | undefined {
  const changes = events.filter(({ type }) => CHANGES.includes(type));
  return events
    .filter(({ type, at }) => type === 'session_ended' && changes.some((change) => change.at <= at))
    .toSorted(byTime)[0];
}

/** The reason why a ticket is finished although its connection is not enabled. */
export const NO_APPLICATION = 'no application';

/** The ID of the connection that a ticket has set up, or edits. Undefined until it is known. */
export const connectionIdOf = ({ ticket, events }: TicketRecord): string | undefined =>
  ticket.connectionId ??
  events.find(({ type, details }) => type === 'configured' && details.connectionId)?.details.connectionId;

/** Who gets the messages about a link: the last person who chose to follow it, or else its requester. */
export function ownerOf({ ticket, events }: TicketRecord): string {
  return lastOf(events, 'followed')?.actor ?? ticket.requester;
}

export const isMuted = ({ events }: TicketRecord) => lastOf(events, 'muted', 'followed')?.type === 'muted';
