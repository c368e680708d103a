import { MAX_METADATA_PAIRS } from '../../config/required-metadata.ts';
import type { FieldProblem } from '../errors.ts';

/** Auth0's limit for a key and for a value, in characters. */
const MAX_LENGTH = 255;

/** Parses `key: value` lines. Blank lines don't count. */
export function parseMetadata(text: string): [key: string, value: string][] {
  return linesOf(text).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}

/** What is wrong with `key: value` lines. @param required the keys that have fields of their own */
export function metadataProblem(text: string, required: string[]): FieldProblem | undefined {
  const invalid = linesOf(text).find((line) => !/^[^:]*\S\s*:\s*\S/.test(line));
  if (invalid) return { code: 'metadata_not_a_pair', line: invalid };
  const pairs = parseMetadata(text);
  const keys = [...required, ...pairs.map(([key]) => key)];
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) return { code: 'metadata_key_twice', key: twice, hasOwnField: required.includes(twice) };
  if (keys.length > MAX_METADATA_PAIRS) {
    return { code: 'metadata_too_many', max: MAX_METADATA_PAIRS, count: keys.length };
  }
  const [long] = pairs.find((pair) => pair.some((part) => part.length > MAX_LENGTH)) ?? [];
  return long ? { code: 'metadata_too_long', key: long, max: MAX_LENGTH } : undefined;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
