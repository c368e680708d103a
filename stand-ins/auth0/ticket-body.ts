import { z } from 'zod';
import { ApiError, invalidBody, parse } from './response.ts';
import { allowedStrategies, type Profile, type TenantData } from './tenant.ts';

/** A string. Length counts code points, as in JSON Schema: an emoji is one character. */
function text(max: number, min = 0) {
  return z.string().refine((value) => {
    const length = [...value].length;
    return length >= min && length <= max;
  }, `Must have ${min} to ${max} characters`);
}

const domain = text(255, 1);

const metadata = z
  .record(z.string(), text(255).nullable())
  .refine((pairs) => Object.keys(pairs).length <= 10, 'Too many properties defined, maximum 10');

const iconUrl = z.string().refine((value) => {
  return URL.canParse(value) && new URL(value).protocol === 'https:' && !/\s/.test(value);
}, 'Must be an https URL');

const idpInitiated = z.strictObject({
  enabled: z.boolean().optional(),
  client_id: z.string().optional(),
  client_protocol: z.enum(['samlp', 'wsfed', 'oauth2']).optional(),
  client_authorizequery: text(256).optional(),
});

const connectionOptions = z.strictObject({
  icon_url: iconUrl.nullable().optional(),
  domain_aliases: z.array(domain).nullable().optional(),
  idpinitiated: idpInitiated.nullable().optional(),
});

const connectionConfig = z.strictObject({
  name: text(128, 1).regex(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/, 'String does not match pattern'),
  display_name: text(128).optional(),
  is_domain_connection: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  metadata: metadata.optional(),
  options: connectionOptions.nullable().optional(),
});

const userScopes = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'] as const;
const groupScopes = ['get:groups', 'post:groups', 'put:groups', 'patch:groups', 'delete:groups'] as const;

const provisioningConfig = z.strictObject({
  scopes: z
    .array(z.enum([...userScopes, ...groupScopes]))
    .min(1)
    .optional(),
  google_workspace: z
    .strictObject({ sync_users: z.boolean(), sync_groups: z.boolean().optional() })
    .optional(),
  token_lifetime: z.int().gt(900).nullable().optional(),
});

const ticketBody = z.strictObject({
  connection_id: z.string().optional(),
  connection_config: connectionConfig.optional(),
  enabled_clients: z.array(z.string()).optional(),
  enabled_organizations: z
    .array(
      z.strictObject({
        organization_id: text(50),
        assign_membership_on_login: z.boolean().optional(),
        show_as_button: z.boolean().optional(),
      }),
    )
    .optional(),
  ttl_sec: z.int().min(1).max(432_000).optional(),
  domain_aliases_config: z
    .strictObject({
      domain_verification: z.enum(['none', 'optional', 'required']),
      pending_domains: z.array(domain).optional(),
    })
    .optional(),
  provisioning_config: provisioningConfig.optional(),
  use_for_organization_discovery: z.boolean().optional(),
  enabled_features: z
    .strictObject({
      sso: z.boolean().optional(),
      domain_verification: z.boolean().optional(),
      provisioning: z.boolean().optional(),
    })
    .optional(),
  third_party_client_access_config: z.strictObject({ allow_configuration: z.boolean() }).optional(),
});

/** A valid request body for a new ticket. */
export type TicketBody = z.output<typeof ticketBody>;

/** The strategies of connections that can be edited. */
const enterpriseStrategies = ['oidc', 'samlp', 'waad', 'google-apps', 'adfs', 'okta', 'pingfederate'];

/** Parses the request body for a new ticket. Throws an `ApiError` if Auth0 rejects it. */
export function readTicketBody(value: unknown, profile: Profile, tenant: TenantData): TicketBody {
  const body = parse(ticketBody, value, invalidBody);
  checkKind(body);
  checkDomains(body, tenant);
  checkProvisioning(body, profile);
  checkIdpInitiated(body);
  checkReferences(body, tenant);
  return body;
}

/** A ticket creates or edits a connection. Some settings apply to one of these only. */
function checkKind(body: TicketBody): void {
  const { connection_config, connection_id, enabled_features } = body;
  if ((connection_config === undefined) === (connection_id === undefined)) {
    throw invalidBody('Exactly one of connection_config and connection_id is required');
  }
  if (enabled_features) {
    if (connection_id === undefined) {
      throw invalidBody('Only allowed together with connection_id', 'enabled_features');
    }
    if (Object.keys(enabled_features).length === 0) {
      throw invalidBody('Too few properties defined (0), minimum 1', 'enabled_features');
    }
    if (enabled_features.provisioning && !body.provisioning_config) {
      throw invalidBody('Needs provisioning_config', 'enabled_features.provisioning');
    }
  }
  if (body.third_party_client_access_config && connection_config?.is_domain_connection) {
    throw invalidBody('Not allowed for a domain connection', 'third_party_client_access_config');
  }
}

function checkDomains(body: TicketBody, tenant: TenantData): void {
  const { domain_aliases_config, use_for_organization_discovery } = body;
  const verification = (domain_aliases_config?.domain_verification ?? 'none') !== 'none';
  if (domain_aliases_config?.pending_domains && !verification) {
    throw invalidBody(
      'Needs domain_verification optional or required',
      'domain_aliases_config.pending_domains',
    );
  }
  if (!use_for_organization_discovery) return;
  if (body.enabled_organizations?.length !== 1) {
    throw invalidBody('Needs exactly one enabled organization', 'use_for_organization_discovery');
  }
  const edited = tenant.connections.find(({ id }) => id === body.connection_id);
  const options = body.connection_config?.options ?? edited?.options;
  if (!verification && !options?.domain_aliases?.length) {
    throw invalidBody('Needs domain_aliases or domain verification', 'use_for_organization_discovery');
  }
}

function checkProvisioning(body: TicketBody, profile: Profile): void {
  const config = body.provisioning_config;
  if (!config) return;
  const { scopes, google_workspace } = config;
  if (!scopes && !google_workspace) {
    throw invalidBody('Needs scopes or google_workspace', 'provisioning_config');
  }
  if (scopes && !userScopes.every((scope) => scopes.includes(scope))) {
    throw invalidBody('Needs all five user scopes', 'provisioning_config.scopes');
  }
  if (!google_workspace) return;
  if (!allowedStrategies(profile).includes('google-apps')) {
    throw invalidBody('The profile does not allow google-apps', 'provisioning_config.google_workspace');
  }
  if (google_workspace.sync_groups && !google_workspace.sync_users) {
    throw invalidBody('Needs sync_users', 'provisioning_config.google_workspace.sync_groups');
  }
}

const authorizeParameters = ['redirect_uri', 'scope', 'response_type'];

function checkIdpInitiated(body: TicketBody): void {
  const settings = body.connection_config?.options?.idpinitiated;
  if (!settings) return;
  const property = 'connection_config.options.idpinitiated';
  if (settings.enabled !== false && !settings.client_id) {
    throw invalidBody('Needs a default application', `${property}.client_id`);
  }
  const query = settings.client_authorizequery;
  if (query === undefined) return;
  if (settings.client_protocol !== 'oauth2') {
    throw invalidBody('Needs the protocol oauth2', `${property}.client_authorizequery`);
  }
  const unknown = [...new URLSearchParams(query).keys()].find((key) => !authorizeParameters.includes(key));
  if (unknown !== undefined) {
    throw invalidBody(`Parameter not allowed: ${unknown}`, `${property}.client_authorizequery`);
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
    throw new ApiError(409, `A connection with name "${name}" already exists`, 'connection_conflict');
  }
}
