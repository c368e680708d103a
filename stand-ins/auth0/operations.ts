import { type Call, connectionOf, type Operation, organizationOf, profileOf, required } from './call.ts';
import { checkpointPage, page, select } from './lists.ts';
import { searchLogs } from './log-search.ts';
import { createProfile, setCustomText, updateProfile } from './profile-schema.ts';
import {
  clientFilter,
  connectionResponse,
  enabledConnection,
  organizationCheckpoint,
  readableClientFields,
  sortBy,
} from './projections.ts';
import { queries } from './queries.ts';
import { ApiError, invalidQuery } from './response.ts';
import type { Client, Connection, OrganizationConnection } from './tenant.ts';
import { logEvent } from './tenant-log.ts';
import { createTicket, linkTo } from './ticket.ts';
import { readTicketBody } from './ticket-body.ts';
import { parse } from './validation.ts';

const getId = ({ id }: { id: string }) => id;

export const operations = {
  'GET /self-service-profiles': {
    scopes: ['read:self_service_profiles'],
    handle({ query, tenant }) {
      const paging = parse(queries.profiles, query, invalidQuery);
      const list = {
        key: 'self_service_profiles',
        items: tenant.profiles,
        idOf: getId,
        odd: 'profiles' as const,
      };
      return { status: 200, body: page(list, tenant, paging) };
    },
  },

  'GET /self-service-profiles/{id}': {
    scopes: ['read:self_service_profiles'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: profileOf(call) };
    },
  },

  'POST /self-service-profiles': {
    scopes: ['create:self_service_profiles'],
    handle({ body, query, tenant }) {
      parse(queries.none, query, invalidQuery);
      return { status: 201, body: createProfile(body, tenant) };
    },
  },

  'PATCH /self-service-profiles/{id}': {
    scopes: ['update:self_service_profiles'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: updateProfile(profileOf(call), call.body) };
    },
  },

  'GET /self-service-profiles/{id}/custom-text/{language}/{page}': {
    scopes: ['read:self_service_profile_custom_texts'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: call.tenant.customTexts[profileOf(call).id] ?? {} };
    },
  },

  'PUT /self-service-profiles/{id}/custom-text/{language}/{page}': {
    scopes: ['update:self_service_profile_custom_texts'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: setCustomText(call.body, profileOf(call), call.tenant) };
    },
  },

  'POST /self-service-profiles/{id}/sso-ticket': {
    scopes: ['create:sso_access_tickets'],
    handle(call) {
      const { tenant } = call;
      parse(queries.none, call.query, invalidQuery);
      const profile = profileOf(call);
      const body = readTicketBody(call.body, profile, tenant);
      if (tenant.customDomains.length > 1 && !call.customDomain) {
        const message = 'The tenant has multiple verified custom domains.';
        throw new ApiError(409, message, 'custom_domain_conflict');
      }
      const ticket = createTicket(profile.id, body);
      tenant.tickets.push(ticket);
      logEvent(tenant, ticket, 'ticket_generation');
      return { status: 201, body: { ticket: linkTo(ticket, tenant) } };
    },
  },

  'POST /self-service-profiles/{profileId}/sso-ticket/{id}/revoke': {
    scopes: ['delete:sso_access_tickets'],
    handle({ id, profileId, query, tenant }) {
      parse(queries.none, query, invalidQuery);
      const ticket = tenant.tickets.find((ticket) => ticket.id === id && ticket.profileId === profileId);
      if (ticket) ticket.revokedAt ??= Date.now();
      return { status: 202, body: {} };
    },
  },

  'GET /logs': {
    scopes: ['read:logs', 'read:logs_users'],
    optional: true,
    handle({ query, tenant }) {
      return { status: 200, body: searchLogs(tenant, parse(queries.logs, query, invalidQuery)) };
    },
  },

  'GET /user-attribute-profiles': {
    scopes: ['read:user_attribute_profiles'],
    handle({ query, tenant }) {
      const { from, take = 5 } = parse(queries.attributeProfiles, query, invalidQuery);
      const list = {
        key: 'user_attribute_profiles',
        items: tenant.attributeProfiles,
        idOf: getId,
        odd: 'attributeProfiles' as const,
      };
      return { status: 200, body: checkpointPage(list, tenant, { from, take }) };
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
        odd: 'clients' as const,
      };
      return { status: 200, body: page(list, tenant, options) };
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
      const list = {
        key: 'organizations',
        items: sortBy(tenant.organizations, options.sort),
        idOf: getId,
        checkpointOf: organizationCheckpoint,
        odd: 'organizations' as const,
      };
      return { status: 200, body: page(list, tenant, options) };
    },
  },

  'GET /organizations/{id}': {
    scopes: ['read:organizations'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: organizationOf(call, ({ id }) => id === call.id) };
    },
  },

  'GET /organizations/{id}/enabled_connections': {
    scopes: ['read:organization_connections'],
    handle(call) {
      const { tenant } = call;
      const options = parse(queries.organizationConnections, call.query, invalidQuery);
      const organization = organizationOf(call, ({ id }) => id === call.id);
      const list = {
        key: 'enabled_connections',
        items: tenant.organizationConnections.filter(
          ({ organization_id }) => organization_id === organization.id,
        ),
        idOf: ({ connection_id }: OrganizationConnection) => connection_id,
        toResponse: (enabled: OrganizationConnection) => enabledConnection(enabled, tenant),
        odd: 'organizationConnections' as const,
      };
      return { status: 200, body: page(list, tenant, options) };
    },
  },

  'GET /organizations/name/{name}': {
    scopes: ['read:organizations'],
    handle(call) {
      parse(queries.none, call.query, invalidQuery);
      return { status: 200, body: organizationOf(call, ({ name }) => name === call.id) };
    },
  },

  'GET /connections': {
    scopes: ['read:connections'],
    handle(call) {
      const { tenant } = call;
      const options = parse(queries.connections, call.query, invalidQuery);
      const filtered = options.name !== undefined || options.strategy !== undefined;
      const strategies: readonly string[] | undefined = options.strategy;
      const list = {
        key: 'connections',
        items: tenant.connections.filter(
          ({ name, strategy }) =>
            (options.name ?? name) === name && (strategies ?? [strategy]).includes(strategy),
        ),
        idOf: getId,
        toResponse: (connection: Connection) => select(connectionResponse(connection, call, true), options),
        size: 100,
        ...(!filtered && { odd: 'connections' as const }),
      };
      return { status: 200, body: page(list, tenant, options) };
    },
  },

  'GET /connections/{id}': {
    scopes: ['read:connections'],
    handle(call) {
      const selection = parse(queries.connection, call.query, invalidQuery);
      return { status: 200, body: select(connectionResponse(connectionOf(call), call, false), selection) };
    },
  },

  'GET /connections/{id}/clients': {
    scopes: ['read:connections'],
    handle(call: Call) {
      const paging = parse(queries.connectionClients, call.query, invalidQuery);
      const list = {
        key: 'clients',
        items: connectionOf(call).enabled_clients,
        idOf: (client_id: string) => client_id,
        toResponse: (client_id: string) => ({ client_id }),
      };
      return { status: 200, body: checkpointPage(list, call.tenant, paging) };
    },
  },
} satisfies Record<string, Operation>;
