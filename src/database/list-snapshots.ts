import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Database } from './database.ts';
import type { Scope } from './schema.ts';

const compress = promisify(deflate);
const decompress = promisify(inflate);

/** Entries in a part: compressing or reading one doesn't block the process for long. */
const ENTRIES_PER_PART = 2_000;

/** The tenant's lists as they were loaded last, for the next start and for other instances. */
export class ListSnapshots {
  readonly #database: Database;
  readonly #scope: () => Promise<Scope>;

  constructor(deps: { database: Database; scope: () => Promise<Scope> }) {
    this.#database = deps.database;
    this.#scope = deps.scope;
  }

  /**
   * Reads a list. Undefined if there is none that was loaded after a time.
   *
   * @param after in milliseconds since 1970
   * @throws DatabaseError
   */
  async load(list: string, after: number): Promise<{ parts: unknown[][]; loadedAt: number } | undefined> {
    const { auth0Domain, team } = await this.#scope();
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('list_snapshots')
        .select(['data', 'loaded_at'])
        .where('auth0_domain', '=', auth0Domain)
        .where('team', '=', team)
        .where('list', '=', list)
        .where('loaded_at', '>', after)
        .orderBy('part')
        .execute(),
    );
    const [first] = rows;
    if (!first) return undefined;
    const parts: unknown[][] = [];
    for (const { data } of rows) {
      parts.push(JSON.parse((await decompress(Buffer.from(data, 'base64'))).toString('utf8')));
    }
    return { parts, loadedAt: first.loaded_at };
  }

  /** Replaces a list. @param loadedAt in milliseconds since 1970 @throws DatabaseError */
  async save(list: string, entries: readonly unknown[], loadedAt: number): Promise<void> {
    const { auth0Domain: auth0_domain, team } = await this.#scope();
    const rows: {
      auth0_domain: string;
      team: string;
      list: string;
      part: number;
      data: string;
      loaded_at: number;
    }[] = [];
    // An empty list has one part, too.
    for (let from = 0; from === 0 || from < entries.length; from += ENTRIES_PER_PART) {
      const part = await compress(JSON.stringify(entries.slice(from, from + ENTRIES_PER_PART)));
      const data = part.toString('base64');
      rows.push({ auth0_domain, team, list, part: rows.length, data, loaded_at: loadedAt });
    }
    await this.#database.write(async (db) => {
      await db
        .deleteFrom('list_snapshots')
        .where('auth0_domain', '=', auth0_domain)
        .where('team', '=', team)
        .where('list', '=', list)
        .execute();
      for (const row of rows) await db.insertInto('list_snapshots').values(row).execute();
    });
  }
}
