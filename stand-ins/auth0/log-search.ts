import type * as z from 'zod';
import { offsetOf, select } from './lists.ts';
import type { LogEvent } from './log-events.ts';
import type { queries } from './queries.ts';
import { invalidQuery } from './response.ts';
import type { Tenant } from './ticket.ts';

type LogQuery = z.output<typeof queries.logs>;
type Filter = (event: LogEvent) => boolean;

const DEFAULT_SIZE = 50;

/** Answers `GET /logs`. */
export function searchLogs(tenant: Tenant, query: LogQuery): unknown {
  const events = readableEvents(tenant);
  // Auth0 ignores all other parameters then.
  if (query.from !== undefined) return eventsAfter(events, query.from, query.take);
  const { start, limit } = offsetOf(query, DEFAULT_SIZE);
  const found = events.filter(parseQuery(query.q)).filter(() => query.search === undefined);
  const logs = sortEvents(found, query.sort)
    .slice(start, start + limit)
    .map((event) => select(event, query));
  return query.include_totals ? { start, limit, length: logs.length, total: found.length, logs } : logs;
}

/** The events that can be read now, in the order in which they became readable. */
function readableEvents({ logEvents }: Tenant): LogEvent[] {
  const now = Date.now();
  return logEvents
    .filter(({ visibleAt }) => visibleAt <= now)
    .toSorted((one, other) => one.visibleAt - other.visibleAt)
    .flatMap(({ event, repeated }) => (repeated ? [event, event] : [event]));
}

function eventsAfter(events: readonly LogEvent[], from: string, take = DEFAULT_SIZE): LogEvent[] {
  const last = events.findLastIndex(({ log_id }) => log_id === from);
  if (last < 0) throw invalidQuery('Invalid checkpoint', 'from');
  return events.slice(last + 1, last + 1 + take);
}

/** Newest first by default. */
function sortEvents(events: readonly LogEvent[], sort = 'date:-1'): LogEvent[] {
  const [field = '', direction] = sort.split(':');
  const keyOf = (event: LogEvent) => JSON.stringify(event[field] ?? '');
  return events.toSorted(
    (one, other) =>
      Number(direction) * (keyOf(one).localeCompare(keyOf(other)) || one.log_id.localeCompare(other.log_id)),
  );
}

const TYPES = /^type:(?:(\w+)|\((\w+(?: OR \w+)*)\))$/;
const DATES = /^date:\[(\S+) TO (\S+)\]$/;
const ISO_DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/** Reads the part of Lucene's syntax that the bot may use: clauses of types and dates, joined with AND. */
function parseQuery(query: string | undefined): Filter {
  const filters = query?.split(' AND ').map(parseClause) ?? [];
  return (event) => filters.every((matches) => matches(event));
}

function parseClause(clause: string): Filter {
  const [, type, several] = TYPES.exec(clause) ?? [];
  const types = type === undefined ? several?.split(' OR ') : [type];
  if (types) return (event) => types.includes(event.type);
  const [, from = '', to = ''] = DATES.exec(clause) ?? [];
  const [first, last] = [parseDate(from), to === '*' ? Number.POSITIVE_INFINITY : parseDate(to)];
  if (Number.isNaN(first) || Number.isNaN(last)) throw invalidQuery(`Cannot parse query: ${clause}`, 'q');
  return ({ date }) => Date.parse(date) >= first && Date.parse(date) <= last;
}

function parseDate(text: string): number {
  return ISO_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
