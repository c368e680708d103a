import {
  MAX_METADATA_PAIRS,
  RESERVED_METADATA_KEY,
  type RequiredMetadata,
} from '../../config/required-metadata.ts';
import { characterCount } from '../../lib/text.ts';
import type { FieldProblem } from '../errors.ts';
import type { TextField } from './field.ts';

/** Auth0's limit for a key and for a value, in characters. */
const MAX_LENGTH = 255;

type Pair = [key: string, value: string];

/** A field for metadata that every new connection must have. */
export function requiredMetadataField({
  key,
  label,
  pattern,
  hint,
}: RequiredMetadata): TextField<`required:${string}`> {
  return {
    input: 'text',
    id: `required:${key}`,
    for: ['new'],
    label,
    ...(hint && { hint }),
    maxLength: MAX_LENGTH,
    validate: (value) =>
      pattern && !pattern.matches(value) ? { code: 'metadata_pattern_mismatch', label, hint } : undefined,
    request: (value) => ({ connection_config: { metadata: { [key]: value } } }),
    summary: (value) => value,
  };
}

/** Parses `key: value` lines. Blank lines don't count. */
export function parseMetadata(text: string): Pair[] {
  return linesOf(text).map(toPair);
}

/** What is wrong with `key: value` lines. @param required the keys that have their own fields */
export function metadataProblem(text: string, required: string[]): FieldProblem | undefined {
  const lines = linesOf(text);
  const pairs = lines.map(toPair);
  const invalid = lines[pairs.findIndex(([key, value]) => !key || !value)];
  if (invalid) return { code: 'metadata_not_a_pair', line: invalid };
  const keys = [...required, ...pairs.map(([key]) => key)];
  if (keys.includes(RESERVED_METADATA_KEY)) {
    return { code: 'metadata_key_reserved', key: RESERVED_METADATA_KEY };
  }
  const seen = new Set<string>();
  const twice = keys.find((key) => seen.size === seen.add(key).size);
  if (twice) return { code: 'metadata_key_twice', key: twice, hasOwnField: required.includes(twice) };
  if (keys.length > MAX_METADATA_PAIRS) {
    return { code: 'metadata_too_many', max: MAX_METADATA_PAIRS, count: keys.length };
  }
  const [long] = pairs.find((pair) => pair.some((part) => characterCount(part) > MAX_LENGTH)) ?? [];
  return long ? { code: 'metadata_too_long', key: long, max: MAX_LENGTH } : undefined;
}

/** Without a colon, the key is empty. */
function toPair(line: string): Pair {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim()];
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
