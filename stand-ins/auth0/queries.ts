import * as z from 'zod';
import { checkpoint, fieldsParameter, flag, integer, offset } from './lists.ts';

const clientFields = fieldsParameter([
  'app_type',
  'callbacks',
  'client_id',
  'client_metadata',
  'description',
  'global',
  'grant_types',
  'initiate_login_uri',
  'is_first_party',
  'logo_uri',
  'name',
  'organization_usage',
  'tenant',
]);

const connectionFields = fieldsParameter([
  'authentication',
  'clients',
  'connected_accounts',
  'display_name',
  'enabled_clients',
  'id',
  'metadata',
  'name',
  'options',
  'show_as_button',
  'strategy',
]);

const logFields = [
  ...['date', 'connection', 'client_id', 'client_name', 'ip', 'user_id', 'user_name', 'description'],
  ...['user_agent', 'type', 'details', 'strategy', 'strategy_type'],
];

const strategies = [
  ...['ad', 'adfs', 'apple', 'auth0', 'auth0-adldap', 'auth0-oidc', 'custom', 'email', 'facebook', 'github'],
  ...['google-apps', 'google-oauth2', 'linkedin', 'oauth2', 'office365', 'oidc', 'okta', 'pingfederate'],
  ...['salesforce', 'samlp', 'sharepoint', 'sms', 'twitter', 'waad', 'windowslive'],
] as const;
const strategy = z.enum(strategies);

const appType = /^[a-z0-9_]+(,[a-z0-9_]+)*$/;

/** The query parameters of each operation. */
export const queries = {
  none: z.strictObject({}),
  profiles: z.strictObject(offset),
  attributeProfiles: z.strictObject({ from: z.string().optional(), take: integer(1).optional() }),
  clients: z.strictObject({
    ...clientFields,
    ...offset,
    ...checkpoint,
    per_page: integer(0, 100).optional(),
    is_global: flag.optional(),
    is_first_party: flag.optional(),
    app_type: z.string().regex(appType).optional(),
  }),
  client: z.strictObject(clientFields),
  organizations: z.strictObject({
    ...offset,
    ...checkpoint,
    sort: z
      .string()
      .regex(/^(display_name|created_at|name):(1|-1)$/)
      .optional(),
  }),
  organizationConnections: z.strictObject(offset),
  connections: z.strictObject({
    ...connectionFields,
    ...offset,
    ...checkpoint,
    strategy: z
      .union([strategy, z.array(strategy)])
      .transform((value) => [value].flat())
      .optional(),
    name: z.string().optional(),
  }),
  connection: z.strictObject(connectionFields),
  logs: z.strictObject({
    ...fieldsParameter(logFields),
    ...offset,
    ...checkpoint,
    per_page: integer(0, 100).optional(),
    sort: z
      .string()
      .regex(new RegExp(`^(${logFields.join('|')}):(1|-1)$`))
      .optional(),
    /** Searches the names of applications, connections and users. No event here has one. */
    search: z.string().optional(),
    q: z.string().optional(),
  }),
  connectionClients: z.strictObject({
    from: z.string().max(1000).optional(),
    take: integer(1, 1000).optional(),
  }),
};
