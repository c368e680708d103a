import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool, Transaction } from 'kysely';
import { fold } from '../auth0/search-text.ts';
import type { EventsTable, Schema, Scope, TicketsTable } from '../database/schema.ts';
import { cut } from '../lib/text.ts';
import { namesOf, type TicketKind } from './form/field.ts';
import type { EventType, Ticket, TicketEvent, TicketRecord } from './ticket.ts';

/** Limits a query to one scope. */
export function scoped<Q extends { where(column: 'auth0_domain' | 'team', operator: '=', value: string): Q }>(
  query: Q,
  { auth0Domain, team }: Scope,
): Q {
  return query.where('auth0_domain', '=', auth0Domain).where('team', '=', team);
}

/** Whether a link can still be opened. @param now in milliseconds since 1970 */
export const isLive = (is: ExpressionBuilder<Schema, 'tickets'>, now: number) =>
  is.and([is('ended_at', 'is', null), is('expires_at', '>', now), is('auth0_ticket', 'is not', null)]);

/** Longer than any name, in characters. A long pattern is an error in SQLite. */
const MAX_SEARCH_LENGTH = 200;

/** A pattern for `like`. Replaces special characters with `_`, which matches any character. */
const containing = (text: string) =>
  `%${cut(text, MAX_SEARCH_LENGTH)
    .trim()
    .replace(/[%_\\]/g, '_')}%`;

/** Whether a text is part of the name of the customer, the connection or an organization, in any case. */
export const matchesAnyName = (is: ExpressionBuilder<Schema, 'tickets'>, text: string) =>
  is('search', 'like', containing(fold(text)));

/** @param searcher who finds others' links by the customer only. Undefined finds everything */
export function matches(
  is: ExpressionBuilder<Schema, 'tickets'>,
  search: string,
  searcher: string | undefined,
): Expression<SqlBool> {
  const anywhere = matchesAnyName(is, search);
  if (searcher === undefined) return anywhere;
  return is.or([
    is.and([is('requester', '=', searcher), anywhere]),
    is(is.fn<string>('lower', ['customer']), 'like', containing(search.toLowerCase())),
  ]);
}

export function toRow(ticket: Ticket, { auth0Domain, team }: Scope) {
  return {
    id: ticket.id,
    auth0_domain: auth0Domain,
    team,
    kind: ticket.kind,
    requester: ticket.requester,
    channel: ticket.channel ?? null,
    customer: ticket.customer,
    connection: ticket.connection,
    connection_id: ticket.connectionId ?? null,
    profile_id: ticket.profile.id,
    profile: ticket.profile.name,
    clients: JSON.stringify(ticket.clients),
    organizations: JSON.stringify(ticket.organizations),
    options: JSON.stringify(ticket.options),
    form: JSON.stringify(ticket.form),
    search: [ticket.customer, ticket.connection, namesOf(ticket.organizations)].map(fold).join('\n'),
    correlation_id: ticket.correlationId,
    created_at: ticket.createdAt,
  };
}

export function toTicket(row: Selectable<TicketsTable>): Ticket {
  const { receipt_channel: channel, receipt_ts: ts } = row;
  return {
    id: row.id,
    // Only `toRow` writes these columns.
    kind: row.kind as TicketKind,
    requester: row.requester,
    channel: row.channel ?? undefined,
    customer: row.customer,
    connection: row.connection,
    connectionId: row.connection_id ?? undefined,
    profile: { id: row.profile_id, name: row.profile },
    clients: JSON.parse(row.clients),
    organizations: JSON.parse(row.organizations),
    options: JSON.parse(row.options),
    form: JSON.parse(row.form),
    correlationId: row.correlation_id,
    createdAt: row.created_at,
    sealedId: row.auth0_ticket ?? undefined,
    fingerprint: row.fingerprint ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    receipt: channel && ts ? { channel, ts } : undefined,
  };
}

/**
 * Stores an event unless it is already there, for example because a response was lost. Returns whether it is new.
 *
 * @param source makes it unique, if its ID doesn't
 */
export async function insertEvent(
  db: Transaction<Schema>,
  event: TicketEvent,
  scope: Scope,
  source: string | null = null,
): Promise<boolean> {
  const inserted = await db
    .insertInto('events')
    .values({
      id: event.id,
      auth0_domain: scope.auth0Domain,
      team: scope.team,
      ticket: event.ticket ?? null,
      at: event.at,
      type: event.type,
      actor: event.actor ?? null,
      channel: event.channel ?? null,
      details: JSON.stringify(event.details),
      source_id: source,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return inserted.length > 0;
}

export function toEvent(row: Selectable<EventsTable>): TicketEvent {
  return {
    id: row.id,
    // Only `insertEvent` writes these columns.
    type: row.type as EventType,
    at: row.at,
    ticket: row.ticket ?? undefined,
    actor: row.actor ?? undefined,
    channel: row.channel ?? undefined,
    details: JSON.parse(row.details),
  };
}

/** Adds the events of tickets, oldest first. */
export async function withEvents(
  db: Kysely<Schema>,
  scope: Scope,
  rows: Selectable<TicketsTable>[],
): Promise<TicketRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  // Sorted here: with `order by`, SQLite reads all events in the order of time instead of those of the tickets.
  const events = await scoped(db.selectFrom('events').selectAll(), scope)
    .where('ticket', 'in', ids)
    .execute();
  const byTicket = new Map<string | null, TicketEvent[]>(ids.map((id) => [id, []]));
  for (const row of events.toSorted((a, b) => a.at - b.at)) byTicket.get(row.ticket)?.push(toEvent(row));
  return rows.map((row) => ({ ticket: toTicket(row), events: byTicket.get(row.id) ?? [] }));
}
