import { ApiError, invalidBody } from './response.ts';
import { allowedStrategies, type Profile, type TenantData } from './tenant.ts';
import { type TicketBody, ticketBody } from './ticket-schema.ts';
import { describedAs, parse } from './validation.ts';

/** The strategies of connections that can be edited. */
const enterpriseStrategies = ['oidc', 'samlp', 'waad', 'google-apps', 'adfs', 'okta', 'pingfederate'];

/** Parses the request body for a new ticket. Throws an `ApiError` if Auth0 rejects it. */
export function readTicketBody(value: unknown, profile: Profile, tenant: TenantData): TicketBody {
  const body = parse(ticketBody, value, invalidBody);
  checkKind(body);
  checkDomains(body, tenant);
  checkDiscovery(body, tenant);
  checkProvisioning(body, profile);
  checkIdpInitiated(body);
  checkReferences(body, tenant);
  return body;
}

/** Refuses what the schema cannot describe. */
function refusal(reason: string, property?: string): ApiError {
  return invalidBody(reason, property, property && describedAs(ticketBody, property));
}

/** A ticket creates or edits a connection. Some settings apply to one of these only. */
function checkKind(body: TicketBody): void {
  const { connection_config, connection_id, enabled_features } = body;
  if ((connection_config === undefined) === (connection_id === undefined)) {
    throw refusal('Exactly one of connection_config and connection_id is required');
  }
  if (enabled_features) {
    if (connection_id === undefined) {
      throw refusal('Only allowed together with connection_id', 'enabled_features');
    }
    if (Object.keys(enabled_features).length === 0) {
      throw refusal('Too few properties defined (0), minimum 1', 'enabled_features');
    }
    if (enabled_features.provisioning && !body.provisioning_config) {
      throw refusal('Needs provisioning_config', 'enabled_features.provisioning');
    }
  }
  if (body.third_party_client_access_config && connection_config?.is_domain_connection) {
    throw refusal('Not allowed for a domain connection', 'third_party_client_access_config');
  }
}

/** Auth0's limits on the domains of one ticket. */
const maxDomains = 1000;
const maxDomainsOfOneOrganization = 100;
const maxDiscoveryDomains = 5;

function checkDomains(body: TicketBody, tenant: TenantData): void {
  const pending = body.domain_aliases_config?.pending_domains;
  if (pending && !hasVerification(body)) {
    throw refusal('Needs domain_verification optional or required', 'domain_aliases_config.pending_domains');
  }
  const oneOrganization = body.enabled_organizations?.length === 1;
  const max = oneOrganization ? maxDomainsOfOneOrganization : maxDomains;
  const count = new Set([...(pending ?? []), ...verifiedDomains(body, tenant)]).size;
  if (count > max) {
    const property = pending
      ? 'domain_aliases_config.pending_domains'
      : 'connection_config.options.domain_aliases';
    throw refusal(`Array is too long (${count}), maximum ${max}`, property);
  }
}

function checkDiscovery(body: TicketBody, tenant: TenantData): void {
  if (!body.use_for_organization_discovery) return;
  const property = 'use_for_organization_discovery';
  if (body.enabled_organizations?.length !== 1)
    throw refusal('Needs exactly one enabled organization', property);
  const verified = verifiedDomains(body, tenant);
  if (verified.length === 0 && !hasVerification(body)) {
    throw refusal('Needs domain_aliases or domain verification', property);
  }
  // The domains of an edited connection are not given to the organization again.
  if (body.connection_config && verified.length > maxDiscoveryDomains) {
    throw refusal(
      `Array is too long (${verified.length}), maximum ${maxDiscoveryDomains}`,
      'connection_config.options.domain_aliases',
    );
  }
}

function hasVerification({ domain_aliases_config }: TicketBody): boolean {
  return (domain_aliases_config?.domain_verification ?? 'none') !== 'none';
}

/** The domains that the connection has without verification. */
function verifiedDomains(body: TicketBody, tenant: TenantData): readonly string[] {
  const edited = tenant.connections.find(({ id }) => id === body.connection_id);
  const options = body.connection_config?.options ?? edited?.options;
  return options?.domain_aliases ?? [];
}

function checkProvisioning(body: TicketBody, profile: Profile): void {
  const config = body.provisioning_config;
  if (!config) return;
  const { scopes, google_workspace } = config;
  if (!scopes && !google_workspace) {
    throw refusal('Needs scopes or google_workspace', 'provisioning_config');
  }
  if (!google_workspace) return;
  if (!allowedStrategies(profile).includes('google-apps')) {
    throw refusal('The profile does not allow google-apps', 'provisioning_config.google_workspace');
  }
  if (google_workspace.sync_groups && !google_workspace.sync_users) {
    throw refusal('Needs sync_users', 'provisioning_config.google_workspace.sync_groups');
  }
}

const authorizeParameters = ['redirect_uri', 'scope', 'response_type'];

function checkIdpInitiated(body: TicketBody): void {
  const settings = body.connection_config?.options?.idpinitiated;
  if (!settings) return;
  const property = 'connection_config.options.idpinitiated';
  if (settings.enabled !== false && !settings.client_id) {
    throw refusal('Needs a default application', `${property}.client_id`);
  }
  const query = settings.client_authorizequery;
  if (query === undefined) return;
  if (settings.client_protocol !== 'oauth2') {
    throw refusal('Needs the protocol oauth2', `${property}.client_authorizequery`);
  }
  const unknown = [...new URLSearchParams(query).keys()].find((key) => !authorizeParameters.includes(key));
  if (unknown !== undefined) {
    throw refusal(`Parameter not allowed: ${unknown}`, `${property}.client_authorizequery`);
  }
}

/** Referenced resources must exist, and the new connection must not. */
function checkReferences(body: TicketBody, tenant: TenantData): void {
  const defaultApplication = body.connection_config?.options?.idpinitiated?.client_id;
  const applications = [...(body.enabled_clients ?? [])];
  if (defaultApplication !== undefined) applications.push(defaultApplication);
  for (const id of applications) {
    if (!tenant.clients.some(({ client_id }) => client_id === id)) {
      throw new ApiError(400, `The client ${id} does not exist`, 'invalid_body');
    }
  }
  for (const { organization_id } of body.enabled_organizations ?? []) {
    if (!tenant.organizations.some(({ id }) => id === organization_id)) {
      throw new ApiError(400, `The organization ${organization_id} does not exist`, 'invalid_body');
    }
  }
  if (body.connection_id !== undefined) {
    const edited = tenant.connections.find(({ id }) => id === body.connection_id);
    if (!edited) throw new ApiError(404, 'The connection does not exist', 'inexistent_connection');
    if (!enterpriseStrategies.includes(edited.strategy)) {
      throw new ApiError(400, `The strategy ${edited.strategy} is not supported`, 'invalid_body');
    }
  }
  const name = body.connection_config?.name;
  if (tenant.connections.some((connection) => connection.name === name)) {
    throw new ApiError(409, 'A connection with this name already exists.');
  }
}
