import type { TenantSettings } from './settings.ts';
import { randomId, type TenantData } from './tenant.ts';
import type { TicketBody } from './ticket-schema.ts';

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
  /** The connection that the customer's admin created or edited. */
  connectionId?: string;
  /** Whether SCIM was enabled for that connection. */
  scimEnabled?: boolean;
  readonly state: TicketState;
}

type TicketState = 'live' | 'opened' | 'revoked' | 'expired';

/** A tenant with its tickets, which the Management API does not list. */
export interface Tenant extends TenantData, TenantSettings {
  tickets: Ticket[];
}

const defaultTtlSeconds = 432_000;

/** The link that Auth0 gives for a ticket. */
export function linkTo({ id }: Pick<Ticket, 'id'>, { linkOrigin }: TenantSettings): string {
  return `${linkOrigin}/self-service/connections-flow?ticket=${id}`;
}

/** Creates a ticket without adding it to a tenant. */
export function createTicket(profileId: string, body: TicketBody): Ticket {
  const createdAt = Date.now();
  return {
    id: randomId(43),
    profileId,
    body,
    createdAt,
    expiresAt: createdAt + (body.ttl_sec || defaultTtlSeconds) * 1000,
    opens: 0,
    get state() {
      if (this.revokedAt !== undefined) return 'revoked';
      if (Date.now() >= this.expiresAt) return 'expired';
      return this.openedAt === undefined ? 'live' : 'opened';
    },
  };
}
