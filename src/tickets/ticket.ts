import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { cut } from '../lib/text.ts';
import type { Choice, TicketKind } from './form/field.ts';
import type { Values } from './form/form.ts';
import type { TicketRequest } from './form/request.ts';

/** Identifies a message in Slack. */
export interface PostedMessage {
  channel: string;
  ts: string;
}

/** A ticket on record. It never has the URL. Times are milliseconds since 1970. */
export interface Ticket {
  id: string;
  kind: TicketKind;
  /** The requester's Slack user ID. */
  requester: string;
  /** The conversation where it was asked for. */
  channel: string | undefined;
  customer: string;
  /** The connection's name. */
  connection: string;
  /** Only for an edit: a new connection has no ID yet. */
  connectionId: string | undefined;
  profile: Choice;
  clients: Choice[];
  organizations: Choice[];
  /** The other options that were used, as people see them. */
  options: { label: string; value: string }[];
  /** The values of the form, to create it again. */
  form: Partial<Values>;
  /** Auth0's own log shows it as `references.correlation_id`. */
  correlationId: string;
  createdAt: number;
  /** Auth0's ticket ID, encrypted. Undefined until Auth0 has created it. */
  sealedId?: string | undefined;
  /** The `fingerprint` of Auth0's ticket ID. */
  fingerprint?: string | undefined;
  /** When the link expires unless it is opened; once the connection is set up, when its session ends at the latest. */
  expiresAt?: number | undefined;
  receipt?: PostedMessage | undefined;
}

export type EventType =
  /** Before the create call, so that it can always be traced to a person. */
  | 'requested'
  | 'created'
  | 'delivered'
  | 'not_delivered'
  | 'revoked'
  /** There is no link. */
  | 'failed'
  /** Auth0's log has the ticket, so what the customer does with its link is known. */
  | 'traced'
  /** The customer has opened the link. */
  | 'opened'
  /** The connection exists; for an edit, it was changed. */
  | 'configured'
  /** Something else in the setup was changed. */
  | 'changed'
  | 'test_started'
  | 'test_ended'
  | 'domain_added'
  | 'domain_verified'
  | 'domain_unverified'
  | 'domain_removed'
  /** Auth0 refused a step of the setup. */
  | 'step_failed'
  /** The customer has left the setup assistant. */
  | 'session_ended'
  /** The connection is enabled for an application. */
  | 'enabled'
  /** The customer is done: nothing is left, or only what their link doesn't allow. */
  | 'finished'
  /** It has ended, and nobody finished. */
  | 'expired'
  /** A message about it has been sent. */
  | 'notified'
  /** Someone wants no more messages about it. */
  | 'muted'
  /** Someone wants its messages from now on. */
  | 'followed'
  // Without a ticket
  | 'access_denied'
  | 'seal_refused'
  | 'limit_reached'
  /** Before a profile is created or changed. */
  | 'profile_requested'
  | 'profile_created'
  | 'profile_changed';

/** What happened, when, and who did it. */
export interface TicketEvent {
  id: string;
  type: EventType;
  /** In milliseconds since 1970. */
  at: number;
  /** The ID of the ticket's record. Undefined if the event isn't about a ticket. */
  ticket: string | undefined;
  /** The Slack user ID of the person who acted. */
  actor: string | undefined;
  /** The conversation in which they acted. */
  channel: string | undefined;
  details: EventDetails;
}

/** A ticket and all its events. */
export interface TicketRecord {
  ticket: Ticket;
  events: TicketEvent[];
}

/**
 * What identifies a ticket in the audit trail. Buttons of earlier versions contain it too, so any part may be missing.
 */
