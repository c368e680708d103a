import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import { retry } from '../lib/retry.ts';
import { within } from '../lib/timeouts.ts';
import { Auth0Error } from './errors.ts';
import type { Page } from './schemas.ts';
import { type IndexRow, SearchIndex } from './search-index.ts';
import {
  LIST_MAX_AGE_MS,
  LONG_LIST_MAX_AGE_MS,
  PAGE_RETRY_DELAY_MS,
  SNAPSHOT_POLL_INTERVAL_MS,
  SNAPSHOT_TIMEOUT_MS,
} from './timeouts.ts';

/** A list with more entries than this counts as long. */
const LONG_LIST = 5_000;
const PAGE_RETRIES = 4;

/**
 * Reads one page of a list, from a checkpoint or from the start.
 *
 * @param urgent somebody waits for it, so it doesn't give way to other calls
 */
export type ReadPage<T> = (from: string | undefined, urgent: boolean) => Promise<Page<T>>;

/** Keeps a list for the next start and for other instances. */
export interface ListSnapshot<T> {
  /** Reads the list if it was loaded after a time, in milliseconds since 1970. */
  load(after: number): Promise<{ parts: T[][]; loadedAt: number } | undefined>;
  save(entries: readonly T[], loadedAt: number): Promise<void>;
  /** Whether this instance loads the list from Auth0. Called before each page. False while another one does. */
  claim(): Promise<boolean>;
  /** Ends the claim. */
  release(): Promise<void>;
}

/** One of the tenant's lists, kept in memory and searchable. Nothing is fetched until somebody asks. */
export class CachedList<T extends { id: string }> {
  readonly #readPage: ReadPage<T>;
  readonly #index: SearchIndex<T>;
  readonly #log: Log;
  readonly #snapshot: ListSnapshot<T> | undefined;
  /** In milliseconds since 1970. Undefined until the first load is complete. */
  #loadedAt: number | undefined;
  /** Stored lists that are not newer are wrong. */
  #invalidatedAt = 0;
  #loading: Promise<void> | undefined;
  /** Entries added during a load. The pages may have been read before these existed. */
  readonly #addedMeanwhile = new Map<string, IndexRow<T>>();

  /** @param textsOf what an entry is found by, its name first */
  constructor({
    readPage,
    textsOf,
    log,
    snapshot,
  }: {
    readPage: ReadPage<T>;
    textsOf: (entry: T) => string[];
    log: Log;
    snapshot?: ListSnapshot<T> | undefined;
  }) {
    this.#readPage = readPage;
    this.#snapshot = snapshot;
    this.#index = new SearchIndex(textsOf);
    this.#log = log;
  }

  /** All known entries, by name. During the first load, the entries that have arrived. */
  all(): readonly T[] {
    return this.#index.entries;
  }

  /** Undefined while the list has not arrived, too. */
  byId(id: string): T | undefined {
    return this.#index.byId(id);
  }

  /** See `SearchIndex.search`. */
  search(typed: string, limit: number): T[] {
    return this.#index.search(typed, limit);
  }

  /** See `SearchIndex.has`. */
  has(typed: string): boolean {
    return this.#index.has(typed);
  }

  /** Whether the whole list has been loaded. */
  isComplete(): boolean {
    return this.#loadedAt !== undefined;
  }

  /** How long ago the whole list was loaded, in seconds. Undefined until then. */
  get age(): number | undefined {
    return this.#loadedAt === undefined ? undefined : (Date.now() - this.#loadedAt) / 1000;
  }

