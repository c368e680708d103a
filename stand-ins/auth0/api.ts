import { z } from 'zod';
import { type Answer, invalidQuery, Refusal, read } from './answer.ts';
import {
  checkpoint,
  checkpointPage,
  fieldsOf,
  flag,
  integer,
  offset,
  page,
  type Query,
  type Selection,
  select,
} from './lists.ts';
import type { Client, Connection, Organization } from './tenant.ts';
import { createTicket, type Tenant } from './ticket.ts';
import { readTicketBody } from './ticket-body.ts';

/** A call of the Management API, its token and scope already checked. */
interface Call {
  domain: string;
  tenant: Tenant;
  scopes: readonly string[];
  /** What stands in the path for `{id}`, `{name}` and `{profileId}`. */
  id: string;
  profileId: string;
  query: Query;
  body: unknown;
}

interface Operation {
  /** Any one of them opens the door. */
  scopes: readonly string[];
  answer(call: Call): Answer;
}

export type Endpoint =
  | 'GET /self-service-profiles'
  | 'GET /self-service-profiles/{id}'
  | 'POST /self-service-profiles/{id}/sso-ticket'
  | 'POST /self-service-profiles/{profileId}/sso-ticket/{id}/revoke'
  | 'GET /clients'
  | 'GET /clients/{id}'
  | 'GET /organizations'
  | 'GET /organizations/{id}'
  | 'GET /organizations/name/{name}'
  | 'GET /connections'
  | 'GET /connections/{id}'
  | 'GET /connections/{id}/clients';

