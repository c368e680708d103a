/**
 * The longest strings and lists of a payload. Slack counts characters, which have up to two UTF-16 units, so these are
 * at least twice Slack's own limits. What Slack's clients send is always below them.
 *
 * | part | Slack's limit |
 * | --- | --- |
 * | `id`: IDs, types, timestamps and property names | 255 characters (`block_id`, `action_id`, `callback_id`) |
 * | `text`: texts of blocks, messages and commands | 4,000 characters for a command, with `&` as `&amp;` |
 * | `other`: typed values, `private_metadata`, buttons | 3,000 characters (typed, private_metadata), 2,000 (buttons) |
 * | `list`: blocks, elements, options | 100 entries (blocks of a view, options of a select) |
 */
const PAYLOAD_LIMITS = { id: 510, text: 20_000, other: 6_000, list: 1_000 };

/** Where a payload exceeds a limit. Without the value, because people wrote it. */
export interface Exceeded {
  limit: keyof typeof PAYLOAD_LIMITS;
  length: number;
}

/** The first part of a payload that is too long. Undefined if there is none. */
export function exceededLimit(payload: unknown): Exceeded | undefined {
  // A list instead of recursion, because a payload can nest deeply.
  const values: [key: string, value: unknown][] = [['', payload]];
  for (let next = values.pop(); next; next = values.pop()) {
    const [key, value] = next;
    const found =
      tooLong('id', key) ??
      (typeof value === 'string' ? tooLong(limitOf(key), value) : undefined) ??
      (Array.isArray(value) ? tooLong('list', value) : undefined);
    if (found) return found;
    if (Array.isArray(value)) for (const entry of value) values.push([key, entry]);
    else if (typeof value === 'object' && value) values.push(...Object.entries(value));
  }
  return undefined;
}

function tooLong(limit: Exceeded['limit'], { length }: string | unknown[]): Exceeded | undefined {
  return length > PAYLOAD_LIMITS[limit] ? { limit, length } : undefined;
}

function limitOf(key: string): Exceeded['limit'] {
  if (key === 'text') return 'text';
  const isId = key === 'id' || key === 'type' || key === 'hash' || key === 'ts';
  return isId || key.endsWith('_id') || key.endsWith('_ts') ? 'id' : 'other';
}
