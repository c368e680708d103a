import { setTimeout as sleep, setImmediate as yieldToOtherWork } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import { type ReadPage, readPageAgain } from './list-pages.ts';
import type { ListSnapshot } from './list-snapshot.ts';
import { SearchIndex } from './search-index.ts';
import {
  LIST_MAX_AGE_MS,
  LONG_LIST_MAX_AGE_MS,
  SNAPSHOT_POLL_INTERVAL_MS,
  SNAPSHOT_TIMEOUT_MS,
} from './timeouts.ts';

/** A list with more entries than this counts as long. */
const LONG_LIST = 5_000;
/** The number of stored entries to restore before other work runs. Takes about 5 ms. */
const RESTORE_BATCH = 512;

/** One of the tenant's lists, kept in memory and searchable. Nothing is fetched until someone asks. */
export class CachedList<T extends { id: string }> {
  readonly #readPage: ReadPage<T>;
  readonly #textsOf: (entry: T) => string[];
  #index: SearchIndex<T>;
  readonly #log: Log;
  readonly #snapshot: ListSnapshot<T> | undefined;
  /** In milliseconds since 1970. Undefined until the first load is complete. */
  #loadedAt: number | undefined;
  /** Stored lists from before this time are wrong. */
  #invalidatedAt = 0;
  #loading: Promise<void> | undefined;
  #restoring: Promise<void> | undefined;
  /** Entries added before or during a load. The pages may have been read before these existed. */
  readonly #addedMeanwhile = new Map<string, T>();

  /** @param textsOf the texts that a search matches, besides the ID. The name comes first. */
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
    this.#textsOf = textsOf;
    this.#index = new SearchIndex(textsOf);
    this.#log = log;
  }

  /** The number of known entries. */
  get size(): number {
    return this.#index.size;
  }

  /** All known entries, by name. During the first load, the entries that have arrived. For short lists only. */
  all(): readonly T[] {
    return this.#index.all();
  }

  /** Also undefined while the list is loading. */
  byId(id: string): T | undefined {
    return this.#index.byId(id);
  }

  /** See `SearchIndex.named`. */
  named(typed: string): T[] {
    return this.#index.named(typed);
  }

  /** See `SearchIndex.search`. */
  search(typed: string, limit: number, accepts?: (entry: T) => boolean): Promise<T[]> {
    return this.#index.search(typed, limit, accepts);
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

  /** Reloads the list in the background if it is too old. Keeps the old entries until then. */
  refreshIfOld(): void {
    if (this.#isOld()) this.#startLoading({ onlyIfOld: true }).catch(() => undefined);
  }

  /** Loads the entries from the snapshot, if there is one. Never throws. */
  async restore(): Promise<void> {
    if (!this.isComplete()) await this.#readSnapshot();
  }

  /** Reloads the list in the background, because it is known to be wrong. */
  refresh(): void {
    // The failed call is in the log, and `load` reports it to callers that need the list.
    this.#startLoading().catch(() => undefined);
  }

  /** Makes the next `load` wait for a new list. */
  invalidate(): void {
    this.#loadedAt = undefined;
    this.#invalidatedAt = Date.now();
  }

  /** Adds an entry that Auth0 knows and the list doesn't have yet. */
  add(entry: T): void {
    this.#index.insert(entry);
    if (this.#loading || !this.isComplete()) this.#addedMeanwhile.set(entry.id, entry);
  }

  #isOld(): boolean {
    const maxAge = this.size > LONG_LIST ? LONG_LIST_MAX_AGE_MS : LIST_MAX_AGE_MS;
    return Date.now() - (this.#loadedAt ?? 0) >= maxAge;
  }

  #startLoading({ onlyIfOld = false } = {}): Promise<void> {
    if (this.#loading) return this.#loading;
    if (this.isComplete()) this.#addedMeanwhile.clear();
    this.#loading = this.#loadOnce(onlyIfOld).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** One instance loads a list that is old or missing, and the others read the stored copy. */
  async #loadOnce(onlyIfOld: boolean): Promise<void> {
    if (!this.#snapshot) return this.#loadAll();
    const isWanted = () => !this.isComplete() || !onlyIfOld || this.#isOld();
    await this.#readSnapshot();
    if (!isWanted()) return;
    while (!(await this.#claim())) {
      // Until then, the old entries are good enough.
      if (this.isComplete() && onlyIfOld) return;
      await sleep(SNAPSHOT_POLL_INTERVAL_MS, undefined, { ref: false });
      await this.#readSnapshot();
      if (this.isComplete()) return;
    }
    // The list is stored in the background.
    await this.#loadAll().finally(() => void this.#store());
  }

  /** Stores the list if it is complete, and lets other instances load it. Never throws. */
  async #store(): Promise<void> {
    const loadedAt = this.#loadedAt;
    if (loadedAt) await this.#snapshot?.save(this.#index.entries(), loadedAt).catch(() => undefined);
    await this.#snapshot?.release().catch(() => undefined);
  }

  /** Without a database, each instance loads for itself. */
  async #claim(): Promise<boolean> {
    const claimed = this.#snapshot?.claim().catch(() => undefined);
    return (await within(SNAPSHOT_TIMEOUT_MS, Promise.resolve(claimed))) ?? true;
  }

  /** Reads the stored list if it is newer. Concurrent calls share one read: the start and the first form both ask. */
  #readSnapshot(): Promise<void> {
    this.#restoring ??= this.#readSnapshotOnce()
      .catch(() => undefined)
      .finally(() => {
        this.#restoring = undefined;
      });
    return this.#restoring;
  }

  async #readSnapshotOnce(): Promise<void> {
    const after = () => this.#loadedAt ?? this.#invalidatedAt;
    const stored = this.#snapshot?.load(after()).catch(() => undefined);
    const found = await within(SNAPSHOT_TIMEOUT_MS, Promise.resolve(stored));
    if (!found) return;
    const index = new SearchIndex(this.#textsOf);
    for await (const part of found.parts) {
      for (let from = 0; from < part.length; from += RESTORE_BATCH) {
        index.append(part.slice(from, from + RESTORE_BATCH));
        // A long list must not block the process.
        await yieldToOtherWork();
      }
    }
    await index.sort();
    if (found.loadedAt > after()) this.#complete(index, found.loadedAt);
  }

  async #loadAll(): Promise<void> {
    const index = new SearchIndex(this.#textsOf);
    const checkpoints = new Set<string>();
    let from: string | undefined;
    do {
      // A small list has only one page, and the first form waits for it.
      const urgent = !this.isComplete() && from === undefined;
      const { entries, next } = await readPageAgain(this.#readPage, from, urgent);
      if (from !== undefined && this.#snapshot) await this.#claim();
      // The pages of a list can overlap.
      index.appendMissing(entries);
      // During the first load, show what has arrived, but never less than an earlier attempt loaded.
      if (!this.isComplete() && index.size >= this.size) {
        index.appendMissing(this.#addedMeanwhile.values());
        this.#index = index;
      }
      if (next !== undefined && checkpoints.has(next)) {
        this.#log.warn('Auth0 repeats a checkpoint, so a list ends there');
        break;
      }
      if (next !== undefined) checkpoints.add(next);
      from = next;
    } while (from);
    await index.sort();
    this.#complete(index, Date.now());
  }

  /** Keeps the entries that were looked up in the meantime. @param loadedAt in milliseconds since 1970 */
  #complete(index: SearchIndex<T>, loadedAt: number): void {
    for (const entry of this.#addedMeanwhile.values()) index.insert(entry);
    this.#index = index;
    this.#loadedAt = loadedAt;
  }
}
