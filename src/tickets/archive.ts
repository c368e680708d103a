import type { Database } from '../database/database.ts';
import type { Scope } from '../database/schema.ts';
import { summarize, type TicketStatus } from './summary.ts';
import type { Ticket, TicketEvent } from './ticket.ts';
import { isLive, matchesAnyName, scoped, toEvent, toTicket, withEvents } from './ticket-rows.ts';

/** Which events to export. An event must match each condition that is given. */
export interface EventQuery {
  since?: number | undefined;
  until?: number | undefined;
  /** The Slack user ID of the person who acted. */
  user?: string | undefined;
  /** A part of the name of the customer, the connection or an organization, in any case. */
  customer?: string | undefined;
  /** The connection's name. */
  connection?: string | undefined;
}

/** An event, with its ticket if it is on record. */
export interface RecordedEvent {
  event: TicketEvent;
  ticket: Ticket | undefined;
}

const EVENTS_PER_PAGE = 500;

/** All tickets on record together: their number, their export, and the deletion of old ones. */
export class TicketArchive {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;

  constructor(deps: { database: Database; scope: () => Promise<Scope> }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
  }

  /**
   * All events that match, oldest first, each with its ticket.
   *
   * @param query.since, query.until in milliseconds since 1970; `until` is not included
   * @throws DatabaseError
   */
  async *events({ since, until, user, customer, connection }: EventQuery): AsyncGenerator<RecordedEvent> {
    const scope = await this.#scope();
    let last: TicketEvent | undefined;
    for (;;) {
      const after = last;
      const page = await this.#database.read(async (db) => {
        let rows = scoped(db.selectFrom('events').selectAll(), scope);
        if (since !== undefined) rows = rows.where('at', '>=', since);
        if (until !== undefined) rows = rows.where('at', '<', until);
        if (user !== undefined) rows = rows.where('actor', '=', user);
        if (after) {
          rows = rows.where((is) =>
            is.or([is('at', '>', after.at), is.and([is('at', '=', after.at), is('id', '>', after.id)])]),
          );
        }
        if (customer !== undefined || connection !== undefined) {
          rows = rows.where((is) => {
            let tickets = scoped(is.selectFrom('tickets').select('id'), scope);
            if (customer !== undefined) tickets = tickets.where((ticket) => matchesAnyName(ticket, customer));
            if (connection !== undefined) tickets = tickets.where('connection', '=', connection);
            return is('ticket', 'in', tickets);
          });
        }
        const found = (await rows.orderBy('at').orderBy('id').limit(EVENTS_PER_PAGE).execute()).map(toEvent);
        const ids = [...new Set(found.flatMap(({ ticket }) => ticket ?? []))];
        const tickets = ids.length
          ? await scoped(db.selectFrom('tickets').selectAll(), scope).where('id', 'in', ids).execute()
          : [];
        const byId = new Map(tickets.map((row) => [row.id, toTicket(row)]));
        return found.map((event) => ({ event, ticket: byId.get(event.ticket ?? '') }));
      });
      yield* page;
      last = page.at(-1)?.event;
      if (page.length < EVENTS_PER_PAGE) return;
    }
  }

  /**
   * Deletes older records: tickets with their events, and events without a ticket.
   *
   * @param time in milliseconds since 1970
   * @returns how many tickets were deleted
   * @throws DatabaseError
   */
  async deleteBefore(time: number): Promise<number> {
    const scope = await this.#scope();
    return this.#database.write(async (db) => {
      const { numDeletedRows } = await scoped(db.deleteFrom('tickets'), scope)
        .where('created_at', '<', time)
        .executeTakeFirst();
      await scoped(db.deleteFrom('events'), scope)
        .where('at', '<', time)
        .where((is) =>
          is.or([
            is('ticket', 'is', null),
            is('ticket', 'not in', scoped(is.selectFrom('tickets').select('id'), scope)),
          ]),
        )
        .execute();
      return Number(numDeletedRows);
    });
  }

  /**
   * The number of links that can still be opened, by status.
   *
   * @param now in milliseconds since 1970
   * @throws DatabaseError
   */
  async countLive(now: number): Promise<Partial<Record<TicketStatus, number>>> {
    const scope = await this.#scope();
    const records = await this.#database.read(async (db) => {
      const rows = scoped(db.selectFrom('tickets').selectAll(), scope);
      return withEvents(db, scope, await rows.where((is) => isLive(is, now)).execute());
    });
    const counts: Partial<Record<TicketStatus, number>> = { delivered: 0 };
    for (const { ticket, events } of records) {
      const { status } = summarize(ticket, events, now);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  /** The number of tickets on record, and the time of the oldest (milliseconds since 1970). @throws DatabaseError */
  async count(): Promise<{ count: number; since: number | undefined }> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const row = await scoped(
        db
          .selectFrom('tickets')
          .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('created_at').as('since')]),
        scope,
      ).executeTakeFirst();
      return { count: row?.count ?? 0, since: row?.since ?? undefined };
    });
  }
}
