import type { Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Schema, Scope } from './schema.ts';

/** Leases: each has at most one holder at a time, across all instances. Their clocks must agree to a few seconds. */
export class Leases {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;
  readonly #now: () => number;

  constructor(deps: { database: Database; scope: () => Promise<Scope>; now?: () => number }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
    this.#now = deps.now ?? Date.now;
  }

  /**
   * Takes or renews a lease. Returns false while another holder has it.
   *
   * @param ms how long it lasts, in milliseconds
   * @throws DatabaseError
   */
  async take(name: string, holder: string, ms: number): Promise<boolean> {
    const scope = await this.#scope();
    return this.#database.write((db) => takeLease(db, scope, { name, holder, ms, now: this.#now() }));
  }

  /** Ends a lease, so that others don't have to wait for it. @throws DatabaseError */
  async release(name: string, holder: string): Promise<void> {
    const { auth0Domain, team } = await this.#scope();
    await this.#database.write((db) =>
      db
        .deleteFrom('leases')
        .where('auth0_domain', '=', auth0Domain)
        .where('team', '=', team)
        .where('name', '=', name)
        .where('holder', '=', holder)
        .execute(),
    );
  }

  /** Deletes expired leases. @throws DatabaseError */
  async deleteExpired(): Promise<void> {
    const { auth0Domain, team } = await this.#scope();
    await this.#database.write((db) =>
      db
        .deleteFrom('leases')
        .where('auth0_domain', '=', auth0Domain)
        .where('team', '=', team)
        .where('expires_at', '<=', this.#now())
        .execute(),
    );
  }
}

/** Takes or renews a lease within a transaction. Returns false while another holder has it. */
export async function takeLease(
  db: Transaction<Schema>,
  { auth0Domain: auth0_domain, team }: Scope,
  { name, holder, ms, now }: { name: string; holder: string; ms: number; now: number },
): Promise<boolean> {
  const taken = await db
    .insertInto('leases')
    .values({ auth0_domain, team, name, holder, expires_at: now + ms })
    .onConflict((conflict) =>
      conflict
        .columns(['auth0_domain', 'team', 'name'])
        .doUpdateSet({ holder, expires_at: now + ms })
        .where((where) =>
          where.or([where('leases.holder', '=', holder), where('leases.expires_at', '<=', now)]),
        ),
    )
    .returning('holder')
    .execute();
  return taken.length > 0;
}
