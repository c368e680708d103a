import type { Log } from '../lib/log.ts';
import { retry } from '../lib/retry.ts';
import { Auth0Error } from './errors.ts';
import type { Page } from './schemas.ts';
import { type IndexRow, SearchIndex } from './search-index.ts';
import { LIST_MAX_AGE_MS, LONG_LIST_MAX_AGE_MS, PAGE_RETRY_DELAY_MS } from './timeouts.ts';

/** A list with more entries than this counts as long. */
const LONG_LIST = 5_000;
const PAGE_RETRIES = 4;

/**
 * Reads one page of a list, from a checkpoint or from the start.
 *
 * @param urgent somebody waits for it, so it doesn't give way to other calls
 */
export type ReadPage<T> = (from: string | undefined, urgent: boolean) => Promise<Page<T>>;

/** One of the tenant's lists, kept in memory and searchable. Nothing is fetched until somebody asks. */
export class CachedList<T extends { id: string }> {
  readonly #readPage: ReadPage<T>;
  readonly #index: SearchIndex<T>;
  readonly #log: Log;
  /** In milliseconds since 1970. Undefined until the first load is complete. */
  #loadedAt: number | undefined;
  #loading: Promise<void> | undefined;
  /** Entries added during a load. The pages may have been read before these existed. */
  readonly #addedMeanwhile = new Map<string, IndexRow<T>>();

  /** @param textsOf what an entry is found by, its name first */
  constructor({
    readPage,
    textsOf,
    log,
  }: { readPage: ReadPage<T>; textsOf: (entry: T) => string[]; log: Log }) {
    this.#readPage = readPage;
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
    const age = Date.now() - (this.#loadedAt ?? 0);
    const maxAge = this.all().length > LONG_LIST ? LONG_LIST_MAX_AGE_MS : LIST_MAX_AGE_MS;
    if (age >= maxAge) this.refresh();
  }

  /** Reloads in the background a list that is known to be wrong. */
  refresh(): void {
    // The failed call is in the log, and `load` reports it to those who need the list.
    this.#startLoading().catch(() => undefined);
  }

  /** Makes the next `load` wait for a new list. */
  invalidate(): void {
    this.#loadedAt = undefined;
  }

  /** Adds an entry that Auth0 knows and the list doesn't have yet. */
  add(entry: T): void {
    if (this.byId(entry.id)) return;
    const row = this.#index.row(entry);
    this.#index.insert(row);
    if (this.#loading) this.#addedMeanwhile.set(entry.id, row);
  }

  #startLoading(): Promise<void> {
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadAll(): Promise<void> {
    /** By ID, because the pages of a list can overlap. */
    const loaded = new Map<string, IndexRow<T>>();
    const withAdded = () => [...new Map([...this.#addedMeanwhile, ...loaded]).values()];
    this.#addedMeanwhile.clear();
    const checkpoints = new Set<string>();
    let from: string | undefined;
    do {
      const { entries, next } = await this.#page(from);
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
    this.#index.replace(withAdded().sort(([, a], [, b]) => (a < b ? -1 : 1)));
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

function isTemporary(error: unknown): boolean {
  return error instanceof Auth0Error && ['no_answer', 'failed', 'unreachable', 'busy'].includes(error.code);
}
