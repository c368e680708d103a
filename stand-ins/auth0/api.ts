import type { z } from 'zod';
import { checkpointPage, page, type Query, type Selection, select } from './lists.ts';
import { queries } from './queries.ts';
import { ApiError, type ApiResponse, invalidQuery, parse } from './response.ts';
import type { Client, Connection, Organization, OrganizationConnection } from './tenant.ts';
import { createTicket, type Tenant } from './ticket.ts';
import { readTicketBody } from './ticket-body.ts';

/** A call with a valid token. */
interface Call {
  domain: string;
  tenant: Tenant;
  scopes: readonly string[];
  /** The path parameter `{id}` or `{name}`. */
  id: string;
  profileId: string;
  query: Query;
  body: unknown;
}

interface Operation {
  /** The token must have one of these. */
  scopes: readonly string[];
  handle(call: Call): ApiResponse;
}

const summary = ['client_id', 'app_type', 'name', 'description'];

/** Limits the fields of an application to those that the scopes allow. */
function readableClientFields(scopes: readonly string[], selection: Selection): Selection {
  if (scopes.includes('read:clients')) return selection;
  const { fields, include_fields = true } = selection;
  if (!fields) return { fields: summary };
  if (!include_fields) return { fields: summary.filter((name) => !fields.includes(name)) };
  if (!fields.every((name) => summary.includes(name))) throw insufficientScope(['read:clients']);
  return selection;
}

