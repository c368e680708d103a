/** An entry with its searchable text: each of its texts on a line of its own, normalized, with marked words. */
export type IndexRow<T> = readonly [entry: T, text: string];

/** Entries sorted by name and searchable by any of their texts. */
export class SearchIndex<T extends { id: string }> {
  readonly #textsOf: (entry: T) => string[];
  // Two parallel arrays instead of an object for each row: a tenant may have 100,000 entries.
  #entries: T[] = [];
  #texts: string[] = [];

  /** @param textsOf what an entry is found by, its name first */
  constructor(textsOf: (entry: T) => string[]) {
    this.#textsOf = textsOf;
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  row(entry: T): IndexRow<T> {
    // `join` makes a flat string; a concatenation would keep its parts in memory as well.
    return [entry, ['', ...this.#textsOf(entry).map(normalize), ''].join('\n')];
  }

  /** Replaces all entries. The rows must be sorted by text, unless the list is still incomplete. */
  replace(rows: IndexRow<T>[]): void {
    this.#entries = rows.map(([entry]) => entry);
    this.#texts = rows.map(([, text]) => text);
  }

  /** Inserts one row at its place in the order. */
  insert([entry, text]: IndexRow<T>): void {
    const next = this.#texts.findIndex((other) => other > text);
    const index = next === -1 ? this.#texts.length : next;
    this.#entries.splice(index, 0, entry);
    this.#texts.splice(index, 0, text);
  }

  byId(id: string): T | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** Whether one of an entry's texts equals what was typed. */
  has(typed: string): boolean {
    const wanted = `\n${normalize(typed.trim())}\n`;
    return this.#texts.some((text) => text.includes(wanted));
  }

  /**
   * The best matches: exact, then prefix, then the start of a word, then anywhere; by name within each. Case and
   * accents don't matter. With nothing typed, the first by name.
   */
  search(typed: string, limit: number): T[] {
    const wanted = normalize(typed.trim());
    if (!wanted) return this.#entries.slice(0, limit);
    const byRank: T[][] = [[], [], [], []];
    const rankOf = createRanking(wanted);
    // An index loop, because every keystroke runs it over the whole list.
    for (let index = 0; index < this.#texts.length; index += 1) {
      const entry = this.#entries[index];
      const sameRank = byRank[rankOf(this.#texts[index] ?? '')];
      if (entry && sameRank && sameRank.length < limit) sameRank.push(entry);
    }
    return byRank.flat().slice(0, limit);
  }
}

/** Precedes each word of a normalized text, so that a search for the start of a word is a plain text search. */
const WORD_START = '\u0001';

/** Removes the differences that don't matter to a person: case, accents, width. */
export const fold = (text: string) => normalize(text).replaceAll(WORD_START, '');

/** The same, with the start of each word marked. */
export function normalize(text: string): string {
  const marks = /[\p{M}\p{Cc}]/gu;
  return (
    text
      // Also before, because the time to sort the marks of one letter grows with the square of their number.
      .replace(marks, '')
      .normalize('NFKD')
      .replace(marks, '')
      .toLowerCase()
      .replace(/(?<![\p{L}\p{N}])(?=[\p{L}\p{N}])/gu, WORD_START)
  );
}

/** Returns how well a text matches: 0 exact, 1 prefix, 2 start of a word, 3 anywhere, 4 not at all. */
function createRanking(wanted: string): (text: string) => 0 | 1 | 2 | 3 | 4 {
  const anywhere = wanted.startsWith(WORD_START) ? wanted.slice(WORD_START.length) : wanted;
  const lineBreak = '\n'.charCodeAt(0);
  return (text) => {
    const first = text.indexOf(anywhere);
    if (first === -1) return 4;
    let best: 1 | 2 | 3 = 3;
    for (let at = text.indexOf(wanted, first - 1); at !== -1; at = text.indexOf(wanted, at + 1)) {
      if (text.charCodeAt(at - 1) !== lineBreak) best = best === 1 ? 1 : 2;
      else if (text.charCodeAt(at + wanted.length) === lineBreak) return 0;
      else best = 1;
    }
    return best;
  };
}
