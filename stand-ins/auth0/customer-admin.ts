import { ApiError } from './response.ts';
import { allowedStrategies, type Connection, type Profile, randomId } from './tenant.ts';
import { logEvent } from './tenant-log.ts';
import type { Tenant, Ticket } from './ticket.ts';
import { userScopes } from './ticket-schema.ts';

// What the customer's admin does with a ticket. Each function throws an `ApiError` if the ticket doesn't allow it.

const sessionMs = 5 * 60 * 60 * 1000;
const maxOpens = 10;

/** Opens the link. */
export function openTicket(tenant: Tenant, ticketId: string): void {
  const known = tenant.tickets.find(({ id }) => id === ticketId);
  try {
    const { ticket } = findUsable(tenant, ticketId);
    if (ticket.opens >= maxOpens) throw new ApiError(403, 'This link was opened too many times.');
    recordOpening(tenant, ticket);
  } catch (error) {
    if (known) logEvent(tenant, known, 'ticket_consumption', 'failure');
    throw error;
  }
}

/** Finds a ticket that can be used, and opens its link unless it was opened before. */
export function findTicket(tenant: Tenant, ticketId: string): Ticket {
  return findOpened(tenant, ticketId).ticket;
}

/** Chooses a provider, and changes nothing at Auth0 yet. */
export function chooseProvider(tenant: Tenant, ticketId: string, provider: string): void {
  const { ticket, profile } = findOpened(tenant, ticketId);
  if (!allowedStrategies(profile).includes(provider)) {
    throw new ApiError(400, 'Choose one of the identity providers.');
  }
  ticket.progress.provider = provider;
}

/** Creates or edits the connection. */
export function configureTicket(tenant: Tenant, ticketId: string, provider: string): Connection {
  chooseProvider(tenant, ticketId, provider);
  return configureConnection(tenant, ticketId);
}

/** Creates the connection with the chosen provider, or edits it. */
export function configureConnection(tenant: Tenant, ticketId: string): Connection {
  const ticket = findTicket(tenant, ticketId);
  const existing = findConnection(tenant, ticket);
  const connection = existing ?? createConnection(tenant, ticket);
  ticket.connectionId = connection.id;
  ticket.scimEnabled = enablesScim(ticket, connection);
  logEvent(tenant, ticket, existing ? 'connection_update' : 'connection_creation');
  if (ticket.scimEnabled) logEvent(tenant, ticket, 'provisioning_token_creation');
  return connection;
}

/** Starts a test sign-in. */
export function startTest(tenant: Tenant, ticketId: string): void {
  const { ticket } = findConfigured(tenant, ticketId);
  ticket.progress.test = 'started';
  logEvent(tenant, ticket, 'try_connection_start');
}

/** Ends a test sign-in. The log doesn't say whether it worked. */
export function endTest(tenant: Tenant, ticketId: string): void {
  const { ticket } = findConfigured(tenant, ticketId);
  ticket.progress.test = 'ended';
  logEvent(tenant, ticket, 'try_connection_end');
}

/** Adds the customer's domain, which then waits for verification. */
export function addDomain(tenant: Tenant, ticketId: string): void {
  const { ticket } = findConfigured(tenant, ticketId);
  ticket.progress.domain = 'added';
  logEvent(tenant, ticket, 'add_domain');
}

/** Asks Auth0 to look for the domain's DNS record. @param succeeded whether the record is there */
export function verifyDomain(tenant: Tenant, ticketId: string, succeeded: boolean): void {
  const { ticket, connection } = findConfigured(tenant, ticketId);
  ticket.progress.domain = succeeded ? 'verified' : 'postponed';
  logEvent(tenant, ticket, `domain_verification_${succeeded ? 'successful' : 'unsuccessful'}`);
  if (!succeeded) return;
  const domains = new Set([...(connection.options?.domain_aliases ?? []), domainOf(ticket)]);
  connection.options = { ...connection.options, domain_aliases: [...domains] };
}

/** The domain that the customer's admin verifies. */
export function domainOf({ body }: Ticket): string {
  return body.domain_aliases_config?.pending_domains?.[0] ?? 'customer.example';
}

