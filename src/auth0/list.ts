import { setTimeout as sleep } from 'node:timers/promises';
import { Auth0Problem } from './problem.ts';
import type { Page } from './shapes.ts';
import type { ListPage } from './tenant.ts';

/** A list is refreshed when it is older than this: a long one less often, since it costs many requests. */
const FRESH_MS = 5 * 60_000;
const FRESH_LONG_MS = 60 * 60_000;
const LONG = 5_000;
/** How often a page that failed on the way is tried again, and after how long at first; then twice as long each time. */
const PAGE_TRIES = 4;
const PAGE_RETRY_MS = 1_000;

/** A list of the tenant's, kept in memory and searchable. Nothing is fetched until someone asks. */
export interface TenantList<T> {
  /** Everything known, by name. While the first load runs, what has arrived. */
  all(): readonly T[];
  byId(id: string): T | undefined;
  /** Whether the whole list has arrived once. */
  ready(): boolean;
  /** Waits until the whole list is there; at once if it is. @throws Auth0Problem if it cannot be loaded */
  load(): Promise<void>;
  /** Loads anew, in the background, if the list is too old or (`now`) known to be wrong; the old one stays meanwhile. */
  refresh(now?: boolean): void;
  /** Known to be wrong: the next `load` waits for a new one. */
  forget(): void;
  /** Takes in one entry that Auth0 knows and the list does not hold yet. */
  learn(entry: T): void;
  /** Whether one of an entry's texts is exactly what was typed. */
  holds(typed: string): boolean;
  /**
   * The best matches for what was typed: exact, then prefix, then the start of a word, then inside; by name
   * within each. Case and accents do not matter. With nothing typed, the first by name.
   */
  search(typed: string, limit: number): T[];
}

/** An entry, and its texts as `search` compares them: each on a line of its own, its words marked. */
type Row<T> = readonly [entry: T, texts: string];

/**
 * @param page reads a page of the list from Auth0
 * @param textsOf what an entry is found by, its name first
 */
export function createList<T extends { id: string }>(
  page: ListPage<T>,
  textsOf: (entry: T) => string[],
): TenantList<T> {
  // Side by side, not an object for each: a tenant may have a hundred thousand.
  let entries: T[] = [];
  let texts: string[] = [];
  let loadedAt: number | undefined;
  let loading: Promise<void> | undefined;
  /** What was learnt while the list is being loaded: the pages may have left it behind. */
  const learnt = new Map<string, Row<T>>();

  // Joined into one flat string: a concatenation would keep its parts as well.
  const toRow = (entry: T): Row<T> => [entry, ['', ...textsOf(entry).map(comparable), ''].join('\n')];

  function show(rows: Row<T>[]) {
    entries = rows.map(([entry]) => entry);
    texts = rows.map(([, text]) => text);
  }

  async function loadAll() {
    const loaded: Row<T>[] = [];
    const all = () => {
      if (learnt.size > 0) for (const [{ id }] of loaded) learnt.delete(id);
      return [...loaded, ...learnt.values()];
    };
    learnt.clear();
    let from: string | undefined;
    do {
      const { entries: more, next } = await pageOf(from);
      loaded.push(...more.map(toRow));
      // The first time, what has arrived can be searched already; what an attempt before has brought stays until then.
      if (loadedAt === undefined && loaded.length >= entries.length) show(all());
      from = next;
    } while (from);
    show(all().sort(([, a], [, b]) => (a < b ? -1 : 1)));
    loadedAt = Date.now();
  }

  /** A page; a further one is tried again, since all that came before it would be lost. */
  async function pageOf(from: string | undefined): Promise<Page<T>> {
    for (let tries = 0; ; tries += 1) {
      try {
        // Of a small list the first page is all, and whoever opens the first form waits for it.
        return await page(from, loadedAt === undefined && from === undefined);
      } catch (error) {
        if (!from || tries === PAGE_TRIES || !isPassing(error)) throw error;
        await sleep(PAGE_RETRY_MS * 2 ** tries, undefined, { ref: false });
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
    all: () => entries,
    byId: (id) => entries.find((entry) => entry.id === id),
    ready: () => loadedAt !== undefined,
    load: async () => {
      if (loadedAt === undefined) await startLoading();
    },
    refresh(now = false) {
      const age = Date.now() - (loadedAt ?? 0);
      if (!now && age < (entries.length > LONG ? FRESH_LONG_MS : FRESH_MS)) return;
      // A list that fails keeps the old one; the failure is in the log, and whoever needs the list calls load().
      startLoading().catch(() => undefined);
    },
    forget() {
      loadedAt = undefined;
    },
    learn(entry) {
      if (entries.some(({ id }) => id === entry.id)) return;
      const [, text] = toRow(entry);
      const next = texts.findIndex((other) => other > text);
      const at = next === -1 ? texts.length : next;
      entries.splice(at, 0, entry);
      texts.splice(at, 0, text);
      if (loading) learnt.set(entry.id, [entry, text]);
    },
    holds(typed) {
      const wanted = `\n${comparable(typed.trim())}\n`;
      return texts.some((text) => text.includes(wanted));
    },
    search(typed, limit) {
      const wanted = comparable(typed.trim());
      if (!wanted) return entries.slice(0, limit);
      const ranks: T[][] = [[], [], [], []];
      const rankOf = createRanking(wanted);
      // By index, and no iterator: this is the one loop that a hundred thousand entries pass with every letter.
      for (let index = 0; index < texts.length; index += 1) {
        const entry = entries[index];
        const same = ranks[rankOf(texts[index] ?? '')];
        if (entry && same && same.length < limit) same.push(entry);
      }
      return ranks.flat().slice(0, limit);
    },
  };
}

/** A failure that may be over soon: to read twice does no harm. */
function isPassing(error: unknown): boolean {
  return error instanceof Auth0Problem && ['no_answer', 'failed', 'unreachable', 'busy'].includes(error.kind);
}

/** Stands before each word of a comparable text, so that a search for the start of a word is a plain search. */
const MARK = '\u0001';

/** A text without the differences that do not matter to whoever types it: case, accents, width. Its words are marked. */
export function comparable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cc}]/gu, '')
    .toLowerCase()
    .replace(/(?<![\p{L}\p{N}])(?=[\p{L}\p{N}])/gu, MARK);
}

/** How well texts match: 0 exact, 1 prefix, 2 start of a word, 3 inside, 4 not at all. */
function createRanking(wanted: string): (texts: string) => 0 | 1 | 2 | 3 | 4 {
  const inside = wanted.startsWith(MARK) ? wanted.slice(MARK.length) : wanted;
  const lineBreak = '\n'.charCodeAt(0);
  return (texts) => {
    const first = texts.indexOf(inside);
    if (first === -1) return 4;
    let best: 1 | 2 | 3 = 3;
    for (let at = texts.indexOf(wanted, first - 1); at !== -1; at = texts.indexOf(wanted, at + 1)) {
      if (texts.charCodeAt(at - 1) !== lineBreak) best = best === 1 ? 1 : 2;
      else if (texts.charCodeAt(at + wanted.length) === lineBreak) return 0;
      else best = 1;
    }
    return best;
  };
}
