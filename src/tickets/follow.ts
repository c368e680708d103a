import { newEvent } from './audit.ts';
import { expiringAt, SESSION_MS } from './lifetime.ts';
import { factsOf, firstOf, type TicketEvent, type TicketRecord } from './ticket.ts';

/** A connection that is set up and not enabled is looked at this long, in milliseconds. */
const CONFIGURED_MS = 14 * 24 * 3_600_000;

/** The state of a ticket's connection, as Auth0 has it. */
export interface ConnectionState {
  /** Undefined if there is none with this name. */
  connection: { id: string; strategy: string } | undefined;
  /** The IDs of the applications that it is enabled for. */
  clients: string[];
  /** Those of the ticket's organizations that it is enabled for. */
  organizations: string[];
}

/** Whether what happens to a link is still of interest. */
export function isFollowed({ ticket, events }: TicketRecord): boolean {
  const ends = ['finished', 'expired', 'revoked', 'failed'] as const;
  return ticket.expiresAt !== undefined && ends.every((type) => !firstOf(events, type));
}

/** When the passing of time changes something next. Undefined if it changes nothing more. */
export function nextCheckAt(
  { ticket: { createdAt, expiresAt = createdAt }, events }: TicketRecord,
  now: number,
): number | undefined {
  const configured = firstOf(events, 'configured');
  const times = configured
    ? [expiresAt, configured.at + CONFIGURED_MS]
    : [Math.ceil(expiringAt(createdAt, expiresAt)), expiresAt + SESSION_MS];
  return times.find((time) => time > now);
}

/** When a link that has been opened stops working at the latest. @param at when its connection was first seen */
export function sessionEnd(expiresAt: number, at: number): number {
  return Math.min(expiresAt, at) + SESSION_MS;
}

/** What the state of a connection says that is not on record yet. Nothing for an edit: its connection was there before. */
export function eventsFrom(record: TicketRecord, state: ConnectionState, now: number): TicketEvent[] {
  const { ticket, events } = record;
  const { connection, clients, organizations } = state;
  if (ticket.kind === 'edit' || !connection || !isFollowed(record)) return [];
  const facts = factsOf(ticket);
  const event = (type: 'configured' | 'enabled' | 'finished', more: TicketEvent['details']): TicketEvent => ({
    ...newEvent(type, { ...facts, connectionId: connection.id, ...more }, ticket.id),
    at: now,
  });
  const isEnabled = clients.length > 0;
  const withoutApplication = ticket.clients.length === 0;
  return [
    ...(firstOf(events, 'configured') ? [] : [event('configured', { provider: connection.strategy })]),
    ...(isEnabled ? [event('enabled', { clients, organizations })] : []),
    ...(isEnabled || withoutApplication
      ? [event('finished', isEnabled ? {} : { reason: NO_APPLICATION })]
      : []),
  ];
}

/** Why a ticket is finished whose connection is not enabled. */
export const NO_APPLICATION = 'no application';

/** Who gets the messages about a link: the last person who chose to follow it, else its requester. */
export function ownerOf({ ticket, events }: TicketRecord): string {
  return latest(events, ['followed'])?.actor ?? ticket.requester;
}

export const isMuted = ({ events }: TicketRecord) => latest(events, ['muted', 'followed'])?.type === 'muted';

const latest = (events: TicketEvent[], types: TicketEvent['type'][]) =>
  events.filter(({ type }) => types.includes(type)).toSorted((a, b) => b.at - a.at)[0];
