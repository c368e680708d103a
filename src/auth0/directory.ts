import type { Policy } from '../settings.ts';
import { type SearchId, uneditable } from '../ticket/fields.ts';
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
  /** What can be picked in a search field, best matches first, at most `limit`. */
  matches(field: SearchId, typed: string, limit: number): Match[];
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

  return {
    lists,
    profiles: () => profiles.all(),
    client: (id) => clients.byId(id),
    connection: (id) => connections.byId(id),
    connectionNamed: (name) => connections.all().find((connection) => connection.name === name),
    refresh() {
      for (const list of Object.values(lists)) list.refresh();
    },
    matches(field, typed, limit) {
      switch (field) {
        case 'clients':
          return clients.search(typed, limit).map(({ id, name }) => ({ id, name, detail: id }));
        case 'organizations':
          return organizations.search(typed, limit).map((organization) => ({
            ...organizationChoice(organization),
            detail: [organization.displayName && organization.name, organization.id]
              .filter(Boolean)
              .join(' · '),
          }));
        case 'connection':
          // Filtered before the limit: a tenant may have more database connections than fit.
          return connections
            .search(typed, Number.POSITIVE_INFINITY)
            .filter((connection) => !uneditable(connection, policy))
            .slice(0, limit)
            .map(({ id, name, displayName, strategy }) => ({
              id,
              name,
              detail: [displayName, identityProviderName(strategy), id].filter(Boolean).join(' · '),
            }));
      }
    },
    organizationCalled(text) {
      const wanted = comparable(text).trim();
      return only(
        organizations
          .search(text, 100)
          .filter(({ id, name, displayName }) => [id, name, displayName].map(comparable).includes(wanted)),
      );
    },
    connectionCalled(text) {
      const byName = connections.byId(text) ?? connections.all().find(({ name }) => name === text);
      const wanted = comparable(text).trim();
      return (
        byName ??
        only(
          connections
            .search(text, 100)
            .filter(({ name, displayName }) => [name, displayName].map(comparable).includes(wanted)),
        )
      );
    },
  };
}

/** An organization as it is picked: by the name that people know. */
export function organizationChoice({ id, name, displayName }: Organization): Choice {
  return { id, name: displayName || name };
}

function only<T>(found: T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}