/** A connection as the API returns it. Lists leave out the applications. */
function toResponse(connection: Connection, { scopes }: Call, listed: boolean): object {
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

function insufficientScope(expected: readonly string[]): ApiError {
  const message = `Insufficient scope, expected any of: ${expected.join(', ')}`;
  return new ApiError(403, message, 'insufficient_scope');
}

function required<Item>(item: Item | undefined, message: string, errorCode: string): Item {
  if (item === undefined) throw new ApiError(404, message, errorCode);
  return item;
}

const getId = ({ id }: { id: string }) => id;

function connectionOf({ id, tenant }: Call): Connection {
  const connection = tenant.connections.find((connection) => connection.id === id);
  return required(connection, 'The connection does not exist', 'inexistent_connection');
}

function profileOf({ tenant }: Call, id: string) {
  const profile = tenant.profiles.find((profile) => profile.id === id);
  return required(profile, 'Self-service profile not found', 'inexistent_self_service_profile');
}

function clientFilter(query: z.output<typeof queries.clients>): (client: Client) => boolean {
  const types = query.app_type?.split(',');
  return ({ global = false, is_first_party = false, app_type }) =>
    (query.is_global ?? global) === global &&
    (query.is_first_party ?? is_first_party) === is_first_party &&
    (!types || (app_type !== undefined && types.includes(app_type)));
}

const operations = {
  'GET /self-service-profiles': {
    scopes: ['read:self_service_profiles'],
    handle({ query, tenant }) {
      const paging = parse(queries.profiles, query, invalidQuery);
      const list = { key: 'self_service_profiles', items: tenant.profiles, idOf: getId };
      return { status: 200, body: page(list, paging) };
    },
  },

  'GET /self-service-profiles/{id}': {
    scopes: ['read:self_service_profiles'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: profileOf(call, call.id) };
    },
  },

  'POST /self-service-profiles/{id}/sso-ticket': {
    scopes: ['create:sso_access_tickets'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      const profile = profileOf(call, call.id);
      const ticket = createTicket(profile.id, readTicketBody(call.body, profile, call.tenant));
      call.tenant.tickets.push(ticket);
      const url = `https://${call.domain}/self-service/connections-flow?ticket=${ticket.id}`;
      return { status: 201, body: { ticket: url } };
    },
  },

  'POST /self-service-profiles/{profileId}/sso-ticket/{id}/revoke': {
    scopes: ['delete:sso_access_tickets'],
    handle({ id, profileId, query, tenant }) {
      parse(queries.none, query, invalidQuery);
      const ticket = tenant.tickets.find((ticket) => ticket.id === id && ticket.profileId === profileId);
      if (ticket) ticket.revokedAt ??= Date.now();
      return { status: 202 };
    },
  },

  'GET /clients': {
    scopes: ['read:clients', 'read:client_summary'],
    handle({ query, scopes, tenant }) {
      const options = parse(queries.clients, query, invalidQuery);
      const selection = readableClientFields(scopes, options);
      const list = {
        key: 'clients',
        items: tenant.clients.filter(clientFilter(options)),
        idOf: ({ client_id }: Client) => client_id,
        toResponse: (client: Client) => select(client, selection),
      };
      return { status: 200, body: page(list, options) };
    },
  },

  'GET /clients/{id}': {
    scopes: ['read:clients', 'read:client_summary'],
    handle({ id, query, scopes, tenant }) {
      const selection = readableClientFields(scopes, parse(queries.client, query, invalidQuery));
      const client = tenant.clients.find(({ client_id }) => client_id === id);
      return {
        status: 200,
        body: select(required(client, 'The client does not exist', 'inexistent_client'), selection),
      };
    },
  },

  'GET /organizations': {
    scopes: ['read:organizations'],
    handle({ query, tenant }) {
      const options = parse(queries.organizations, query, invalidQuery);
      const items = sortBy(tenant.organizations, options.sort);
      return { status: 200, body: page({ key: 'organizations', items, idOf: getId }, options) };
    },
  },

  'GET /organizations/{id}': {
    scopes: ['read:organizations'],
    handle({ id, query, tenant }) {
      parse(queries.none, query, invalidQuery);
      const organization = tenant.organizations.find((organization) => organization.id === id);
      const message = 'No organization found by that id or name';
      return { status: 200, body: required(organization, message, 'inexistent_organization') };
    },
  },

  'GET /organizations/{id}/enabled_connections': {
    scopes: ['read:organization_connections'],
    handle({ id, query, tenant }) {
      const options = parse(queries.organizationConnections, query, invalidQuery);
      const organization = tenant.organizations.find((organization) => organization.id === id);
      required(organization, 'No organization found by that id or name', 'inexistent_organization');
      const list = {
        key: 'enabled_connections',
        items: tenant.organizationConnections.filter(({ organization_id }) => organization_id === id),
        idOf: ({ connection_id }: OrganizationConnection) => connection_id,
        toResponse: ({ organization_id: _, ...enabled }: OrganizationConnection) => {
          const connection = tenant.connections.find((each) => each.id === enabled.connection_id);
          return { ...enabled, connection: { name: connection?.name, strategy: connection?.strategy } };
        },
      };
      return { status: 200, body: page(list, options) };
    },
  },

  'GET /organizations/name/{name}': {
    scopes: ['read:organizations'],
    handle({ id: name, query, tenant }) {
      parse(queries.none, query, invalidQuery);
      const organization = tenant.organizations.find((organization) => organization.name === name);
      const message = 'No organization found by that id or name';
      return { status: 200, body: required(organization, message, 'inexistent_organization') };
    },
  },

  'GET /connections': {
    scopes: ['read:connections'],
    handle(call) {
      const options = parse(queries.connections, call.query, invalidQuery);
      const list = {
        key: 'connections',
        items: call.tenant.connections.filter(
          ({ name, strategy }) =>
            (options.name ?? name) === name && (options.strategy ?? [strategy]).includes(strategy),
        ),
        idOf: getId,
        toResponse: (connection: Connection) => select(toResponse(connection, call, true), options),
        size: 100,
      };
      return { status: 200, body: page(list, options) };
    },
  },

  'GET /connections/{id}': {
    scopes: ['read:connections'],
    handle(call) {
      const selection = parse(queries.connection, call.query, invalidQuery);
      return { status: 200, body: select(toResponse(connectionOf(call), call, false), selection) };
    },
  },

  'GET /connections/{id}/clients': {
    scopes: ['read:connections'],
    handle(call) {
      const { from, take } = parse(queries.connectionClients, call.query, invalidQuery);
      const list = {
        key: 'clients',
        items: connectionOf(call).enabled_clients,
        idOf: (client_id: string) => client_id,
        toResponse: (client_id: string) => ({ client_id }),
      };
      return { status: 200, body: checkpointPage(list, from, take) };
    },
  },
} satisfies Record<string, Operation>;

export type Endpoint = keyof typeof operations;

/** The scopes of a new application: the first of each operation. */
export const defaultScopes: readonly string[] = [
  ...new Set(Object.values(operations).flatMap(({ scopes }) => scopes.slice(0, 1))),
];

const routes = Object.entries<Operation>(operations).map(([name, operation]) => {
  const [method, template = ''] = name.split(' ');
  const pattern = template
    .replace('{profileId}', '(?<profileId>[^/]+)')
    .replace(/{(id|name)}/, '(?<id>[^/]+)');
  return { name, method, pattern: new RegExp(`^/api/v2${pattern}$`), operation };
});

export interface Route {
  /** The endpoint, such as `GET /clients/{id}`. */
  name: string;
  /** Throws an `ApiError` if the call is not allowed or not valid. */
  handle(call: Omit<Call, 'id' | 'profileId'>): ApiResponse;
}

export function findRoute(method: string, path: string): Route | undefined {
  for (const { name, operation, ...route } of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (!match) continue;
    return {
      name,
      handle(call) {
        if (!operation.scopes.some((scope) => call.scopes.includes(scope))) {
          throw insufficientScope(operation.scopes);
        }
        const { id = '', profileId = '' } = match.groups ?? {};
        return operation.handle({ ...call, id: decode(id), profileId: decode(profileId) });
      },
    };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, 'The path is not well encoded', 'invalid_uri');
  }
}