/** Enables the connection for the applications and organizations of the ticket. */
export function enableConnection(tenant: Tenant, ticketId: string): void {
  const { ticket, connection } = findConfigured(tenant, ticketId);
  const { enabled_clients = [], enabled_organizations = [] } = ticket.body;
  connection.enabled_clients = [...new Set([...connection.enabled_clients, ...enabled_clients])];
  for (const enabled of enabled_organizations) {
    const { organization_id } = enabled;
    tenant.organizationConnections = tenant.organizationConnections.filter(
      (old) => old.connection_id !== connection.id || old.organization_id !== organization_id,
    );
    tenant.organizationConnections.push({
      organization_id,
      connection_id: connection.id,
      assign_membership_on_login: enabled.assign_membership_on_login ?? false,
      show_as_button: enabled.show_as_button ?? true,
    });
  }
  logEvent(tenant, ticket, 'enable_connection');
}

/** Whether the ticket has anything to enable the connection for. */
export function enablesAnything({ body }: Ticket): boolean {
  return [...(body.enabled_clients ?? []), ...(body.enabled_organizations ?? [])].length > 0;
}

/** Ends the session after the last step: enables the connection if the ticket says for what. */
export function finishSetup(tenant: Tenant, ticketId: string): Connection {
  const { ticket, connection } = findConfigured(tenant, ticketId);
  if (enablesAnything(ticket)) enableConnection(tenant, ticketId);
  ticket.progress.finished = true;
  logEvent(tenant, ticket, 'flow_end');
  return connection;
}

/** Ends the session before the last step. */
export function leaveSetup(tenant: Tenant, ticketId: string): void {
  logEvent(tenant, findTicket(tenant, ticketId), 'flow_end');
}

function createConnection(tenant: Tenant, { body, progress }: Ticket): Connection {
  const { connection_config: config } = body;
  if (!config) throw new ApiError(404, 'The connection no longer exists.');
  if (!progress.provider) throw new ApiError(400, 'Choose one of the identity providers.');
  if (tenant.connections.some(({ name }) => name === config.name)) {
    throw new ApiError(409, 'A connection with this name already exists.');
  }
  const connection: Connection = {
    id: `con_${randomId(16)}`,
    name: config.name,
    // Variants such as okta-samlp all create a SAML connection.
    strategy: progress.provider.endsWith('-samlp') ? 'samlp' : progress.provider,
    display_name: config.display_name,
    is_domain_connection: config.is_domain_connection ?? false,
    show_as_button: config.show_as_button ?? false,
    metadata: config.metadata,
    options: { ...config.options },
    realms: [config.name],
    enabled_clients: [],
  };
  tenant.connections.push(connection);
  return connection;
}

const scimStrategies = ['okta', 'waad', 'oidc', 'samlp'];

/** Auth0 accepts a ticket without all five user scopes. It then doesn't enable SCIM. */
function enablesScim({ body }: Ticket, { strategy }: Connection): boolean {
  const scopes = body.provisioning_config?.scopes ?? [];
  const offered = body.connection_config !== undefined || body.enabled_features?.provisioning === true;
  return offered && scimStrategies.includes(strategy) && userScopes.every((scope) => scopes.includes(scope));
}

function recordOpening(tenant: Tenant, ticket: Ticket): void {
  ticket.opens += 1;
  ticket.sessionTracingId = randomId(32);
  logEvent(tenant, ticket, 'ticket_consumption');
  if (ticket.openedAt !== undefined) return;
  ticket.openedAt = Date.now();
  ticket.expiresAt = ticket.openedAt + sessionMs;
}

/** The connection that a ticket has created or edits. */
function findConnection(tenant: Tenant, { connectionId, body }: Ticket): Connection | undefined {
  return tenant.connections.find(({ id }) => id === (connectionId ?? body.connection_id));
}

function findOpened(tenant: Tenant, ticketId: string): { ticket: Ticket; profile: Profile } {
  const found = findUsable(tenant, ticketId);
  if (found.ticket.openedAt === undefined) recordOpening(tenant, found.ticket);
  return found;
}

function findConfigured(tenant: Tenant, ticketId: string): { ticket: Ticket; connection: Connection } {
  const ticket = findTicket(tenant, ticketId);
  const connection = findConnection(tenant, ticket);
  if (!connection) throw new ApiError(400, 'Set up the connection first.');
  return { ticket, connection };
}

function findUsable(tenant: Tenant, ticketId: string): { ticket: Ticket; profile: Profile } {
  const ticket = tenant.tickets.find(({ id }) => id === ticketId);
  const profile = tenant.profiles.find(({ id }) => id === ticket?.profileId);
  if (!ticket || !profile) throw new ApiError(404, 'This link is not valid.');
  if (ticket.state === 'revoked') throw new ApiError(403, 'This link has been revoked.');
  if (ticket.state === 'expired') throw new ApiError(403, 'This link has expired.');
  return { ticket, profile };
}
