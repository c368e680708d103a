import type { Database } from '../database/database.ts';
import { INSTANCE_LEASE_MS } from '../database/heartbeat.ts';
import { takeLease } from '../database/leases.ts';
import type { Scope } from '../database/schema.ts';
import { TicketError } from './errors.ts';
import { expiringAt } from './lifetime.ts';
import type { PostedMessage, Ticket, TicketEvent, TicketRecord } from './ticket.ts';
import { insertEvent, isLive, matches, scoped, toRow, withEvents } from './ticket-rows.ts';

const HOUR_MS = 3_600_000;

/** Replaces an instance that is gone. It has no lease, so its tickets count as unfinished until their creation ends. */
const NOBODY = '';

/** What an event changes in its ticket's row. Times are milliseconds since 1970. */
export interface TicketChanges {
  /** When its creation ended, with or without a link. */
  finishedAt?: number;
  /** When it stopped working before it expired, or was not created. */
  endedAt?: number;
}

/** What Auth0 has created. */
export interface CreatedDetails {
  /** Auth0's ticket ID, encrypted. */
  sealedId: string;
  fingerprint: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

export interface TicketFilter {
  /** Only those of this person. */
  requester?: string;
  /** Only those with this text in the name of the customer, the connection or an organization, in any case. */
  search?: string;
  /**
   * A person who must not learn technical names: in other people's tickets, only the customer's name is searched.
   * Undefined for an editor.
   */
  searcher?: string;
  /** Only those for the connection with this name. */
  connection?: string;
  /** Only those with a link that works. */
  liveOnly?: boolean;
  /** In milliseconds since 1970: what is live at this time comes first. */
  now: number;
  limit: number;
  offset?: number;
}

/** The tickets of one tenant and one workspace, and their events. */
export class TicketStore {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;
  readonly #instance: string;

  /** @param deps.instance the ID of this process, which works on the tickets that it begins */
  constructor(deps: { database: Database; scope: () => Promise<Scope>; instance: string }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
    this.#instance = deps.instance;
  }

  /**
   * Stores a ticket that is about to be created, with its first event. Returns false if its submission is on record
   * already.
   *
   * @throws TicketError `too_many_links`, DatabaseError
   */
  async begin(
    ticket: Ticket,
    event: TicketEvent,
    { submission, maxPerHour }: { submission: string; maxPerHour: number },
  ): Promise<boolean> {
    const scope = await this.#scope();
    const { requester, createdAt } = ticket;
    return this.#database.write(
      async (db) => {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('tickets')
          .values({ ...toRow(ticket, scope), submission, instance: this.#instance })
          .onConflict((conflict) => conflict.columns(['auth0_domain', 'team', 'submission']).doNothing())
          .executeTakeFirst();
        if (!numInsertedOrUpdatedRows) return false;
        // The one before the newest `maxPerHour`. Those that have failed don't count.
        const excess = await scoped(db.selectFrom('tickets').select('created_at'), scope)
          .where('requester', '=', requester)
          .where('created_at', '>', createdAt - HOUR_MS)
          .where((where) =>
            where.or([where('finished_at', 'is', null), where('auth0_ticket', 'is not', null)]),
          )
          .orderBy('created_at', 'desc')
          .offset(maxPerHour)
          .limit(1)
          .executeTakeFirst();
        if (excess) {
          const nextAt = excess.created_at + HOUR_MS;
          throw new TicketError({ code: 'too_many_links', max: maxPerHour, nextAt });
        }
        await insertEvent(db, event, scope);
        const lease = { name: this.#instance, holder: this.#instance, ms: INSTANCE_LEASE_MS };
        await takeLease(db, scope, { ...lease, now: createdAt });
        return true;
      },
      // One at a time for each person, so that none is counted too late.
      `tickets ${scope.auth0Domain} ${scope.team} ${requester}`,
    );
  }

  /**
   * Stores what Auth0 has created. Returns false if another instance has taken over the ticket, because this one
   * seemed to be gone.
   *
   * @throws DatabaseError
   */
  async created(event: TicketEvent, { sealedId, fingerprint, expiresAt }: CreatedDetails): Promise<boolean> {
    const scope = await this.#scope();
    return this.#database.write(async (db) => {
      const { numUpdatedRows } = await scoped(db.updateTable('tickets'), scope)
        .set({
          auth0_ticket: sealedId,
          fingerprint,
          expires_at: expiresAt,
          receipt_due_at: expiresAt,
          check_at: Math.ceil(expiringAt(event.at, expiresAt)),
        })
        .where('id', '=', event.ticket ?? '')
        .where('instance', '=', this.#instance)
        .where('finished_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await insertEvent(db, event, scope);
      return true;
    });
  }

  /** Stores an event, once, and what it changes. @throws DatabaseError */
  async add(event: TicketEvent, { finishedAt, endedAt }: TicketChanges = {}): Promise<void> {
    const scope = await this.#scope();
    const changes = {
      ...(finishedAt !== undefined && { finished_at: finishedAt }),
      ...(endedAt !== undefined && { ended_at: endedAt }),
    };
    await this.#database.write(async (db) => {
      await insertEvent(db, event, scope);
      if (event.ticket === undefined || Object.keys(changes).length === 0) return;
      await scoped(db.updateTable('tickets'), scope).set(changes).where('id', '=', event.ticket).execute();
    });
  }

