import type { Log } from '../lib/log.ts';
import type { TicketRecord } from './ticket.ts';

export type AuditEvent =
  /** Before the create call, so that it can always be traced to a person. */
  | 'ticket_requested'
  | 'ticket_made'
  | 'ticket_delivered'
  | 'ticket_not_delivered'
  | 'ticket_revoked'
  /** Before a profile is created or changed. */
  | 'profile_requested'
  | 'profile_created'
  | 'profile_changed'
  | 'access_denied'
  | 'seal_refused';

/** Any of it may be unknown, such as the ticket when access is denied. */
export interface AuditDetails extends Partial<Omit<TicketRecord, 'user'>> {
  user?: string | undefined;
  reason?: string;
  /** The name of a profile that is created or changed, and the fields of it that are. */
  profileName?: string;
  fields?: string[];
  /** How many more there were, for a line that stands for several. */
  count?: number;
}

/** The audit trail: log lines with `"audit":true`, written at every LOG_LEVEL. Names and fields never change. */
export class AuditLog {
  readonly #log: Log;
  readonly #onEvent: (event: AuditEvent, details: AuditDetails) => void;

  /** @param onEvent called for each event, too */
  constructor({ log, onEvent }: { log: Log; onEvent: (event: AuditEvent, details: AuditDetails) => void }) {
    this.#log = log.child({ audit: true }, { level: 'info' });
    this.#onEvent = onEvent;
  }

  write(event: AuditEvent, details: AuditDetails): void {
    this.#log.info({ event, ...details }, `audit: ${event}`);
    this.#onEvent(event, details);
  }
}