export const ticketFacts = z.object({
  /** The requester's Slack user ID. */
  requester: z.string().optional(),
  /** The kind of ticket, `new` or `edit`. */
  what: z.string().optional(),
  /** The profile's ID. */
  profile: z.string().optional(),
  /** The connection's name. */
  connection: z.string().optional(),
  /** Only for an edit: a new connection has no ID yet. */
  connectionId: z.string().optional(),
  clients: z.array(z.string()).optional(),
  organizations: z.array(z.string()).optional(),
  /** When the link expires unless it is opened, ISO 8601. */
  expires: z.string().optional(),
  /** The `fingerprint` of the ticket's ID. */
  ticket: z.string().optional(),
});
export type TicketFacts = z.output<typeof ticketFacts>;

/** What an event says besides who, when and where. */
export interface EventDetails extends TicketFacts {
  /** The ID of the create call, or of the revocation. */
  correlationId?: string | undefined;
  reason?: string | undefined;
  /** The strategy of the connection that was set up. */
  provider?: string;
  /** The number of further events, for an event that represents several. */
  count?: number | undefined;
  /** Auth0's name for the step that an event of its log is about, such as `enable_connection`. */
  step?: string;
  /** The ID of the event in Auth0's log, and the ID that the events of a ticket or of a session have in common. */
  logId?: string;
  tracingId?: string | undefined;
  /** How many links it may be about, if Auth0's log doesn't say which. */
  links?: number;
  /** The name of a profile that is created or changed, and the fields of it that are. */
  profileName?: string;
  fields?: string[];
}

/** A ticket that Auth0 has created. */
export interface IssuedTicket {
  request: TicketRequest;
  ticket: Ticket & { expiresAt: number };
  /** Grants access: never log or store it. */
  url: string;
}

/** The record of a ticket that is about to be created. */
export function newTicket(
  request: TicketRequest,
  { requester, channel, form, now }: Pick<Ticket, 'requester' | 'channel' | 'form'> & { now: number },
): Ticket {
  return {
    id: randomUUID(),
    kind: request.kind,
    requester,
    channel,
    customer: request.customer,
    connection: cut(request.connection, 128),
    connectionId: request.body.connection_id,
    profile: request.profile,
    clients: request.clients,
    organizations: request.organizations,
    options: request.options,
    form,
    correlationId: randomUUID(),
    createdAt: now,
  };
}

/** What the audit trail says about a ticket, if it is known. */
export function factsOf(ticket: Ticket): TicketFacts & { correlationId: string } {
  const { expiresAt, fingerprint: print } = ticket;
  return {
    requester: ticket.requester,
    what: ticket.kind,
    profile: ticket.profile.id,
    connection: ticket.connection,
    ...(ticket.connectionId !== undefined && { connectionId: ticket.connectionId }),
    clients: ticket.clients.map(({ id }) => id),
    organizations: ticket.organizations.map(({ id }) => id),
    correlationId: ticket.correlationId,
    ...(expiresAt !== undefined && { expires: new Date(expiresAt).toISOString() }),
    ...(print !== undefined && { ticket: print }),
  };
}

/** The earliest event of a type. */
export function firstOf(events: TicketEvent[], type: EventType): TicketEvent | undefined {
  return events.filter((event) => event.type === type).toSorted(byTime)[0];
}

/** The latest event of some types. */
export function lastOf(events: TicketEvent[], ...types: EventType[]): TicketEvent | undefined {
  return events
    .filter(({ type }) => types.includes(type))
    .toSorted(byTime)
    .at(-1);
}

/** Events of the same time are sorted by ID, so their order of arrival doesn't matter. IDs in Auth0's log ascend. */
export const byTime = (a: TicketEvent, b: TicketEvent) =>
  a.at - b.at || Number(orderOf(a) > orderOf(b)) - Number(orderOf(a) < orderOf(b));
const orderOf = ({ id, details }: TicketEvent) => details.logId ?? id;

/** 64 bits of a hash, in hexadecimal. Shows whether two tickets are the same, and nothing else about them. */
export function fingerprint(ticketId: string): string {
  return createHash('sha256').update(ticketId).digest('hex').slice(0, 16);
}
