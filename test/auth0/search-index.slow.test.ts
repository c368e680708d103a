import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SearchIndex } from '../../src/auth0/search-index.ts';
import { fold, normalize, WORD_START } from '../../src/auth0/search-text.ts';

interface Entry {
  id: string;
  texts: string[];
}

const textsOf = ({ texts }: Entry) => texts;
const textOf = ({ id, texts }: Entry) => ['', ...[...texts, id].map(normalize), ''].join('\n');

/** Shared prefixes, words, punctuation, several alphabets, and lone surrogates, in a small set so that they match often. */
const piece = fc.constantFrom(
  ...[
    'a',
    'ac',
    'acme',
    'Acme',
    'c',
    'me',
    ' ',
    '  ',
    '-',
    '.',
    '1',
    '12',
    'é',
    'e\u0301',
    'ß',
    'ﬁ',
    'Ω',
    '東',
  ],
  ...[
    '京',
    '\n',
    '\u0001',
    '\u{1f600}',
    '\ud83d',
    '\ude00',
    '\ue000',
    '\uffff',
    '\u{10ffff}',
    'İ',
    '＃',
    '\u0301',
  ],
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const entryWith = (id: string) =>
  fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => ({ id, texts }));
const entries = fc
  .integer({ min: 0, max: 40 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => entryWith(`org_${index}`))));

/** The simple algorithm: ranks every entry, then sorts by rank. */
function simpleSearch(
  sorted: readonly Entry[],
  typed: string,
  limit: number,
  accepts: (entry: Entry) => boolean,
) {
  const wanted = normalize(typed.trim());
  const byRank = [0, 1, 2, 3].map((rank) => sorted.filter((entry) => rankOf(textOf(entry), wanted) === rank));
  return byRank.flat().filter(accepts).slice(0, limit);
}

/** 0 exact, 1 prefix, 2 start of a word, 3 anywhere, 4 not at all. */
function rankOf(searched: string, wanted: string): number {
  if (!wanted) return 0;
  const anywhere = wanted.startsWith(WORD_START) ? wanted.slice(1) : wanted;
  return [`\n${wanted}\n`, `\n${wanted}`, wanted, anywhere, ''].findIndex((part) => searched.includes(part));
}

const byText = (a: Entry, b: Entry) => (textOf(a) < textOf(b) ? -1 : 1);

async function buildIndex(all: readonly Entry[], pageSize = 100) {
  const index = new SearchIndex<Entry>(textsOf);
  for (let from = 0; from < all.length; from += pageSize) index.append(all.slice(from, from + pageSize));
  await index.sort();
  return index;
}

describe('SearchIndex', () => {
  it('finds the same entries in the same order as a simple scan', async () => {
    await fc.assert(
      fc.asyncProperty(
        entries,
        text,
        fc.constantFrom(0, 1, 2, 5, 99, Number.POSITIVE_INFINITY),
        fc.boolean(),
        async (all, typed, limit, picky) => {
          const accepts = ({ id }: Entry) => !picky || Number(id.slice(4)) % 3 !== 0;
          const index = await buildIndex(all);
          const sorted = all.toSorted(byText);
          expect([...index.entries()]).toEqual(sorted);
          expect(await index.search(typed, limit, accepts)).toEqual(
            simpleSearch(sorted, typed, limit, accepts),
          );
          const wanted = normalize(typed.trim());
          const named = sorted.filter((entry) => wanted && textOf(entry).includes(`\n${wanted}\n`));
          expect(index.named(typed)).toEqual(named);
          expect(index.has(typed)).toBe(named.length > 0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('finds the same entries across many segments, in any order of insertion', async () => {
    const words = ['acme', 'Globex', 'söhne', 'umbrella', 'stark', 'X'];
    const entry = fc
      .tuple(fc.constantFrom(...words), fc.constantFrom(...words), fc.integer({ min: 0, max: 3_000 }))
      .map(([first, second, number]) => [`${first} ${second} ${number}`, `customer-${number}`]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { minLength: 600, maxLength: 1_500, size: 'max' }),
        fc.integer({ min: 1, max: 700 }),
        fc.constantFrom(
          '',
          'a',
          'cm',
          'umbrella',
          'stark 1',
          'customer-1',
          'globex acme 12',
          '3',
          'org_1',
          'e',
        ),
        fc.integer({ min: 1, max: 300 }),
        async (texts, pageSize, typed, limit) => {
          const all = texts.map((each, index) => ({ id: `org_${index}`, texts: each }));
          const index = await buildIndex(all, pageSize);
          const sorted = all.toSorted(byText);
          expect([...index.entries()]).toEqual(sorted);
          expect(await index.search(typed, limit)).toEqual(simpleSearch(sorted, typed, limit, () => true));
          for (const one of all.slice(0, 20)) expect(index.byId(one.id)).toEqual(one);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('stays sorted and free of duplicates when entries are inserted', async () => {
    await fc.assert(
      fc.asyncProperty(entries, entries, async (first, second) => {
        const index = await buildIndex(first);
        for (const entry of second) index.insert(entry);
        const all = [...new Map([...second, ...first].map((entry) => [entry.id, entry])).values()];
        expect([...index.entries()]).toEqual(all.toSorted(byText));
        expect(index.size).toBe(all.length);
        expect(index.all()).toEqual([...index.entries()]);
      }),
      { numRuns: 300 },
    );
  });

  it('skips duplicates in overlapping pages', () => {
    const index = new SearchIndex<Entry>(textsOf);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, texts: [id] }));
    if (!a || !b || !c) throw new Error('There are three');
    index.appendMissing([a, b, b]);
    index.appendMissing([b, c]);
    expect(index.all()).toEqual([a, b, c]);
  });

  it('ignores an entry that is inserted during a search, and finds it in the next one', async () => {
    const count = 200_000;
    const index = await buildIndex(
      Array.from({ length: count }, (_, number) => ({ id: `org_${number}`, texts: [`Name ${number}`] })),
      2_000,
    );
    const search = index.search('e', Number.POSITIVE_INFINITY);
    index.insert({ id: 'org_new', texts: ['Zebra'] });
    expect(await search).toHaveLength(count);
    expect(await index.search('zebra', 10)).toHaveLength(1);
  });
});

describe('normalize', () => {
  it('handles ASCII text the same way as other text', () => {
    const plain = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(plain, (typed) => {
        // A letter outside ASCII turns off the fast path.
        expect(normalize(`é ${typed}`)).toBe(`${WORD_START}e ${normalize(typed)}`);
      }),
    );
  });

  it('removes control characters and lone surrogates, and folding twice changes nothing', () => {
    fc.assert(
      fc.property(text, (typed) => {
        expect(normalize(typed).replaceAll(WORD_START, '')).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(fold(fold(typed))).toBe(fold(typed));
      }),
    );
  });
});
