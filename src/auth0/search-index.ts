import { setImmediate as yieldToOtherWork } from 'node:timers/promises';
import { type Needle, type Row, SEGMENT_ROWS, Segment, toNeedle } from './list-segment.ts';
import { normalize, WORD_START } from './search-text.ts';
import { isSorted, sortedRows } from './sorted-rows.ts';
import { SEARCH_SLICE_MS } from './timeouts.ts';

/** A list with at most this many entries is also kept as objects. */
const SHORT_LIST = 100;

/**
 * Entries sorted by name and searchable by any of their texts. They are packed in buffers, because a tenant may have a
 * million. Reading an entry creates a new object.
 */
export class SearchIndex<T extends { id: string }> {
  readonly #textsOf: (entry: T) => string[];
  /** Replaced as a whole, so that a running search continues in the old ones. */
  #segments: readonly Segment[] = [];
  #size = 0;
  /** The entries of a short list, because forms ask for all profiles again and again. */
  #all: readonly T[] | undefined;

  /** @param textsOf the texts that a search matches, besides the ID. The name comes first. */
  constructor(textsOf: (entry: T) => string[]) {
    this.#textsOf = textsOf;
  }

  get size(): number {
    return this.#size;
  }

  all(): readonly T[] {
    if (this.#size > SHORT_LIST) return [...this.entries()];
    this.#all ??= [...this.entries()];
    return this.#all;
  }

  /** All entries, as they are when the iteration starts. */
  *entries(): Generator<T> {
    for (const segment of this.#segments) {
      for (let row = 0; row < segment.size; row += 1) yield read<T>(segment, row);
    }
  }

  /** Adds entries at the end. All of them must be new. Call `sort` afterward. */
  append(entries: readonly T[]): void {
    const last = this.#segments.at(-1);
    const partial = last && last.size < SEGMENT_ROWS ? last : undefined;
    const rows = [...(partial?.rows() ?? []), ...entries.map((entry) => this.#row(entry))];
    const full = partial ? this.#segments.slice(0, -1) : this.#segments;
    this.#segments = [...full, ...toSegments(rows)];
    this.#changed(entries.length);
  }

  /** Adds the new ones of these entries at the end. Call `sort` afterward. */
  appendMissing(entries: Iterable<T>): void {
    const byId = new Map(Array.from(entries, (entry) => [entry.id, entry]));
    this.append([...byId.values()].filter(({ id }) => !this.byId(id)));
  }

  /** Sorts all entries. Entries that are added in the meantime are lost. */
  async sort(): Promise<void> {
    if (await isSorted(this.#segments)) return;
    const segments: Segment[] = [];
    for await (const rows of sortedRows(this.#segments)) segments.push(new Segment(rows));
    this.#segments = segments;
    this.#changed(0);
  }

  /** Inserts an entry at its place in the order, unless it already exists. */
  insert(entry: T): void {
    if (this.byId(entry.id)) return;
    const row = this.#row(entry);
    const single = new Segment([row]);
    const isAfter = (segment: Segment, index: number) => segment.compare(index, single, 0) > 0;
    const next = this.#segments.findIndex((segment) => isAfter(segment, segment.size - 1));
    const at = next === -1 ? Math.max(0, this.#segments.length - 1) : next;
    const segment = this.#segments[at];
    const rows = segment?.rows() ?? [];
    const place = segment ? rows.findIndex((_, index) => isAfter(segment, index)) : -1;
    rows.splice(place === -1 ? rows.length : place, 0, row);
    this.#segments = this.#segments.toSpliced(at, 1, ...toSegments(rows));
    this.#changed(1);
  }

  byId(id: string): T | undefined {
    for (const entry of this.#withText(id)) if (entry.id === id) return entry;
    return undefined;
  }

  /** The entries with a text that equals the typed text. Empty if nothing was typed. */
  named(typed: string): T[] {
    return [...this.#withText(typed.trim())];
  }

  /** Whether an entry has a text that equals the typed text. */
  has(typed: string): boolean {
    return !this.#withText(typed.trim()).next().done;
  }

  /**
   * The best matches: exact, then prefix, then the start of a word, then anywhere; by name within each. Case and
   * accents don't matter. With nothing typed, the first by name. Doesn't block the process for more than 10 ms.
   *
   * @param accepts leaves entries out, before the limit
   */
  async search(typed: string, limit: number, accepts: (entry: T) => boolean = () => true): Promise<T[]> {
    const query = toQuery(normalize(typed.trim()));
    const found = Array.from({ length: RANKS }, (): T[] => []);
    let sliceEnd = performance.now() + SEARCH_SLICE_MS;
    for (const segment of this.#segments) {
      if (performance.now() >= sliceEnd) {
        await yieldToOtherWork();
        sliceEnd = performance.now() + SEARCH_SLICE_MS;
      }
      searchSegment(segment, query, found, { limit, accepts });
      if ((found[0]?.length ?? 0) >= limit) break;
    }
    return found.flat().slice(0, limit);
  }

  *#withText(text: string): Generator<T> {
    const wanted = normalize(text);
    if (!wanted) return;
    const needle = toNeedle(`\n${wanted}\n`);
    for (const segment of this.#segments) {
      for (const row of rowsWith(segment, () => needle)) yield read<T>(segment, row);
    }
  }

  /** @param added the number of new entries */
  #changed(added: number): void {
    this.#size += added;
    this.#all = undefined;
  }

  /** The text has each of an entry's texts on its own line. */
  #row(entry: T): Row {
    const text = ['', ...[...this.#textsOf(entry), entry.id].map(normalize), ''].join('\n');
    return { text: Buffer.from(text), entry: Buffer.from(JSON.stringify(entry)) };
  }
}

/** Reads what `#row` wrote. */
const read = <T>(segment: Segment, row: number): T => JSON.parse(segment.entry(row));

function toSegments(rows: readonly Row[]): Segment[] {
  const segments: Segment[] = [];
  for (let from = 0; from < rows.length; from += SEGMENT_ROWS) {
    segments.push(new Segment(rows.slice(from, from + SEGMENT_ROWS)));
  }
  return segments;
}

/** What to search for, for each rank: exact, prefix, start of a word, anywhere. */
type Query = readonly Needle[];
const RANKS = 4;

function toQuery(wanted: string): Query {
  // Each text begins with a line break, so everything matches, with the first rank.
  if (!wanted) return new Array<Needle>(RANKS).fill(toNeedle('\n'));
  const anywhere = wanted.startsWith(WORD_START) ? wanted.slice(WORD_START.length) : wanted;
  return [toNeedle(`\n${wanted}\n`), toNeedle(`\n${wanted}`), toNeedle(wanted), toNeedle(anywhere)];
}

/** Adds the matches of a segment to the earlier ones, by rank. */
function searchSegment<T>(
  segment: Segment,
  query: Query,
  found: T[][],
  { limit, accepts }: { limit: number; accepts: (entry: T) => boolean },
): void {
  // Once there are `limit` entries of this rank or better, only those of a better rank can still matter.
  const needle = () => {
    let count = 0;
    for (let rank = 0; rank < RANKS; rank += 1) {
      count += found[rank]?.length ?? 0;
      if (count >= limit) return query[rank - 1];
    }
    return query[RANKS - 1];
  };
  for (const row of rowsWith(segment, needle)) {
    const { text } = segment.row(row);
    const rank = query.findIndex(({ bytes }) => text.includes(bytes));
    const entry = read<T>(segment, row);
    if (accepts(entry)) found[rank]?.push(entry);
  }
}

/** The rows with the needle in their text. The needle can change after each row; undefined ends the search. */
function* rowsWith(segment: Segment, needle: () => Needle | undefined): Generator<number> {
  let wanted = needle();
  if (!wanted || !segment.mayHave(wanted)) return;
  for (let at = segment.find(wanted, 0); at !== -1; ) {
    const row = segment.rowAt(at);
    yield row;
    const next = needle();
    if (!next || (next !== wanted && !segment.mayHave(next))) return;
    wanted = next;
    at = segment.find(wanted, segment.textEnd(row));
  }
}
