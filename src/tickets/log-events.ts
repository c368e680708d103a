import type { SetupEvent } from '../auth0/setup-events.ts';
import { newEvent } from './audit.ts';
import { SESSION_MS } from './lifetime.ts';
import { type EventType, factsOf, firstOf, type TicketEvent, type TicketRecord } from './ticket.ts';

/**
 * What each event of Auth0's log means for a ticket. Others, such as the one for a missing configuration, mean nothing.
 */
const MEANINGS: Record<string, EventType> = {
  ticket_generation: 'traced',
  ticket_consumption: 'opened',
  connection_creation: 'configured',
  connection_update: 'changed',
  try_connection_start: 'test_started',
  try_connection_end: 'test_ended',
  enable_connection: 'enabled',
  add_domain: 'domain_added',
  domain_verification_successful: 'domain_verified',
  domain_verification_unsuccessful: 'domain_unverified',
  associate_verified_domain: 'domain_verified',
  delete_pending_domain: 'domain_removed',
  delete_verified_domain: 'domain_removed',
  provisioning_token_creation: 'changed',
  provisioning_token_deletion: 'changed',
  provisioning_attribute_update: 'changed',
  google_workspace_provisioning_consent_completed: 'changed',
  google_workspace_provisioning_groups_enabled: 'changed',
  flow_end: 'session_ended',
};

/** How far the clocks of Auth0 and the bot may differ, in milliseconds. */
const CLOCK_MS = 60_000;
/** How much later than in the bot's own record a ticket may appear in the log, in milliseconds. */
const GENERATION_MS = 2 * 60_000;
/** An event that fits several links may become clear when an earlier one arrives late. In milliseconds. */
const SETTLE_MS = 2 * 60_000;

/** An event of Auth0's log, and the ticket that it is about. */
export interface LoggedEvent {
  record: TicketRecord;
  event: TicketEvent;
}

/**
 * Finds the tickets that events are about: by the ID with which Auth0 traces a ticket or session, or else by
 * connection, kind and time. If several links fit, each gets the event, with their number. An event that fits none is
 * left out, and so is an event of the last two minutes that fits several: it may be clear when the log is read again.
 *
 * @param now in milliseconds since 1970
 */
export function bindEvents(logged: SetupEvent[], records: TicketRecord[], now: number): LoggedEvent[] {
  const traced = tracedRecords(records);
  const generated = new Set(records.filter(({ events }) => firstOf(events, 'traced')));
  return logged
    .toSorted((a, b) => a.at - b.at)
    .flatMap((event) => {
      const type = meaningOf(event);
      if (!type) return [];
      const known = event.tracingId === undefined ? undefined : traced.get(event.tracingId);
      const fitting = known ?? records.filter((record) => fits(record, event));
      const found =
        type === 'traced'
          ? nearest(
              fitting.filter((record) => !generated.has(record)),
              event.at,
            )
          : fitting;
      if (found.length === 0 || (found.length > 1 && event.at > now - SETTLE_MS)) return [];
      if (event.tracingId !== undefined) traced.set(event.tracingId, found);
      if (type === 'traced') for (const record of found) generated.add(record);
      return found.map((record) => ({ record, event: toTicketEvent(record, event, type, found.length) }));
    });
}

function meaningOf({ name, outcome }: SetupEvent): EventType | undefined {
  if (outcome === 'failure') return name === 'ticket_generation' ? undefined : 'step_failed';
  return Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
}

/** The tickets of each known tracing ID in Auth0's log. */
function tracedRecords(records: TicketRecord[]): Map<string, TicketRecord[]> {
  const traced = new Map<string, TicketRecord[]>();
  for (const record of records) {
    for (const id of new Set(record.events.map(({ details }) => details.tracingId))) {
      if (id !== undefined) traced.set(id, [...(traced.get(id) ?? []), record]);
    }
  }
  return traced;
}

/** Whether an event can be about a ticket: its connection, its kind, and while it worked. */
function fits({ ticket, events }: TicketRecord, { connection, flow, at }: SetupEvent): boolean {
  const { kind, createdAt, expiresAt } = ticket;
  if (ticket.connection !== connection || flow !== (kind === 'new' ? 'create' : 'update')) return false;
  const end =
    firstOf(events, 'revoked')?.at ?? (expiresAt === undefined ? createdAt : expiresAt + SESSION_MS);
  return at >= createdAt - CLOCK_MS && at <= end + CLOCK_MS;
}

/** The ticket that was created at about this time. */
function nearest(records: TicketRecord[], at: number): TicketRecord[] {
  const distance = ({ ticket, events }: TicketRecord) =>
    Math.abs((firstOf(events, 'created')?.at ?? ticket.createdAt) - at);
  return records
    .filter((record) => distance(record) <= GENERATION_MS)
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, 1);
}

function toTicketEvent(
  { ticket }: TicketRecord,
  event: SetupEvent,
  type: EventType,
  links: number,
): TicketEvent {
  const { id, at, name, tracingId } = event;
  // For an edit, the connection existed before, so this is a change.
  const actual =
    type === 'changed' && name === 'connection_update' && ticket.kind === 'edit' ? 'configured' : type;
  const details = {
    ...factsOf(ticket),
    step: name,
    logId: id,
    ...(tracingId !== undefined && { tracingId }),
    ...(links > 1 && { links }),
  };
  return { ...newEvent(actual, details, ticket.id), at };
}
