/** Auth0's limits of a connection's metadata. */
const MAX_PAIRS = 10;
const MAX_VALUE = 255;
const MAX_KEY = 255;

/** A field of metadata that every new connection must carry: a rule of the house. */
export interface RequiredMetadata {
  key: string;
  label: string;
  /** What its value must look like. */
  pattern: RegExp | undefined;
}

/**
 * Reads REQUIRED_METADATA: entries `key: Label`, each with a pattern between slashes if it has one, separated by
 * semicolons. `crm_account_id: CRM account ID /^001\w{15}$/; region: Region`
 *
 * @throws Error with a sentence that names the entry that is wrong
 */
export function readRequiredMetadata(text: string): RequiredMetadata[] {
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter(Boolean);
  const required = entries.map((entry) => {
    const [, key, label, pattern] = /^([\w.-]{1,100}):\s*([^/]{1,75}?)\s*(?:\/(.+)\/)?$/.exec(entry) ?? [];
    if (!key || !label)
      throw new Error(`“${entry}” is not written as “key: Label” or “key: Label /pattern/”`);
    return { key, label, pattern: pattern ? new RegExp(pattern, 'u') : undefined };
  });
  if (new Set(required.map(({ key }) => key)).size < required.length)
    throw new Error('a key stands there twice');
  if (required.length > MAX_PAIRS) throw new Error(`there are more than ${MAX_PAIRS}`);
  return required;
}

/** Reads `key: value` lines; blank lines do not count. */
export function readMetadata(text: string): [key: string, value: string][] {
  return lines(text).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
}

/** What is wrong with `key: value` lines beside the metadata that the house requires; undefined if nothing is. */
export function metadataProblem(text: string, required: string[]): string | undefined {
  const wrong = lines(text).find((line) => !/^[^:]*\S\s*:\s*\S/.test(line));
  if (wrong) return `Write one “key: value” a line; this is none: “${wrong.slice(0, 60)}”.`;
  const pairs = readMetadata(text);
  const keys = [...required, ...pairs.map(([key]) => key)];
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice)
    return `“${twice.slice(0, 60)}” stands there twice${required.includes(twice) ? ' (it has a field of its own)' : ''}.`;
  if (keys.length > MAX_PAIRS) return `Auth0 keeps at most ${MAX_PAIRS} pairs; there are ${keys.length}.`;
  const long = pairs.find(([key, value]) => key.length > MAX_KEY || value.length > MAX_VALUE);
  if (long) return `The value of “${long[0].slice(0, 60)}” is too long: at most ${MAX_VALUE} characters.`;
  return undefined;
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