const clientFields = fieldsOf([
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

const connectionFields = fieldsOf([
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

const strategies: string[] = [
  ...['ad', 'adfs', 'apple', 'auth0', 'auth0-adldap', 'auth0-oidc', 'custom', 'email', 'facebook', 'github'],
  ...['google-apps', 'google-oauth2', 'linkedin', 'oauth2', 'office365', 'oidc', 'okta', 'pingfederate'],
  ...['salesforce', 'samlp', 'sharepoint', 'sms', 'twitter', 'waad', 'windowslive'],
];
const strategy = z.string().refine((value) => strategies.includes(value), 'No enum match');

const appType = /^[a-z0-9_]+(,[a-z0-9_]+)*$/;

const nothing = z.strictObject({});
const queries = {
  profiles: z.strictObject(offset),
  clients: z.strictObject({
    ...clientFields,
    ...offset,
    ...checkpoint,
    per_page: integer(0, 100).optional(),
    is_global: flag.optional(),
    is_first_party: flag.optional(),
    app_type: z.string().regex(appType, 'String does not match pattern').optional(),
  }),
  client: z.strictObject(clientFields),
  organizations: z.strictObject({
    ...offset,
    ...checkpoint,
    sort: z
      .string()
      .regex(/^(display_name|created_at|name):(1|-1)$/, 'String does not match pattern')
      .optional(),
  }),
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
  connectionClients: z.strictObject({
    from: z.string().max(1000).optional(),
    take: integer(1, 1000).optional(),
  }),
};

const summary = ['client_id', 'app_type', 'name', 'description'];

/** The fields of an application that the token's scopes let one see. */
function readableClientFields(scopes: readonly string[], selection: Selection): Selection {
  if (scopes.includes('read:clients')) return selection;
  const { fields, include_fields = true } = selection;
  if (!fields) return { fields: summary };
  if (!include_fields) return { fields: summary.filter((name) => !fields.includes(name)) };
  if (!fields.every((name) => summary.includes(name))) throw insufficientScope(['read:clients']);
  return selection;
}

/** A connection as the API shows it; in lists without its applications. */
function visible(connection: Connection, { scopes }: Call, listed: boolean): object {
  const { options, enabled_clients, ...rest } = connection;
  return {
    ...rest,
    ...(scopes.includes('read:connections_options') && { options }),
    ...(!listed && { enabled_clients }),
  };
}

function sortBy(organizations: readonly Organization[], order: string | undefined): readonly Organization[] {
  const [field, direction] = order?.split(':') ?? [];
  if (field !== 'name' && field !== 'display_name') return organizations;
  const sign = Number(direction);
  return organizations.toSorted((one, other) => sign * (one[field] ?? '').localeCompare(other[field] ?? ''));
}

function insufficientScope(expected: readonly string[]): Refusal {
  const message = `Insufficient scope, expected any of: ${expected.join(', ')}`;
  return new Refusal(403, message, 'insufficient_scope');
}

function found<Item>(item: Item | undefined, message: string, errorCode: string): Item {
  if (item === undefined) throw new Refusal(404, message, errorCode);
  return item;
}

const byId = ({ id }: { id: string }) => id;

function connectionOf({ id, tenant }: Call): Connection {
  const connection = tenant.connections.find((connection) => connection.id === id);
  return found(connection, 'The connection does not exist', 'inexistent_connection');
}

function profileOf({ tenant }: Call, id: string) {
  const profile = tenant.profiles.find((profile) => profile.id === id);
  return found(profile, 'Self-service profile not found', 'inexistent_self_service_profile');
}

function clientFilter(query: z.output<typeof queries.clients>): (client: Client) => boolean {
  const types = query.app_type?.split(',');
  return ({ global = false, is_first_party = false, app_type }) =>
    (query.is_global ?? global) === global &&
    (query.is_first_party ?? is_first_party) === is_first_party &&
    (!types || (app_type !== undefined && types.includes(app_type)));
}

const operations: Record<Endpoint, Operation> = {
  'GET /self-service-profiles': {
    scopes: ['read:self_service_profiles'],
    answer({ query, tenant }) {
      const paging = read(queries.profiles, query, invalidQuery);
      const list = { key: 'self_service_profiles', items: tenant.profiles, idOf: byId };
      return { status: 200, body: page(list, paging) };
    },
  },

  'GET /self-service-profiles/{id}': {
    scopes: ['read:self_service_profiles'],
    answer(call) {
      read(nothing, call.query, invalidQuery);
      return { status: 200, body: profileOf(call, call.id) };
    },
  },

  'POST /self-service-profiles/{id}/sso-ticket': {
    scopes: ['create:sso_access_tickets'],
    answer(call) {
      read(nothing, call.query, invalidQuery);
      const profile = profileOf(call, call.id);
      const ticket = createTicket(profile.id, readTicketBody(call.body, profile, call.tenant));
      call.tenant.tickets.push(ticket);
      const url = `https://${call.domain}/self-service/connections-flow?ticket=${ticket.id}`;
      return { status: 201, body: { ticket: url } };
    },
  },

  'POST /self-service-profiles/{profileId}/sso-ticket/{id}/revoke': {
    scopes: ['delete:sso_access_tickets'],
    answer({ id, profileId, query, tenant }) {
      read(nothing, query, invalidQuery);
      const ticket = tenant.tickets.find((ticket) => ticket.id === id && ticket.profileId === profileId);
      if (ticket) ticket.revokedAt ??= Date.now();
      return { status: 202 };
    },
  },

  'GET /clients': {
    scopes: ['read:clients', 'read:client_summary'],
    answer({ query, scopes, tenant }) {
      const options = read(queries.clients, query, invalidQuery);
      const selection = readableClientFields(scopes, options);
      const list = {
        key: 'clients',
        items: tenant.clients.filter(clientFilter(options)),
        idOf: ({ client_id }: Client) => client_id,
        show: (client: Client) => select(client, selection),
      };
      return { status: 200, body: page(list, options) };
    },
  },

  'GET /clients/{id}': {
    scopes: ['read:clients', 'read:client_summary'],
    answer({ id, query, scopes, tenant }) {
      const selection = readableClientFields(scopes, read(queries.client, query, invalidQuery));
      const client = tenant.clients.find(({ client_id }) => client_id === id);
      return {
        status: 200,
        body: select(found(client, 'The client does not exist', 'inexistent_client'), selection),
      };
    },
  },

  'GET /organizations': {
    scopes: ['read:organizations'],
    answer({ query, tenant }) {
      const options = read(queries.organizations, query, invalidQuery);
      const items = sortBy(tenant.organizations, options.sort);
      return { status: 200, body: page({ key: 'organizations', items, idOf: byId }, options) };
    },
  },

  'GET /organizations/{id}': {
    scopes: ['read:organizations'],
    answer({ id, query, tenant }) {
      read(nothing, query, invalidQuery);
      const organization = tenant.organizations.find((organization) => organization.id === id);
      const message = 'No organization found by that id or name';
      return { status: 200, body: found(organization, message, 'inexistent_organization') };
    },
  },

  'GET /organizations/name/{name}': {
    scopes: ['read:organizations'],
    answer({ id: name, query, tenant }) {
      read(nothing, query, invalidQuery);
      const organization = tenant.organizations.find((organization) => organization.name === name);
      const message = 'No organization found by that id or name';
      return { status: 200, body: found(organization, message, 'inexistent_organization') };
    },
  },

  'GET /connections': {
    scopes: ['read:connections'],
    answer(call) {
      const options = read(queries.connections, call.query, invalidQuery);
      const list = {
        key: 'connections',
        items: call.tenant.connections.filter(
          ({ name, strategy }) =>
            (options.name ?? name) === name && (options.strategy ?? [strategy]).includes(strategy),
        ),
        idOf: byId,
        show: (connection: Connection) => select(visible(connection, call, true), options),
        size: 100,
      };
      return { status: 200, body: page(list, options) };
    },
  },

  'GET /connections/{id}': {
    scopes: ['read:connections'],
    answer(call) {
      const selection = read(queries.connection, call.query, invalidQuery);
      return { status: 200, body: select(visible(connectionOf(call), call, false), selection) };
    },
  },

  'GET /connections/{id}/clients': {
    scopes: ['read:connections'],
    answer(call) {
      const { from, take } = read(queries.connectionClients, call.query, invalidQuery);
      const list = {
        key: 'clients',
        items: connectionOf(call).enabled_clients,
        idOf: (client_id: string) => client_id,
        show: (client_id: string) => ({ client_id }),
      };
      return { status: 200, body: checkpointPage(list, from, take) };
    },
  },
};

const routes = Object.entries(operations).map(([name, operation]) => {
  const [method, template = ''] = name.split(' ');
  const pattern = template
    .replace('{profileId}', '(?<profileId>[^/]+)')
    .replace(/{(id|name)}/, '(?<id>[^/]+)');
  return { name, method, pattern: new RegExp(`^/api/v2${pattern}$`), operation };
});

/** The endpoint that a request is for. */
export interface Route {
  name: string;
  /** Answers the call, or throws a refusal. */
  answer(call: Omit<Call, 'id' | 'profileId'>): Answer;
}

/** Finds the endpoint of a request. */
export function findRoute(method: string, path: string): Route | undefined {
  for (const { name, method: own, pattern, operation } of routes) {
    const match = own === method ? pattern.exec(path) : null;
    if (!match) continue;
    return {
      name,
      answer(call) {
        if (!operation.scopes.some((scope) => call.scopes.includes(scope))) {
          throw insufficientScope(operation.scopes);
        }
        const { id = '', profileId = '' } = match.groups ?? {};
        return operation.answer({ ...call, id: decode(id), profileId: decode(profileId) });
      },
    };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'The path is not well encoded', 'invalid_uri');
  }
}
