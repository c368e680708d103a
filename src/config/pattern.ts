import { createRequire } from 'node:module';
import type * as Re2Js from 're2js';

/** A company's rule for a text that people type. */
export interface Pattern {
  /** As configured. */
  readonly source: string;
  matches(text: string): boolean;
}

/** A pattern that can't be used. The message follows the name of the variable. */
export class PatternError extends Error {
  override name = 'PatternError';
}

/** RE2 repeats at most this often. Repetitions within repetitions are multiplied. */
const MAX_REPETITIONS = 1_000;

/**
 * Compiles a JavaScript regular expression with the flag `u`. RE2 runs it, because its time grows only with the length
 * of the text. JavaScript's own engine needs minutes for some patterns and short texts.
 *
 * @throws PatternError if the pattern is invalid, or if RE2 can't run it
 */
export function compilePattern(source: string): Pattern {
  const translated = translate(source);
  assertRegExp(source);
  // Loaded only if there is a pattern, because it adds to the start-up time.
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof Re2Js;
  try {
    const compiled = RE2JS.compile(translated);
    return { source, matches: (text) => compiled.test(text) };
  } catch {
    throw new PatternError('repeats or nests too much for this bot. Repeat at most 1,000 times in all.');
  }
}

function assertRegExp(source: string): void {
  try {
    new RegExp(source, 'u');
  } catch {
    throw new PatternError('is not a regular expression');
  }
}

/** The tokens of a pattern, each with its translation. The first that matches applies. */
const TOKENS: [token: RegExp, translate: (text: string) => string][] = [
  [/\(\?[=!]/uy, (text) => refuse('a lookahead', text)],
  [/\(\?<[=!]/uy, (text) => refuse('a lookbehind', text)],
  [/\(\?>/uy, (text) => refuse('an atomic group', text)],
  [/\(\?[a-z-]+(?=[:)])/uy, (text) => refuse('a flag', text)],
  [/\(\?:|\(\?<[^=!>][^>]*>|\((?!\?)/uy, () => '(?:'],
  [/\\[1-9]\d*|\\k<[^>]*>/uy, (text) => refuse('a back-reference', text)],
  [/(?:[*+?]|\{\d+(?:,\d*)?\})\+/uy, (text) => refuse('a possessive quantifier', text)],
  [/(?:[*+?]|\{\d+(?:,\d*)?\})\??/uy, repetition],
  [/\^/uy, () => '\\A'],
  [/\$/uy, () => '\\z'],
  [/\\[bB]|[|)]/uy, (text) => text],
  [/\[(?:\\.|[^\\\]])*\]|\\[dDsSwW]|\\[pP]\{[^}]*\}|\./suy, characterClass],
  [/\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u\{[^}]*\}|\\u.{4}|\\x..|\\c.|\\\w/uy, characterClass],
  [/\\?./suy, (text) => literal(text.codePointAt(text.startsWith('\\') ? 1 : 0))],
];

function translate(source: string): string {
  const translated: string[] = [];
  for (let at = 0; at < source.length; ) {
    for (const [token, translateToken] of TOKENS) {
      token.lastIndex = at;
      const [text] = token.exec(source) ?? [];
      if (text === undefined) continue;
      translated.push(translateToken(text));
      at += text.length;
      break;
    }
  }
  return translated.join('');
}

function refuse(what: string, text: string): never {
  throw new PatternError(`uses ${what}, ${text}, which this bot can't run. Write it without.`);
}

function repetition(text: string): string {
  const counts = text.match(/\d+/g) ?? [];
  if (counts.every((count) => Number(count) <= MAX_REPETITIONS)) return text;
  return refuse('a repetition of more than 1,000', text);
}

const literal = (code = 0) => `\\x{${code.toString(16)}}`;

/**
 * All characters in small blocks, to save memory. A high surrogate never comes before a low one, because the two would
 * be one character.
 */
const BLOCKS: [from: number, to: number][] = [
  [0, 0xd7ff],
  [0xd800, 0xdbff],
  [0xdc00, 0xdfff],
  [0xe000, 0xffff],
  ...Array.from({ length: 16 }, (_, plane): [number, number] => [
    (plane + 1) * 0x10000,
    (plane + 1) * 0x10000 + 0xffff,
  ]),
];

/**
 * Translates a part that matches one character, such as `[\w-]`, `.` or `\p{L}`, to the ranges that JavaScript
 * matches. RE2's own `\s` and `.` differ, and its tables can be for another version of Unicode.
 */
function characterClass(part: string): string {
  assertRegExp(part);
  const run = new RegExp(`${part}+`, 'gu');
  const ranges = BLOCKS.flatMap(([from, to]) =>
    [...textOf(from, to).matchAll(run)].map(([text]) => {
      const beforeLast = text.codePointAt(text.length - 2) ?? 0;
      const last = beforeLast > 0xffff ? beforeLast : text.charCodeAt(text.length - 1);
      return `${literal(text.codePointAt(0))}-${literal(last)}`;
    }),
  );
  // JavaScript's `[]` matches nothing.
  return ranges.length > 0 ? `[${ranges.join('')}]` : `[^${literal(0)}-${literal(0x10ffff)}]`;
}

/** A text of all characters from one code point to another, both of which have the same number of UTF-16 units. */
function textOf(from: number, to: number): string {
  const width = from > 0xffff ? 2 : 1;
  const units = new Uint16Array((to - from + 1) * width);
  for (let code = from, at = 0; code <= to; code += 1, at += width) {
    if (width === 2) units[at] = 0xd800 + ((code - 0x10000) >> 10);
    units[at + width - 1] = width === 2 ? 0xdc00 + (code & 0x3ff) : code;
  }
  return Buffer.from(units.buffer).toString('utf16le');
}
