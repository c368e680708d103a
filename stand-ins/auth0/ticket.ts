import { randomId, type TenantData } from './tenant.ts';
import type { TicketBody } from './ticket-body.ts';

/** An access ticket. Times are in milliseconds since 1970. */
export interface Ticket {
  id: string;
  profileId: string;
  body: TicketBody;
  createdAt: number;
  expiresAt: number;
  opens: number;
  openedAt?: number;
  revokedAt?: number;
  /** The connection that the customer's admin made or edited with it. */
  connectionId?: string;
  readonly state: TicketState;
}

type TicketState = 'live' | 'opened' | 'revoked' | 'expired';

/** The tenant and its tickets, which the API itself never lists. */
export interface Tenant extends TenantData {
  tickets: Ticket[];
}

const defaultTtl = 432_000;

/** Makes a ticket, not yet kept anywhere. */
export function createTicket(profileId: string, body: TicketBody): Ticket {
  const createdAt = Date.now();
  return {
    id: randomId(43),
    profileId,
    body,
    createdAt,
    expiresAt: createdAt + (body.ttl_sec ?? defaultTtl) * 1000,
    opens: 0,
    get state() {
      if (this.revokedAt !== undefined) return 'revoked';
      if (Date.now() >= this.expiresAt) return 'expired';
      return this.openedAt === undefined ? 'live' : 'opened';
    },
  };
}
