import { compilePattern, type Pattern, PatternError } from './pattern.ts';

/** Auth0 keeps at most this many metadata pairs for a connection. */
export const MAX_METADATA_PAIRS = 10;

/** An object doesn't keep a value under this key. `constructor` and the like are ordinary keys. */
export const RESERVED_METADATA_KEY = '__proto__';

/** In characters. Sentences show the label too. */
const MAX_LABEL_LENGTH = 75;
const MAX_HINT_LENGTH = 150;

/** A metadata field that every new connection must have. */
export interface RequiredMetadata {
  key: string;
  label: string;
  /** What its value must match. */
  pattern: Pattern | undefined;
  /** What people read about the format. */
  hint?: string | undefined;
}

/**
 * Parses REQUIRED_METADATA: entries `key: Label` or `key: Label /pattern/ Hint`, separated by semicolons. The hint is
 * optional.
 *
 * @example `crm_account_id: CRM account ID /^001\w{15}$/ 18 characters that start with 001; region: Region`
 * @throws Error with a sentence that identifies the wrong entry
 */
export function parseRequiredMetadata(text: string): RequiredMetadata[] {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter(Boolean);
  const required = entries.map((entry) => {
    const [, key, before = '', pattern, after = ''] =
      /^([\w.-]{1,100}):([^/]+)(?:\/(.+)\/([^/]*))?$/.exec(entry) ?? [];
    const label = before.trim();
    const hint = after.trim();
    if (!key || !label || label.length > MAX_LABEL_LENGTH || hint.length > MAX_HINT_LENGTH)
      throw new Error(`“${entry}” is not written as “key: Label” or “key: Label /pattern/ Hint”`);
    if (key === RESERVED_METADATA_KEY) throw new Error(`“${key}” can't be a key. Use another one`);
    return { key, label, pattern: pattern ? patternOf(key, pattern) : undefined, hint: hint || undefined };
  });
  if (new Set(required.map(({ key }) => key)).size < required.length)
    throw new Error('a key appears more than once');
  if (required.length > MAX_METADATA_PAIRS) throw new Error(`there are more than ${MAX_METADATA_PAIRS}`);
  return required;
}

function patternOf(key: string, source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new Error(`the pattern of “${key}” ${error.message}`);
  }
}