  /** Stores when a ticket's creation ended, in milliseconds since 1970. @throws DatabaseError */
  async finish(id: string, finished_at: number): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) =>
      scoped(db.updateTable('tickets'), scope).set({ finished_at }).where('id', '=', id).execute(),
    );
  }

  /** Whether a submission is on record. @throws DatabaseError */
  async hasSubmission(submission: string): Promise<boolean> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const known = await scoped(db.selectFrom('tickets').select('id'), scope)
        .where('submission', '=', submission)
        .executeTakeFirst();
      return known !== undefined;
    });
  }

  /**
   * An ID for a submission that may be repeated after it failed. It is on record only if it is in progress or has a
   * link.
   *
   * @throws DatabaseError
   */
  async nextSubmission(base: string): Promise<string> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      for (let submission = base; ; ) {
        const known = await scoped(db.selectFrom('tickets').select(['id', 'ended_at', 'auth0_ticket']), scope)
          .where('submission', '=', submission)
          .executeTakeFirst();
        if (!known || known.ended_at === null || known.auth0_ticket !== null) return submission;
        submission = `${base} ${known.id}`;
      }
    });
  }

  /** Stores the location of a ticket's receipt. @throws DatabaseError */
  async setReceipt(id: string, { channel, ts }: PostedMessage): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) =>
      scoped(db.updateTable('tickets'), scope)
        .set({ receipt_channel: channel, receipt_ts: ts })
        .where('id', '=', id)
        .execute(),
    );
  }

  /**
   * Tickets with receipts that are due for an update, those that wait the longest first.
   *
   * @param now in milliseconds since 1970
   * @throws DatabaseError
   */
  async dueReceipts(now: number, limit: number): Promise<TicketRecord[]> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const rows = await scoped(db.selectFrom('tickets').selectAll(), scope)
        .where('receipt_due_at', '<=', now)
        .orderBy('receipt_due_at')
        .limit(limit)
        .execute();
      return withEvents(db, scope, rows);
    });
  }

  /** @param at when to render its receipt again, in milliseconds since 1970; null for never @throws DatabaseError */
  async setReceiptDue(id: string, at: number | null): Promise<void> {
    const scope = await this.#scope();
    await this.#database.write((db) =>
      scoped(db.updateTable('tickets'), scope).set({ receipt_due_at: at }).where('id', '=', id).execute(),
    );
  }

  /** @param reference the ID of the record, or a correlation ID @throws DatabaseError */
  async find(reference: string): Promise<TicketRecord | undefined> {
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      const rows = await scoped(db.selectFrom('tickets').selectAll(), scope)
        .where((where) => where.or([where('id', '=', reference), where('correlation_id', '=', reference)]))
        .execute();
      return (await withEvents(db, scope, rows))[0];
    });
  }

  /** Those that are live first, then the newest. @throws DatabaseError */
  async list(query: TicketFilter): Promise<TicketRecord[]> {
    const { requester, search, searcher, connection, liveOnly, now, limit, offset = 0 } = query;
    const scope = await this.#scope();
    return this.#database.read(async (db) => {
      let rows = scoped(db.selectFrom('tickets').selectAll(), scope);
      if (requester !== undefined) rows = rows.where('requester', '=', requester);
      if (search !== undefined) rows = rows.where((is) => matches(is, search, searcher));
      if (connection !== undefined) rows = rows.where('connection', '=', connection);
      if (liveOnly) rows = rows.where((is) => isLive(is, now));
      const page = await rows
        .orderBy((is) => is.case().when(isLive(is, now)).then(0).else(1).end())
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute();
      return withEvents(db, scope, page);
    });
  }

  /**
   * Takes over tickets if their instance is gone before their creation ended. If that instance comes back, it can't
   * continue with them.
   *
   * @param now in milliseconds since 1970
   * @throws DatabaseError
   */
  async takeUnfinished(now: number): Promise<TicketRecord[]> {
    const scope = await this.#scope();
    return this.#database.write(async (db) => {
      const rows = await scoped(db.updateTable('tickets'), scope)
        .set({ instance: NOBODY })
        .where('finished_at', 'is', null)
        .where((where) =>
          where.not(
            where.exists(
              scoped(where.selectFrom('leases').select('name'), scope)
                .whereRef('leases.name', '=', 'tickets.instance')
                .where('leases.expires_at', '>', now),
            ),
          ),
        )
        .returningAll()
        .execute();
      return withEvents(db, scope, rows);
    });
  }
}
