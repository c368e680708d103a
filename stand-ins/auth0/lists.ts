import * as z from 'zod';
import { ApiError, invalidQuery } from './response.ts';
import type { ListName, TenantSettings } from './settings.ts';

/** Query parameters. A repeated parameter has an array of values. */
export type Query = Record<string, string | string[]>;

export function toQuery(parameters: URLSearchParams): Query {
  const query: Query = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return query;
}

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export function integer(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value), 'Expected type integer but found type string')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** The parameters `fields` (comma-separated names from a list) and `include_fields`. */
export function fieldsParameter(names: readonly string[]) {
  const pattern = new RegExp(`^(${names.join('|')})(,(${names.join('|')}))*$`);
  return {
    fields: z
      .string()
      .regex(pattern)
      .transform((list) => list.split(','))
      .optional(),
    include_fields: flag.optional(),
  };
}

/** Offset paging. */
export const offset = {
  page: integer(0).optional(),
  per_page: integer(1, 100).optional(),
  include_totals: flag.optional(),
};

/** Checkpoint paging. */
export const checkpoint = { from: z.string().optional(), take: integer(1, 100).optional() };

export interface Selection {
  fields?: string[] | undefined;
  include_fields?: boolean | undefined;
}

/** Applies `fields` and `include_fields` to a record. */
export function select(record: object, { fields, include_fields = true }: Selection): object {
  if (!fields) return record;
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => fields.includes(name) === include_fields),
  );
}

interface Paging {
  page?: number | undefined;
  per_page?: number | undefined;
  include_totals?: boolean | undefined;
  from?: string | undefined;
  take?: number | undefined;
}

interface List<Item> {
  /** The property with the list in responses. */
  key: string;
  items: readonly Item[];
  idOf: (item: Item) => string;
  /** Converts an item to its response. */
  toResponse?: (item: Item) => unknown;
  /** The content of a checkpoint, by default an ID. */
  checkpointOf?: (id: string) => string;
  /** Default page size. */
  size?: number;
  /** Adds the tenant's odd records of this list. */
  odd?: ListName;
}

type ListSettings = Pick<TenantSettings, 'oddRecords' | 'pageOverlap' | 'repeatCheckpoint'>;

/** Auth0 limits offset paging to the first 1000 records. */
const maxOffset = 1000;

/**
 * One page of a list, in the format that the query asks for: `{ next, <key> }` for checkpoint paging,
 * `{ start, limit, total, <key> }` with totals, a bare array otherwise. Checkpoint paging ignores `per_page` and
 * `include_totals`.
 */
export function page<Item>(list: List<Item>, settings: ListSettings, paging: Paging): unknown {
  const { page: number, per_page, include_totals, from, take } = paging;
  if (from !== undefined || take !== undefined) {
    if (number !== undefined) throw invalidQuery('page cannot be combined with from and take');
    return checkpointPage(list, settings, { from, take });
  }
  const odd = oddRecordsOf(list, settings);
  const { start, limit } = offsetOf({ page: number, per_page }, list.size);
  const records = slice(list, odd, start, limit);
  const total = list.items.length + odd.length;
  return include_totals ? { start, limit, total, [list.key]: records } : records;
}

/** Where a page begins, and its size. */
export function offsetOf({ page, per_page }: Paging, size = 50): { start: number; limit: number } {
  const limit = per_page ?? size;
  const start = (page ?? 0) * limit;
  if (start + limit > maxOffset) {
    const message = `Requesting page ${page} exceeds the allowed maximum of ${maxOffset} records.`;
    throw new ApiError(400, message, 'invalid_paging');
  }
  return { start, limit };
}

/** The page after the record in `from`. Its `next` refers to its own last record. */
export function checkpointPage<Item>(
  list: List<Item>,
  settings: ListSettings,
  { from, take = 50 }: Pick<Paging, 'from' | 'take'>,
): unknown {
  const odd = oddRecordsOf(list, settings);
  const after = from === undefined ? 0 : indexAfter(list, odd, from);
  // A page has at least one record that is not on the page before it.
  const start = Math.max(0, after - Math.min(settings.pageOverlap, take - 1));
  const end = start + take;
  const next = end < list.items.length + odd.length ? checkpointAt(list, end - 1) : undefined;
  return {
    next: settings.repeatCheckpoint ? (from ?? next) : next,
    [list.key]: slice(list, odd, start, take),
  };
}

function oddRecordsOf<Item>({ odd }: List<Item>, { oddRecords }: ListSettings): readonly object[] {
  return (odd && oddRecords[odd]) ?? [];
}

function slice<Item>(list: List<Item>, odd: readonly object[], start: number, limit: number): unknown[] {
  const { items, toResponse = (item) => item } = list;
  const end = start + limit;
  return [
    ...items.slice(start, end).map(toResponse),
    ...odd.slice(Math.max(0, start - items.length), Math.max(0, end - items.length)),
  ];
}

/** An odd record may have no ID, so its checkpoint contains its index. */
function checkpointAt<Item>({ items, idOf, checkpointOf = (id) => id }: List<Item>, index: number): string {
  const item = items[index];
  const id = item === undefined ? `record_${index}` : idOf(item);
  return Buffer.from(checkpointOf(id)).toString('base64url');
}

function indexAfter<Item>(list: List<Item>, odd: readonly object[], from: string): number {
  const id = Buffer.from(from, 'base64url').toString().split(',').at(-1) ?? '';
  const found = id.startsWith('record_')
    ? Number(id.slice('record_'.length))
    : list.items.findIndex((item) => list.idOf(item) === id);
  const exists = found >= 0 && found < list.items.length + odd.length;
  if (!exists || checkpointAt(list, found) !== from) throw invalidQuery('Invalid checkpoint', 'from');
  return found + 1;
}
