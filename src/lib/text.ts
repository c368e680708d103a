const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const LONE_SURROGATE_AT_END = /\p{Cs}$/u;

/** Cuts a text to at most `max` UTF-16 units, and never within a character as people see it. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = GRAPHEMES.segment(text).containing(max)?.index;
  // A character can have any number of accents.
  return end ? text.slice(0, end) : text.slice(0, max).replace(LONE_SURROGATE_AT_END, '');
}

/** Like `cut`, with … at the end of a text that was cut. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${cut(text, max - 1)}…`;
}

/** Replaces lone surrogates, which strict JSON parsers reject. */
export const wellFormed = (text: string) => text.replace(/\p{Cs}/gu, '\uFFFD');

/** The number of characters, as JSON Schema's `maxLength` counts them. */
export const characterCount = (text: string) => [...text].length;

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** Slack can escape these three characters in what people type, and in the text of options. */
export function unescapeSlack(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/**
 * Characters that nobody sees. A joiner or a variation selector stays where it has a meaning: in other scripts than
 * Latin, and in emojis.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}]--[\t\n\r\u200C\u200D\uFE0E\uFE0F]]`,
    String.raw`(?<![[^\p{ASCII}]--\p{White_Space}])[\u200C\u200D\uFE0E\uFE0F]`,
    String.raw`[\u200C\u200D](?![[^\p{ASCII}]--\p{White_Space}])`,
  ].join('|'),
  'gv',
);
/** No-break spaces, spaces of other widths, and the empty Braille pattern. */
const OTHER_SPACES = /[\p{Zs}\u2800]/gu;

/** Cleans what a person typed before it is read: entities, invisible characters, spaces, and quotes around it. */
export function cleanTyped(text: string): string {
  const visible = unescapeSlack(text).replace(INVISIBLE, '').replace(OTHER_SPACES, ' ');
  return withoutQuotes(visible.trim());
}

const DOUBLE_QUOTES = '"“”„‟«»〝〞〟″＂';
const SINGLE_QUOTES = "'‘’‚‛‹›′＇`´";

/** Removes quotes and backticks around a text: “acme”, but not those of “acme” and “globex”. */
export function withoutQuotes(text: string): string {
  let count = 0;
  const kinds = new Set<string>();
  while (2 * (count + 1) < text.length) {
    const kind = quoteKind(text[count]);
    if (!kind || kind !== quoteKind(text[text.length - 1 - count])) break;
    kinds.add(kind);
    count += 1;
  }
  const inner = text.slice(count, text.length - count);
  return [...kinds].some((kind) => hasQuote(inner, kind)) ? text : inner.trim();
}

function quoteKind(character = ''): string | undefined {
  return [DOUBLE_QUOTES, SINGLE_QUOTES].find((kind) => character && kind.includes(character));
}

/** Whether a text has a quote of this kind. An apostrophe within a word doesn't count. */
function hasQuote(text: string, kind: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}])[${kind}]|[${kind}](?![\\p{L}\\p{N}])`, 'u').test(text);
}
