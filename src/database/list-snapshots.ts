import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { Schema, Scope } from './schema.ts';

const compress = promisify(deflate);
const decompress = promisify(inflate);

/** The number of entries in a part. Compressing or reading one doesn't block the process for long. */
const ENTRIES_PER_PART = 2_000;

/** The latest copies of the tenant's lists, for the next start and for other instances. */
export class ListSnapshots {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;

  constructor(deps: { database: Database; scope: () => Promise<Scope> }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
  }

  /**
   * Reads a list, part by part. Undefined if there is none that was loaded after a time.
   *
   * @param after in milliseconds since 1970
   * @throws DatabaseError, also while the parts are read
   */
  async load(
    list: string,
    after: number,
  ): Promise<{ parts: AsyncGenerator<unknown[]>; loadedAt: number } | undefined> {
    const scope = await this.#scope();
    const stored = await this.#database.read((db) =>
      partsOf(db, scope, list)
        .where('loaded_at', '>', after)
        .select(['loaded_at', ({ fn }) => fn.countAll<number | string>().as('parts')])
        .groupBy('loaded_at')
        .executeTakeFirst(),
    );
    if (!stored) return undefined;
    const loadedAt = stored.loaded_at;
    return { parts: this.#parts(scope, list, loadedAt, Number(stored.parts)), loadedAt };
  }

  /**
   * Replaces a list.
   *
   * @param loadedAt in milliseconds since 1970
   * @throws DatabaseError
   */
  async save(list: string, entries: Iterable<unknown>, loadedAt: number): Promise<void> {
    const { auth0Domain: auth0_domain, team } = await this.#scope();
    /** Compressed. A million entries take tens of megabytes. */
    const parts: Buffer[] = [];
    for (const part of inParts(entries)) parts.push(await compress(JSON.stringify(part)));
    await this.#database.write(async (db) => {
      await db
        .deleteFrom('list_snapshots')
        .where('auth0_domain', '=', auth0_domain)
        .where('team', '=', team)
        .where('list', '=', list)
        .execute();
      for (const [part, compressed] of parts.entries()) {
        const data = compressed.toString('base64');
        const row = { auth0_domain, team, list, part, data, loaded_at: loadedAt };
        await db.insertInto('list_snapshots').values(row).execute();
      }
    });
  }

  async *#parts(scope: Scope, list: string, loadedAt: number, count: number): AsyncGenerator<unknown[]> {
    for (let part = 0; part < count; part += 1) {
      const stored = await this.#database.read((db) =>
        partsOf(db, scope, list)
          .where('loaded_at', '=', loadedAt)
          .where('part', '=', part)
          .select('data')
          .executeTakeFirst(),
      );
      if (!stored) throw new Error('The list was replaced while it was read');
      const bytes = await decompress(Buffer.from(stored.data, 'base64'));
      yield JSON.parse(bytes.toString('utf8'));
    }
  }
}

const partsOf = (db: Kysely<Schema>, { auth0Domain, team }: Scope, list: string) =>
  db
    .selectFrom('list_snapshots')
    .where('auth0_domain', '=', auth0Domain)
    .where('team', '=', team)
    .where('list', '=', list);

/** An empty list has one part, too. */
function* inParts(entries: Iterable<unknown>): Generator<unknown[]> {
  let part: unknown[] = [];
  let count = 0;
  for (const entry of entries) {
    if (part.length === ENTRIES_PER_PART) {
      yield part;
      part = [];
      count += 1;
    }
    part.push(entry);
  }
  if (part.length > 0 || count === 0) yield part;
}
