import * as z from 'zod';
import { parseUrl } from '../url.ts';
import { clientId, connectionId, organizationId } from './formats.ts';
import { format, text } from './validation.ts';

// The descriptions are those of the published schema, because Auth0 repeats them in its errors.

const domains = z.array(text(255, 1));

const metadata = z.record(z.string(), text(255).nullable()).superRefine((pairs, context) => {
  const { length } = Object.keys(pairs);
  if (length > 10) context.addIssue(`Too many properties defined (${length}), maximum 10`);
});

const httpsUrl = format('strict-https-uri-or-null', (value) => {
  return parseUrl(value)?.protocol === 'https:' && !/\s/.test(value);
});

const idpInitiated = z.strictObject({
  enabled: z.boolean().optional().describe('Enables IdP-initiated login for this connection'),
  client_id: clientId
    .optional()
    .describe(
      'Default application <code>client_id</code> user is redirected to after validated SAML response',
    ),
  client_protocol: z
    .enum(['samlp', 'wsfed', 'oauth2'])
    .optional()
    .describe('The protocol used to connect to the the default application'),
  client_authorizequery: text(256).optional(),
});

const connectionOptions = z.strictObject({
  icon_url: httpsUrl.nullable().optional().describe('URL for the icon. Must use HTTPS.'),
  domain_aliases: domains
    .nullable()
    .optional()
    .describe('List of domain_aliases that can be authenticated in the Identity Provider'),
  idpinitiated: idpInitiated.nullable().optional().describe('Allows IdP-initiated login'),
});

const connectionConfig = z.strictObject({
  name: text(128, 1)
    .regex(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/)
    .describe(
      'The name of the connection that will be created as a part of the Self-Service Enterprise Configuration flow.',
    ),
  display_name: text(128).optional().describe('Connection name used in the new universal login experience'),
  is_domain_connection: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  metadata: metadata
    .optional()
    .describe(
      'Metadata associated with the connection in the form of an object with string values (max 255 chars).  Maximum of 10 metadata properties allowed.',
    ),
  options: connectionOptions
    .nullable()
    .optional()
    .describe("The connection's options (depend on the connection strategy)"),
});

/** SCIM works only with all of these. */
export const userScopes = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'] as const;
const groupScopes = ['get:groups', 'post:groups', 'put:groups', 'patch:groups', 'delete:groups'] as const;

const provisioningConfig = z.strictObject({
  scopes: z
    .array(z.enum([...userScopes, ...groupScopes]))
    .min(1)
    .optional()
    .describe('The scopes of the SCIM tokens generated during the self-service flow.'),
  google_workspace: z
    .strictObject({ sync_users: z.boolean(), sync_groups: z.boolean().optional() })
    .optional()
    .describe('Configuration for Google Workspace Directory Sync during the self-service flow.'),
  token_lifetime: z
    .int()
    .gt(900)
    .nullable()
    .optional()
    .describe(
      "Lifetime of the tokens in seconds. Must be greater than 900. If not provided, the tokens don't expire.",
    ),
});

const enabledOrganization = z.strictObject({
  organization_id: organizationId.describe('Organization identifier.'),
  assign_membership_on_login: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
});

const domainAliasesConfig = z.strictObject({
  domain_verification: z.enum(['none', 'optional', 'required']),
  pending_domains: domains
    .optional()
    .describe(
      'List of domains that will be submitted for verification during the Self-Service Enterprise Configuration flow.',
    ),
});

const enabledFeatures = z.strictObject({
  sso: z.boolean().optional().describe('Whether SSO configuration is enabled in this ticket.'),
  domain_verification: z
    .boolean()
    .optional()
    .describe('Whether domain verification is enabled in this ticket.'),
  provisioning: z
    .boolean()
    .optional()
    .describe('Whether provisioning configuration is enabled in this ticket.'),
});

/** The body of the create call, as far as a schema can describe it. */
export const ticketBody = z.strictObject({
  connection_id: connectionId
    .optional()
    .describe(
      'If provided, this will allow editing of the provided connection during the Self-Service Enterprise Configuration flow',
    ),
  connection_config: connectionConfig
    .optional()
    .describe(
      'If provided, this will create a new connection for the Self-Service Enterprise Configuration flow with the given configuration',
    ),
  enabled_clients: z
    .array(z.string())
    .optional()
    .describe('List of client_ids that the connection will be enabled for.'),
  enabled_organizations: z
    .array(enabledOrganization)
    .optional()
    .describe('List of organizations that the connection will be enabled for.'),
  ttl_sec: z
    .int()
    .min(0)
    .max(432_000)
    .optional()
    .describe(
      'Number of seconds for which the ticket is valid before expiration. If unspecified or set to 0, this value defaults to 432000 seconds (5 days).',
    ),
  domain_aliases_config: domainAliasesConfig
    .optional()
    .describe(
      'Configuration for the setup of the connection’s domain_aliases in the Self-Service Enterprise Configuration flow.',
    ),
  provisioning_config: provisioningConfig
    .optional()
    .describe('Configuration for the setup of Provisioning in the self-service flow.'),
  use_for_organization_discovery: z
    .boolean()
    .optional()
    .describe(
      'Indicates whether a verified domain should be used for organization discovery during authentication.',
    ),
  enabled_features: enabledFeatures
    .optional()
    .describe(
      'Specifies which features are enabled for an "edit connection" ticket. Only applicable when connection ID is provided.',
    ),
  third_party_client_access_config: z.strictObject({ allow_configuration: z.boolean() }).optional(),
});

/** A valid request body for a new ticket. */
export type TicketBody = z.output<typeof ticketBody>;
