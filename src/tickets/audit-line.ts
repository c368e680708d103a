import type { RecordedEvent } from './archive.ts';
import { LOG_NAMES } from './audit.ts';

/** The version of the lines of `npm run audit`: docs/audit-events.schema.json. New fields don't change it. */
const SCHEMA_VERSION = 1;

/** One event as a line of JSON. */
export function auditLine({ event, ticket }: RecordedEvent): string {
  const { id, type, at, actor, channel, details } = event;
  return JSON.stringify({
    version: SCHEMA_VERSION,
    id,
    time: new Date(at).toISOString(),
    event: LOG_NAMES[type],
    record: event.ticket,
    customer: ticket?.customer,
    user: actor,
    channel,
    ...details,
  });
}
