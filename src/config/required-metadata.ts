/** Auth0 keeps at most this many metadata pairs for a connection. */
export const MAX_METADATA_PAIRS = 10;

/** A metadata field that every new connection must have. */
export interface RequiredMetadata {
  key: string;
  label: string;
  /** What its value must match. */
  pattern: RegExp | undefined;
}

/**
 * Parses REQUIRED_METADATA: entries `key: Label` or `key: Label /pattern/`, separated by semicolons.
 *
 * @example `crm_account_id: CRM account ID /^001\w{15}$/; region: Region`
 * @throws Error with a sentence that names the wrong entry
 */
export function parseRequiredMetadata(text: string): RequiredMetadata[] {
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
    throw new Error('a key appears more than once');
  if (required.length > MAX_METADATA_PAIRS) throw new Error(`there are more than ${MAX_METADATA_PAIRS}`);
  return required;
}
