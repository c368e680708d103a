import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterCount, cleanTyped, clip, cut, unescapeSlack, withoutQuotes } from '../../src/lib/text.ts';
import { anyCharacter } from '../arbitrary.ts';

const anyText = fc.string({ unit: anyCharacter, maxLength: 300 });
const FAMILY = '👨‍👩‍👧';

describe('cut', () => {
  it.each([
    ['a text that fits', 'acme', 4, 'acme'],
    ['plain letters', 'acme', 3, 'acm'],
    ['an emoji of two code units', `${'a'.repeat(127)}😀`, 128, 'a'.repeat(127)],
    ['an emoji of several characters', `Acme ${FAMILY}`, 9, 'Acme '],
    ['a letter with a combining accent', 'Soe\u0301', 3, 'So'],
    ['a flag', 'x🇩🇪', 4, 'x'],
    ['a character that is longer than the limit', `e${'\u0301'.repeat(9)}`, 5, `e${'\u0301'.repeat(4)}`],
  ])('handles %s', (_, text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
  });

  it('never splits a surrogate pair or exceeds the limit, and neither does clip', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.integer({ min: 1, max: 100 }),
        (text, max) => {
          for (const short of [cut(text, max), clip(text, max)]) {
            expect(short.length).toBeLessThanOrEqual(max);
            expect(short).not.toMatch(/\p{Cs}/u);
          }
        },
      ),
    );
  });
});

it('characterCount counts an emoji as one character', () => {
  expect(characterCount(`${'a'.repeat(127)}😀`)).toBe(128);
});

it('unescapeSlack unescapes each entity once', () => {
  expect(unescapeSlack('Van Saren &amp; Söhne &lt;GmbH&gt; &amp;lt; &copy;')).toBe(
    'Van Saren & Söhne <GmbH> &lt; &copy;',
  );
});

describe('cleanTyped', () => {
  it.each([
    ['“hooli-okta”', 'hooli-okta'],
    ['„hooli-okta“', 'hooli-okta'],
    ['»hooli-okta«', 'hooli-okta'],
    ['‘hooli-okta’', 'hooli-okta'],
    ['`hooli-okta`', 'hooli-okta'],
    ['```hooli-okta```', 'hooli-okta'],
    ['＂hooli-okta＂', 'hooli-okta'],
    ['“`hooli-okta`”', 'hooli-okta'],
    ['“ hooli-okta ”', 'hooli-okta'],
    ['&lt;b&gt; &amp; co', '<b> & co'],
    ['\u200bedit', 'edit'],
    ['\ufeff\u2060\u00adho\u200bo\u200dli\u200e', 'hooli'],
    ['hooli\ufe0f', 'hooli'],
    ['\u202ehooli\u202c', 'hooli'],
    ['Acme\u00a0Corp\u202fGmbH', 'Acme Corp GmbH'],
    ['\u3000Acme\u2800', 'Acme'],
    ['Acme\ud83d', 'Acme'],
    ['key: a\nkey: b', 'key: a\nkey: b'],
    // Characters with a meaning stay.
    [`Acme ${FAMILY} ❤️`, `Acme ${FAMILY} ❤️`],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['“Acme” and “Globex”', '“Acme” and “Globex”'],
    ['“O’Reilly”', 'O’Reilly'],
    ["Bob's", "Bob's"],
    ["O'Reilly & Sons'", "O'Reilly & Sons'"],
    ['"', '"'],
    ['""', '""'],
    ['', ''],
  ])('turns %j into %j', (typed, clean) => {
    expect(cleanTyped(typed)).toBe(clean);
  });

  it('never makes a text longer, and removes invisible characters at its ends', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanTyped(text);
        expect(clean.length).toBeLessThanOrEqual(text.length);
        expect(clean).not.toMatch(/^[\u200B-\u200F\u00AD\uFEFF\s]|[\u200B-\u200F\u00AD\uFEFF\s]$/);
      }),
    );
  });

  it.each([
    ['quotes', '"'.repeat(200_000)],
    ['apostrophes', "a'".repeat(100_000)],
    ['joiners', '\u200d'.repeat(200_000)],
    ['joiners after letters', 'é\u200d'.repeat(100_000)],
    ['entities', '&amp;'.repeat(50_000)],
    ['spaces', `${' '.repeat(100_000)}x${'\u00a0'.repeat(100_000)}`],
  ])('takes linear time for %s', (_, text) => {
    const time = (sample: string) => {
      const from = performance.now();
      cleanTyped(sample);
      return performance.now() - from;
    };
    time(text);
    // Quadratic time would take seconds.
    expect(Math.min(...Array.from({ length: 3 }, () => time(text)))).toBeLessThan(1_000);
  });
});

it('withoutQuotes removes matching quotes at any depth', () => {
  expect(withoutQuotes('“‘acme’”')).toBe('acme');
  expect(withoutQuotes('“acme’')).toBe('“acme’');
});
