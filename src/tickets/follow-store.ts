import type { ExpressionBuilder } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Schema, Scope } from '../database/schema.ts';
import { SESSION_MS } from './lifetime.ts';
import type { TicketEvent, TicketRecord } from './ticket.ts';
import { insertEvent, scoped, withEvents } from './ticket-rows.ts';

/** How often a connection is checked after its link's session has ended. */
export const DAILY_MS = 24 * 3_600_000;
/** The maximum number of tickets to check in one run. */
const CHECKS_PER_RUN = 50;

/** What following a ticket changes in its row. Times are milliseconds since 1970. */
export interface FollowChanges {
  checkAt?: number;
  expiresAt?: number | undefined;
  openedAt?: number;
  /** Null: its connection is checked next. */
  askedAt?: null;
}

/** The links that may have events in Auth0's log. Times are milliseconds since 1970. */
export interface LoggedLinks {
  /** When the oldest of them was created. */
  since: number;
  /** When one of them was last created or opened. */
  latest: number;
}

/** The tickets that the bot follows. */
export class FollowStore {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;

  constructor(deps: { database: Database; scope: () => Promise<Scope> }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
  }

  /** The tickets that are due for a check, the oldest first. @throws DatabaseError */
  async due(now: number): Promise<TicketRecord[]> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const rows = await scoped(db.selectFrom('tickets').selectAll(), scope)
        .where('ended_at', 'is', null)
        .where('check_at', '<=', now)
        .orderBy('check_at')
        .limit(CHECKS_PER_RUN)
        .execute();
      return withEvents(db, scope, rows);
    });
  }

  /**
   * The ticket with the connection that was checked the longest time ago. After its session has ended, a ticket is
   * checked once a day, unless another link for its connection works. An edit is never checked, because the state of
   * its connection says nothing about it.
   *
   * @throws DatabaseError
   */
  async nextToAsk(now: number): Promise<TicketRecord | undefined> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const rows = await scoped(db.selectFrom('tickets').selectAll(), scope)
        .where('kind', '=', 'new')
        .where('ended_at', 'is', null)
        .where('check_at', 'is not', null)
        .where((is) =>
          is.or([
            is('expires_at', '>', now - SESSION_MS),
            is('asked_at', 'is', null),
            is('asked_at', '<=', now - DAILY_MS),
            is.exists(otherLiveLink(is, scope, now)),
          ]),
        )
        .orderBy((by) => by.fn.coalesce('asked_at', by.lit(0)))
        .orderBy('created_at')
        .limit(1)
        .execute();
      return (await withEvents(db, scope, rows))[0];
    });
  }

  /** Stores when a connection was checked. @throws DatabaseError */
  async asked(id: string, asked_at: number): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) =>
      scoped(db.updateTable('tickets'), scope).set({ asked_at }).where('id', '=', id).execute(),
    );
  }

  /**
   * Undefined if no link can be in use. A link that has expired may have been opened at the last moment, unless it is
   * known when it was opened.
   *
   * @throws DatabaseError
   */
  async logged(now: number): Promise<LoggedLinks | undefined> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const row = await scoped(
        db
          .selectFrom('tickets')
          .select(({ fn }) => [
            fn.min('created_at').as('since'),
            fn.max('created_at').as('created'),
            fn.max('opened_at').as('opened'),
          ]),
        scope,
      )
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now - SESSION_MS)
        .where((is) => is.or([is('expires_at', '>', now), is('opened_at', 'is', null)]))
        .executeTakeFirst();
      if (!row?.since) return undefined;
      return { since: Number(row.since), latest: Math.max(Number(row.created), Number(row.opened)) };
    });
  }

  /**
   * The tickets that events since a time may be about, including those that have ended.
   *
   * @param since in milliseconds since 1970
   * @param connections only tickets for connections with these names. Undefined: for all.
   * @throws DatabaseError
   */
  async possiblyLogged(since: number, connections: string[] | undefined): Promise<TicketRecord[]> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      let query = scoped(db.selectFrom('tickets').selectAll(), scope).where(
        'expires_at',
        '>',
        since - SESSION_MS,
      );
      if (connections) query = query.where('connection', 'in', connections);
      return withEvents(db, scope, await query.execute());
    });
  }

  /** The time up to which Auth0's log has been read. Undefined if it never was. @throws DatabaseError */
  async logReadUntil(): Promise<number | undefined> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const row = await scoped(db.selectFrom('log_cursors').select('read_until'), scope).executeTakeFirst();
      return row && Number(row.read_until);
    });
  }

  /** @param read_until in milliseconds since 1970 @throws DatabaseError */
  async setLogReadUntil(read_until: number): Promise<void> {
    const { auth0Domain: auth0_domain, team } = await this.#scope();
    await this.#database.write((db) =>
      db
        .insertInto('log_cursors')
        .values({ auth0_domain, team, read_until })
        .onConflict((conflict) => conflict.columns(['auth0_domain', 'team']).doUpdateSet({ read_until }))
        .execute(),
    );
  }

  /**
   * Stores events of a ticket, each type once (each kind of notice once, and each event of Auth0's log once), and what
   * they change.
   *
   * @returns those that are new
   * @throws DatabaseError
   */
  async add(
    id: string,
    events: TicketEvent[],
    { checkAt, expiresAt, openedAt, askedAt }: FollowChanges = {},
  ): Promise<TicketEvent[]> {
    const scope = await this.#scope();
    return this.#database.write(async (db) => {
      const added: TicketEvent[] = [];
      for (const event of events) {
        if (await insertEvent(db, event, scope, sourceOf(event))) added.push(event);
      }
      const changes = {
        ...(checkAt !== undefined && { check_at: checkAt }),
        ...(expiresAt !== undefined && { expires_at: expiresAt, receipt_due_at: expiresAt }),
        ...(openedAt !== undefined && { opened_at: openedAt }),
        ...(askedAt !== undefined && { asked_at: askedAt }),
      };
      if (Object.keys(changes).length > 0 && added.length > 0) {
        await scoped(db.updateTable('tickets'), scope).set(changes).where('id', '=', id).execute();
      }
      return added;
    });
  }

  /**
   * Stores when a ticket is checked next. Doesn't overwrite a time that was set during the check, unless it is later:
   * it may be for events that are newer than those of this check.
   *
   * @param now when this check began
   * @param next undefined if the ticket is no longer followed
   * @throws DatabaseError
   */
  async checked(id: string, now: number, next: number | undefined): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) =>
      scoped(db.updateTable('tickets'), scope)
        .set({ check_at: next ?? null })
        .where('id', '=', id)
        .where((is) =>
          is.or([is('check_at', '<=', now), ...(next === undefined ? [] : [is('check_at', '>', next)])]),
        )
        .execute(),
    );
  }

  /** Removes an event that `add` stored. @throws DatabaseError */
  async remove({ id }: TicketEvent): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) => scoped(db.deleteFrom('events'), scope).where('id', '=', id).execute());
  }
}

/** What makes an event unique, no matter which instance sees it. */
function sourceOf({ ticket, type, details }: TicketEvent): string {
  if (details.logId !== undefined) return `${ticket} log ${details.logId}`;
  return type === 'notified' ? `${ticket} ${type} ${details.reason}` : `${ticket} ${type}`;
}

/** Another link for the connection of the ticket in the outer query, such as one to continue. */
function otherLiveLink(is: ExpressionBuilder<Schema, 'tickets'>, scope: Scope, now: number) {
  return is
    .selectFrom('tickets as other')
    .select('other.id')
    .where('other.auth0_domain', '=', scope.auth0Domain)
    .where('other.team', '=', scope.team)
    .whereRef('other.connection', '=', 'tickets.connection')
    .whereRef('other.id', '!=', 'tickets.id')
    .where('other.ended_at', 'is', null)
    .where('other.expires_at', '>', now);
}
