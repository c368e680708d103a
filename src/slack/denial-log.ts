import { type AuditDetails, type AuditLog, newEvent } from '../tickets/audit.ts';
import { DENIAL_INTERVAL_MS } from './timeouts.ts';

/** The maximum number of people to remember. When there are more, the oldest is forgotten. */
export const MAX_DENIED_PEOPLE = 1_000;

export interface Denial extends Pick<AuditDetails, 'user' | 'channel' | 'what'> {
  reason: string;
}

/** What follows the first denial of a person for a reason. */
interface Recent {
  user: string | undefined;
  reason: string;
  /** The number of denials since then. */
  count: number;
  /** In milliseconds since 1970. */
  endsAt: number;
  timer: NodeJS.Timeout;
}

/**
 * Writes denials to the audit trail. The first denial of a person for a reason has a line. If there are more within a
 * minute, a second line at its end has their number. This way, nobody can fill the logs.
 */
export class DenialLog {
  readonly #audit: AuditLog;
  /** Oldest first. */
  readonly #recent = new Map<string, Recent>();

  constructor({ audit }: { audit: AuditLog }) {
    this.#audit = audit;
  }

  write(denial: Denial): void {
    const { user, reason } = denial;
    const key = `${user} ${reason}`;
    const recent = this.#recent.get(key);
    if (recent && Date.now() < recent.endsAt) {
      recent.count += 1;
      return;
    }
    this.#end(key);
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined && this.#recent.size >= MAX_DENIED_PEOPLE) this.#end(oldest);
    void this.#audit.write(newEvent('access_denied', denial));
    const endsAt = Date.now() + DENIAL_INTERVAL_MS;
    const timer = setTimeout(() => this.#end(key), DENIAL_INTERVAL_MS).unref();
    this.#recent.set(key, { user, reason, count: 0, endsAt, timer });
  }

  /** Writes the pending second lines. */
  flush(): void {
    for (const key of [...this.#recent.keys()]) this.#end(key);
  }

  #end(key: string): void {
    const recent = this.#recent.get(key);
    if (!recent) return;
    const { user, reason, count, timer } = recent;
    clearTimeout(timer);
    this.#recent.delete(key);
    if (count > 0) void this.#audit.write(newEvent('access_denied', { user, reason, count }));
  }
}
