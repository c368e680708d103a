import { z } from 'zod';
import { invalidQuery } from './response.ts';

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
    .regex(/^\d{1,15}$/, 'Expected type integer')
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** The parameters `fields` (comma-separated names from a list) and `include_fields`. */
export function fieldsParameter(names: readonly string[]) {
  const pattern = new RegExp(`^(${names.join('|')})(,(${names.join('|')}))*$`);
  return {
    fields: z
      .string()
      .regex(pattern, 'String does not match pattern')
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
  /** The property that holds the list in responses. */
  key: string;
  items: readonly Item[];
  idOf: (item: Item) => string;
  /** Converts an item to its response. */
  toResponse?: (item: Item) => unknown;
  /** Default page size. */
  size?: number;
}

/** Auth0 limits offset paging to the first 1000 records. */
const maxOffset = 1000;

/**
 * One page of a list, in the format that the query asks for: `{ next, <key> }` for checkpoint paging,
 * `{ start, limit, total, <key> }` with totals, a bare array otherwise.
 */
export function page<Item>(
  { key, items, idOf, toResponse = (item) => item, size = 50 }: List<Item>,
  { page: number, per_page, include_totals, from, take }: Paging,
): unknown {
  if (from !== undefined || take !== undefined) {
    if (number !== undefined || per_page !== undefined) {
      throw invalidQuery('page and per_page cannot be combined with from and take');
    }
    return checkpointPage({ key, items, idOf, toResponse }, from, take);
  }
  const limit = per_page ?? size;
  const start = (number ?? 0) * limit;
  if (start + limit > maxOffset) {
    throw invalidQuery(`You can only page through the first ${maxOffset} records. Use checkpoint pagination`);
  }
  const selected = items.slice(start, start + limit).map(toResponse);
  return include_totals ? { start, limit, total: items.length, [key]: selected } : selected;
}

/** The page after the item in `from`. Its `next` refers to its own last item. */
export function checkpointPage<Item>(
  { key, items, idOf, toResponse = (item) => item }: List<Item>,
  from: string | undefined,
  take = 50,
): unknown {
  const last = from === undefined ? undefined : Buffer.from(from, 'base64url').toString();
  const start = last === undefined ? 0 : items.findIndex((item) => idOf(item) === last) + 1;
  if (last !== undefined && start === 0) throw invalidQuery('Invalid checkpoint', 'from');
  const selected = items.slice(start, start + take);
  const final = selected.at(-1);
  const more = final !== undefined && start + take < items.length;
  return {
    ...(more && { next: Buffer.from(idOf(final)).toString('base64url') }),
    [key]: selected.map(toResponse),
  };
}
