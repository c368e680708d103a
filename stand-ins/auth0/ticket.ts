import type { LoggedEvent } from './log-events.ts';
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
  /** Identifies the ticket's events in the log. */
  readonly tracingId: string;
  /** Identifies the events since the last opening, if the tenant traces sessions. */
  sessionTracingId?: string;
  /** What the customer's admin has done in the setup assistant. */
  readonly progress: SetupProgress;
  readonly state: TicketState;
}

type TicketState = 'live' | 'opened' | 'revoked' | 'expired';

interface SetupProgress {
  provider?: string;
  test?: 'started' | 'ended' | 'skipped';
  domain?: 'added' | 'postponed' | 'verified';
  finished?: boolean;
}

/** A tenant with its tickets, which the Management API does not list, and its log. */
export interface Tenant extends TenantData, TenantSettings {
  tickets: Ticket[];
  /** Every event that was written, in this order. */
  readonly logEvents: LoggedEvent[];
}

const defaultTtlSeconds = 432_000;

/** The link that Auth0 returns for a ticket. */
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
    tracingId: randomId(32),
    progress: {},
    get state() {
      if (this.revokedAt !== undefined) return 'revoked';
      if (Date.now() >= this.expiresAt) return 'expired';
      return this.openedAt === undefined ? 'live' : 'opened';
    },
  };
}

/** The features that a ticket's setup includes, as they appear in the log. */
export function featuresOf({ body }: Ticket) {
  const { enabled_features, domain_aliases_config, provisioning_config } = body;
  if (enabled_features) {
    const { sso = false, domain_verification = false, provisioning = false } = enabled_features;
    return { sso, domainVerification: domain_verification, provisioning };
  }
  return {
    sso: true,
    domainVerification: (domain_aliases_config?.domain_verification ?? 'none') !== 'none',
    provisioning: provisioning_config !== undefined,
  };
}