  /** Waits until the whole list is loaded. @throws Auth0Error if it can't be loaded */
  async load(): Promise<void> {
    if (this.#loadedAt === undefined) await this.#startLoading();
  }

  /** Reloads in the background a list that is too old. The old entries stay until then. */
  refreshIfOld(): void {
    if (this.#isOld()) this.#startLoading({ onlyIfOld: true }).catch(() => undefined);
  }

  /** Takes the entries from the snapshot, if there is one. Never throws. */
  async restore(): Promise<void> {
    if (!this.isComplete()) await this.#readSnapshot();
  }

  /** Reloads in the background a list that is known to be wrong. */
  refresh(): void {
    // The failed call is in the log, and `load` reports it to those who need the list.
    this.#startLoading().catch(() => undefined);
  }

  /** Makes the next `load` wait for a new list. */
  invalidate(): void {
    this.#loadedAt = undefined;
    this.#invalidatedAt = Date.now();
  }

  /** Adds an entry that Auth0 knows and the list doesn't have yet. */
  add(entry: T): void {
    if (this.byId(entry.id)) return;
    const row = this.#index.row(entry);
    this.#index.insert(row);
    if (this.#loading) this.#addedMeanwhile.set(entry.id, row);
  }

  #isOld(): boolean {
    const maxAge = this.all().length > LONG_LIST ? LONG_LIST_MAX_AGE_MS : LIST_MAX_AGE_MS;
    return Date.now() - (this.#loadedAt ?? 0) >= maxAge;
  }

  #startLoading({ onlyIfOld = false } = {}): Promise<void> {
    if (this.#loading) return this.#loading;
    this.#addedMeanwhile.clear();
    this.#loading = this.#loadOnce(onlyIfOld).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** One instance loads a list that is old or not there yet, and the others read what it has stored. */
  async #loadOnce(onlyIfOld: boolean): Promise<void> {
    if (!this.#snapshot) return this.#loadAll();
    const isWanted = () => !this.isComplete() || !onlyIfOld || this.#isOld();
    await within(SNAPSHOT_TIMEOUT_MS, this.#readSnapshot());
    if (!isWanted()) return;
    while (!(await this.#claim())) {
      // The old entries serve meanwhile.
      if (this.isComplete() && onlyIfOld) return;
      await sleep(SNAPSHOT_POLL_INTERVAL_MS, undefined, { ref: false });
      await this.#readSnapshot();
      if (this.isComplete()) return;
    }
    // Storing it goes on in the background.
    await this.#loadAll().finally(() => void this.#store());
  }

  /** Stores the list if it is complete, and lets other instances load it. Never throws. */
  async #store(): Promise<void> {
    const loadedAt = this.#loadedAt;
    if (loadedAt) await this.#snapshot?.save(this.all(), loadedAt).catch(() => undefined);
    await this.#snapshot?.release().catch(() => undefined);
  }

  /** Without a database, each instance loads for itself. */
  async #claim(): Promise<boolean> {
    const claimed = this.#snapshot?.claim().catch(() => undefined);
    return (await within(SNAPSHOT_TIMEOUT_MS, Promise.resolve(claimed))) ?? true;
  }

  async #readSnapshot(): Promise<void> {
    const stored = await this.#snapshot?.load(this.#loadedAt ?? this.#invalidatedAt).catch(() => undefined);
    if (!stored) return;
    // What has been looked up before the list arrived stays.
    const known = this.isComplete() ? [] : this.all();
    const rows = new Map(known.map((entry) => [entry.id, this.#index.row(entry)]));
    for (const part of stored.parts) {
      for (const entry of part) rows.set(entry.id, this.#index.row(entry));
      // A long list must not block the process.
      await turn();
    }
    if (stored.loadedAt <= (this.#loadedAt ?? this.#invalidatedAt)) return;
    this.#index.replace(sorted([...rows.values()]));
    this.#loadedAt = stored.loadedAt;
  }

  async #loadAll(): Promise<void> {
    /** By ID, because the pages of a list can overlap. */
    const loaded = new Map<string, IndexRow<T>>();
    const withAdded = () => [...new Map([...this.#addedMeanwhile, ...loaded]).values()];
    const checkpoints = new Set<string>();
    let from: string | undefined;
    do {
      const { entries, next } = await this.#page(from);
      if (from !== undefined && this.#snapshot) await this.#claim();
      for (const entry of entries) loaded.set(entry.id, this.#index.row(entry));
      // During the first load, show what has arrived, but never less than an earlier attempt has brought.
      if (!this.isComplete() && loaded.size >= this.all().length) this.#index.replace(withAdded());
      if (next !== undefined && checkpoints.has(next)) {
        this.#log.warn('Auth0 repeats a checkpoint, so a list ends there');
        break;
      }
      if (next !== undefined) checkpoints.add(next);
      from = next;
    } while (from);
    this.#index.replace(sorted(withAdded()));
    this.#loadedAt = Date.now();
  }

  #page(from: string | undefined): Promise<Page<T>> {
    // A small list has one page only, and the first form waits for it.
    const urgent = !this.isComplete() && from === undefined;
    return retry(
      () => this.#readPage(from, urgent),
      (error, failures) => {
        // Only a further page: giving up would lose all pages before it.
        const again = from !== undefined && failures <= PAGE_RETRIES && isTemporary(error);
        return again ? PAGE_RETRY_DELAY_MS * 2 ** (failures - 1) : undefined;
      },
    );
  }
}

const sorted = <T>(rows: IndexRow<T>[]) => rows.sort(([, a], [, b]) => (a < b ? -1 : 1));

function isTemporary(error: unknown): boolean {
  return error instanceof Auth0Error && ['no_answer', 'failed', 'unreachable', 'busy'].includes(error.code);
}
