import { randomUUID } from 'node:crypto';
import type { WriteQueue } from '../database/write-queue.ts';
import type { Log } from '../lib/log.ts';
import type { TicketChanges, TicketStore } from './store.ts';
import type { EventDetails, EventType, TicketEvent } from './ticket.ts';

/** The names of events in the log. They never change. */
export const LOG_NAMES = {
  requested: 'ticket_requested',
  created: 'ticket_made',
  delivered: 'ticket_delivered',
  not_delivered: 'ticket_not_delivered',
  revoked: 'ticket_revoked',
  failed: 'ticket_failed',
  traced: 'ticket_in_auth0_log',
  opened: 'link_opened',
  configured: 'connection_set_up',
  changed: 'setup_changed',
  test_started: 'test_sign_in_started',
  test_ended: 'test_sign_in_ended',
  domain_added: 'domain_added',
  domain_verified: 'domain_verified',
  domain_unverified: 'domain_not_verified',
  domain_removed: 'domain_removed',
  step_failed: 'setup_step_failed',
  session_ended: 'setup_session_ended',
  enabled: 'connection_enabled',
  finished: 'ticket_finished',
  expired: 'ticket_expired',
  notified: 'notice_sent',
  muted: 'ticket_muted',
  followed: 'ticket_followed',
  access_denied: 'access_denied',
  seal_refused: 'seal_refused',
  limit_reached: 'limit_reached',
  profile_requested: 'profile_requested',
  profile_created: 'profile_created',
  profile_changed: 'profile_changed',
} as const satisfies Record<EventType, string>;
export type AuditEvent = (typeof LOG_NAMES)[EventType];

/** Who acts, where, and on what. Any of it may be unknown, such as the ticket when access is denied. */
export interface AuditDetails extends EventDetails {
  /** The Slack user ID of the person who acts. */
  user?: string | undefined;
  /** The conversation in which they act. */
  channel?: string | undefined;
}

/** @param ticket the ID of the ticket's record */
export function newEvent(
  type: EventType,
  { user, channel, ...details }: AuditDetails,
  ticket?: string,
): TicketEvent {
  return { id: randomUUID(), type, at: Date.now(), ticket, actor: user, channel, details };
}

/** @param ticket the ID of the ticket's record */
type OnEvent = (event: AuditEvent, details: AuditDetails, ticket: string | undefined) => void;

/**
 * The audit trail: events in the database, and log lines with `"audit":true`, written at every LOG_LEVEL. The lines'
 * names and fields never change.
 */
export class AuditLog {
  readonly #log: Log;
  readonly #store: Pick<TicketStore, 'add' | 'finish'>;
  readonly #queue: WriteQueue;
  readonly #onEvent: OnEvent;

  /** @param deps.onEvent called for each event, too */
  constructor(deps: {
    log: Log;
    store: Pick<TicketStore, 'add' | 'finish'>;
    queue: WriteQueue;
    onEvent: OnEvent;
  }) {
    this.#log = deps.log.child({ audit: true }, { level: 'info' });
    this.#store = deps.store;
    this.#queue = deps.queue;
    this.#onEvent = deps.onEvent;
  }

  /** Logs and stores an event. Resolves when it is stored, or waits in memory for the database. Never rejects. */
  async write(event: TicketEvent, changes?: TicketChanges): Promise<void> {
    this.logStored(event);
    await this.#queue.add(() => this.#store.add(event, changes));
  }

  /** Stores that the creation of a ticket has ended, like `write`. */
  async finish(ticket: string): Promise<void> {
    const now = Date.now();
    await this.#queue.add(() => this.#store.finish(ticket, now));
  }

  /** Logs an event, and tells the observer about it. Stores nothing: for one that is stored elsewhere, or can't be. */
  logStored({ type, actor: user, channel, details, ticket }: TicketEvent): void {
    const event = LOG_NAMES[type];
    this.#log.info({ event, ...details, user, channel }, `audit: ${event}`);
    this.#onEvent(event, { ...details, user, channel }, ticket);
  }
}
