import type { Policy } from '../settings.ts';
import { uneditable } from '../ticket/basic-fields.ts';
import { connectionNameProblem } from '../ticket/connection-name.ts';
import type { SearchSource } from '../ticket/field.ts';
import { identityProviderName } from '../ticket/identity-providers.ts';
import type { Client, Connection, KnownTenant, Organization, Profile } from '../ticket/tenant.ts';
import type { Choice } from '../ticket/values.ts';
import { comparable, createList, type TenantList } from './list.ts';
import type { Tenant } from './tenant.ts';

/** A choice with what tells it from others of the same name. */
interface Match extends Choice {
  detail: string;
}

/** What is known of the tenant, kept in memory, so that forms and suggestions answer at once. */
export interface Directory extends KnownTenant {
  lists: {
    profiles: TenantList<Profile>;
    clients: TenantList<Client>;
    organizations: TenantList<Organization>;
    connections: TenantList<Connection>;
  };
  /** Refreshes in the background what is too old; called whenever someone begins to use the bot. */
  refresh(): void;
  /** What can be picked, best matches first, at most `limit`. */
  matches(source: SearchSource, typed: string, limit: number): Match[];
  /** Whether Auth0 may know something by exactly this ID or name that its list does not hold. */
  mayMiss(source: SearchSource, text: string): boolean;
  /**
   * What Auth0 itself knows by exactly this ID or name: at most one call, for what is in no list yet; from then on
   * its list holds it.
   *
   * @throws Auth0Problem
   */
  ask(source: SearchSource, text: string): Promise<Match | undefined>;
  /** The connection that Auth0 itself knows by exactly this ID or name, editable or not. @throws Auth0Problem */
  askConnection(text: string): Promise<Connection | undefined>;
  /** The one organization with exactly this name, display name or ID; undefined if none or several have it. */
  organizationCalled(text: string): Organization | undefined;
  /** The connection with exactly this ID, name or (if only one has it) display name. */
  connectionCalled(text: string): Connection | undefined;
}

export function createDirectory(tenant: Tenant, policy: Policy): Directory {
  const profiles = createList(tenant.profiles, ({ name, id }) => [name, id]);
  const clients = createList(tenant.clients, ({ name, id }) => [name, id]);
  const organizations = createList(tenant.organizations, ({ displayName, name, id }) => [
    displayName || name,
    name,
    id,
  ]);
  const connections = createList(tenant.connections, ({ name, displayName, id }) => [name, displayName, id]);
  const lists = { profiles, clients, organizations, connections };

  /** Takes what Auth0 has just told of into its list. */
  function learnt<T extends { id: string }>(list: TenantList<T>, entry: T | undefined): T | undefined {
    if (entry) list.learn(entry);
    return entry;
  }

  const askClient = async (id: string) => learnt(clients, await tenant.clientById(id));

  const askOrganization = async (text: string) =>
    learnt(
      organizations,
      ORGANIZATION_ID.test(text)
        ? await tenant.organizationById(text)
        : await tenant.organizationByName(text.toLowerCase()),
    );

  const askConnection = async (text: string) =>
    learnt(
      connections,
      CONNECTION_ID.test(text) ? await tenant.connectionById(text) : await tenant.connectionByName(text),
    );

  return {
    lists,
    profiles: () => profiles.all(),
    client: (id) => clients.byId(id),
    connection: (id) => connections.byId(id),
    connectionNamed: (name) => connections.all().find((connection) => connection.name === name),
    mayMiss: (source, text) => isAskable(source, text) && !lists[source].holds(text),
    refresh() {
      for (const list of Object.values(lists)) list.refresh();
    },
    matches(source, typed, limit) {
      switch (source) {
        case 'clients':
          return clients.search(typed, limit).map(clientMatch);
        case 'organizations':
          return organizations.search(typed, limit).map(organizationMatch);
        case 'connections':
          // Filtered before the limit: a tenant may have more database connections than fit.
          return connections
            .search(typed, Number.POSITIVE_INFINITY)
            .filter((connection) => !uneditable(connection, policy))
            .slice(0, limit)
            .map(connectionMatch);
      }
    },
    askConnection: async (text) => (isAskable('connections', text) ? askConnection(text) : undefined),
    async ask(source, text) {
      if (!isAskable(source, text)) return undefined;
      switch (source) {
        case 'clients': {
          const client = await askClient(text);
          return client && clientMatch(client);
        }
        case 'organizations': {
          const organization = await askOrganization(text);
          return organization && organizationMatch(organization);
        }
        case 'connections': {
          const connection = await askConnection(text);
          return connection && !uneditable(connection, policy) ? connectionMatch(connection) : undefined;
        }
      }
    },
    organizationCalled(text) {
      const wanted = comparable(text).trim();
      // Several may have the same display name, which only the whole list can tell.
      const whole = organizations.ready();
      return only(
        organizations
          .search(text, 100)
          .filter(({ id, name, displayName }) =>
            [id, name, whole ? displayName : ''].map(comparable).includes(wanted),
          ),
      );
    },
    connectionCalled(text) {
      const byName = connections.byId(text) ?? connections.all().find(({ name }) => name === text);
      if (byName || !connections.ready()) return byName;
      const wanted = comparable(text).trim();
      return only(
        connections
          .search(text, 100)
          .filter(({ name, displayName }) => [name, displayName].map(comparable).includes(wanted)),
      );
    },
  };
}

const CLIENT_ID = /^\w{20,64}$/;
const ORGANIZATION_ID = /^org_\w+$/;
const ORGANIZATION_NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/i;
const CONNECTION_ID = /^con_\w+$/;

/** Whether a text can be an ID, or a name that Auth0 can look up: applications have no such name. */
function isAskable(source: SearchSource, text: string): boolean {
  switch (source) {
    case 'clients':
      return CLIENT_ID.test(text);
    case 'organizations':
      return ORGANIZATION_ID.test(text) || ORGANIZATION_NAME.test(text);
    case 'connections':
      return CONNECTION_ID.test(text) || connectionNameProblem(text) === undefined;
  }
}

const clientMatch = ({ id, name }: Client): Match => ({ id, name, detail: id });

const organizationMatch = (organization: Organization): Match => ({
  ...organizationChoice(organization),
  detail: [organization.displayName && organization.name, organization.id].filter(Boolean).join(' · '),
});

const connectionMatch = ({ id, name, displayName, strategy }: Connection): Match => ({
  id,
  name,
  detail: [displayName, identityProviderName(strategy), id].filter(Boolean).join(' · '),
});

/** An organization as it is picked: by the name that people know. */
export function organizationChoice({ id, name, displayName }: Organization): Choice {
  return { id, name: displayName || name };
}

function only<T>(found: T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}
