import { setTimeout as sleep } from 'node:timers/promises';
import { Auth0Problem } from './problem.ts';
import type { Page } from './shapes.ts';
import type { ListPage } from './tenant.ts';

/** A list is refreshed when it is older than this: a long one less often, since it costs many requests. */
const FRESH_MS = 5 * 60_000;
const FRESH_LONG_MS = 60 * 60_000;
const LONG = 5_000;
/** How long a page that the rate limit refused waits at least, and at most. */
const MIN_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;

/** A list of the tenant's, kept in memory and searchable. Nothing is fetched until someone asks. */
export interface TenantList<T> {
  /** Everything known, by name. While the first load runs, what has arrived. */
  all(): T[];
  byId(id: string): T | undefined;
  /** Whether the whole list has arrived once. */
  ready(): boolean;
  /** Waits until the whole list is there; at once if it is. @throws Auth0Problem if it cannot be loaded */
  load(): Promise<void>;
  /** Loads anew, in the background, if the list is too old or (`now`) known to be wrong; the old one stays meanwhile. */
  refresh(now?: boolean): void;
  /** Known to be wrong: the next `load` waits for a new one. */
  forget(): void;
  /**
   * The best matches for what was typed: exact, then prefix, then the start of a word, then inside; by name
   * within each. Case and accents do not matter. With nothing typed, the first by name.
   */
  search(typed: string, limit: number): T[];
}

/** A row: an entry, and its texts as `search` compares them. */
interface Row<T> {
  entry: T;
  /** Each text on a line of its own, with a line break before the first and after the last. */
  texts: string;
}

/**
 * @param page reads a page of the list from Auth0
 * @param textsOf what an entry is found by, its name first
 */
export function createList<T extends { id: string }>(
  page: ListPage<T>,
  textsOf: (entry: T) => string[],
): TenantList<T> {
  let rows: Row<T>[] = [];
  let entries = new Map<string, T>();
  let loadedAt: number | undefined;
  let loading: Promise<void> | undefined;

  async function loadAll() {
    const loaded: Row<T>[] = [];
    let from: string | undefined;
    do {
      const { entries: more, next, pauseMs = 0 } = await (from ? patiently(from) : page());
      for (const entry of more) {
        const row = { entry, texts: `\n${textsOf(entry).map(comparable).join('\n')}\n` };
        loaded.push(row);
        // The first time, what has arrived can be searched already.
        if (loadedAt === undefined) entries.set(entry.id, entry);
      }
      if (loadedAt === undefined) rows = loaded;
      from = next;
      if (from) await sleep(pauseMs, undefined, { ref: false });
    } while (from);
    rows = loaded.toSorted((a, b) => (a.texts < b.texts ? -1 : 1));
    entries = new Map(rows.map(({ entry }) => [entry.id, entry]));
    loadedAt = Date.now();
  }

  /** A further page; what has arrived so far is worth waiting for the rate limit, as often as it says. */
  async function patiently(from: string): Promise<Page<T>> {
    for (;;) {
      try {
        return await page(from);
      } catch (error) {
        if (!(error instanceof Auth0Problem) || error.kind !== 'rate_limited') throw error;
        const wait = Math.max(MIN_WAIT_MS, (error.retryAt ?? 0) - Date.now());
        await sleep(Math.min(wait, MAX_WAIT_MS), undefined, { ref: false });
      }
    }
  }

  function startLoading(): Promise<void> {
    loading ??= loadAll().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    all: () => rows.map(({ entry }) => entry),
    byId: (id) => entries.get(id),
    ready: () => loadedAt !== undefined,
    load: async () => {
      if (loadedAt === undefined) await startLoading();
    },
    refresh(now = false) {
      const age = Date.now() - (loadedAt ?? 0);
      if (!now && age < (rows.length > LONG ? FRESH_LONG_MS : FRESH_MS)) return;
      // A list that fails keeps the old one; the failure is in the log, and whoever needs the list calls load().
      startLoading().catch(() => undefined);
    },
    forget() {
      loadedAt = undefined;
    },
    search: (typed, limit) => search(rows, comparable(typed).trim(), limit),
  };
}

/** A text without the differences that do not matter to whoever types it: case, accents, width. */
export function comparable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}|\n/gu, '')
    .toLowerCase();
}

function search<T>(rows: Row<T>[], typed: string, limit: number): T[] {
  if (!typed) return rows.slice(0, limit).map(({ entry }) => entry);
  const ranks: T[][] = [[], [], [], []];
  for (const { entry, texts } of rows) {
    const rank = rankOf(texts, typed);
    const same = ranks[rank];
    if (same && same.length < limit) same.push(entry);
  }
  return ranks.flat().slice(0, limit);
}

/** 0 exact, 1 prefix, 2 start of a word, 3 inside, 4 not at all. */
function rankOf(texts: string, typed: string): number {
  let best = 4;
  for (let at = texts.indexOf(typed); at !== -1; at = texts.indexOf(typed, at + 1)) {
    const before = texts.charAt(at - 1);
    if (before !== '\n') best = Math.min(best, /[\p{L}\p{N}]/u.test(before) ? 3 : 2);
    else if (texts.charAt(at + typed.length) === '\n') return 0;
    else best = Math.min(best, 1);
  }
  return best;
}
