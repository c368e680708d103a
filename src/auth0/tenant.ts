import type { Policy } from '../config/config.ts';
import type { Log } from '../lib/log.ts';
import { memoize } from '../lib/memoize.ts';
import { CachedList } from './cached-list.ts';
import type { ListSnapshot } from './list-snapshot.ts';
import type { ManagementApi, SubmissionWait } from './management-api.ts';
import { ProtectedResources } from './protected-resources.ts';
import {
  type Client,
  type Connection,
  canLookUp,
  isConnectionId,
  isOrganizationId,
  type Organization,
  type Profile,
  type SearchSource,
} from './resources.ts';
import type { OrganizationConnection } from './schemas.ts';
import { normalize } from './search-text.ts';
import { ORGANIZATION_CONNECTIONS_TTL_MS } from './timeouts.ts';

/** The type of the entries of each list. */
interface Found {
  clients: Client;
  organizations: Organization;
  connections: Connection;
}

/** The Auth0 tenant: its name for people, the company's rules for it, its API, and its lists in memory. */
export class Tenant {
  /** The tenant's name for people, from TENANT_LABEL. `Messenger` adds it to every modal and message. */
  readonly label: string | undefined;
  readonly policy: Policy;
  readonly api: ManagementApi;
  readonly protected: ProtectedResources;
  readonly lists: {
    readonly profiles: CachedList<Profile>;
    readonly clients: CachedList<Client>;
    readonly organizations: CachedList<Organization>;
    readonly connections: CachedList<Connection>;
  };

  readonly #organizationConnections = memoize(
    ORGANIZATION_CONNECTIONS_TTL_MS,
    (id: string, wait?: SubmissionWait) => this.api.organizationConnections(id, wait),
  );

  /** @param deps.snapshots keeps lists for the next start; without it, they are in memory only */
  constructor(deps: {
    label: string | undefined;
    policy: Policy;
    api: ManagementApi;
    snapshots?: <T>(list: string) => ListSnapshot<T>;
    log: Log;
  }) {
    const { label, policy, api, snapshots, log } = deps;
    this.label = label;
    this.policy = policy;
    this.api = api;
    this.protected = new ProtectedResources({
      names: policy.protected,
      finder: {
        lookUp: (kind, text) => this.lookUp(kind, text),
        named: async (kind, text) => {
          await this.lists[kind].load();
          return this.lists[kind].named(text);
        },
      },
      log,
    });
    this.lists = {
      profiles: new CachedList({
        readPage: () => api.listProfiles(),
        textsOf: ({ name }) => [name],
        snapshot: snapshots?.('profiles'),
        log,
      }),
      clients: new CachedList({
        readPage: (from, urgent) => api.listClients(from, urgent),
        textsOf: ({ name }) => [name],
        snapshot: snapshots?.('clients'),
        log,
      }),
      organizations: new CachedList({
        readPage: (from, urgent) => api.listOrganizations(from, urgent),
        textsOf: ({ displayName, name }) => [displayName || name, name],
        snapshot: snapshots?.('organizations'),
        log,
      }),
      connections: new CachedList({
        readPage: (from, urgent) => api.listConnections(from, urgent),
        textsOf: ({ name, displayName }) => [name, displayName],
        snapshot: snapshots?.('connections'),
        log,
      }),
    };
  }

  profiles(): readonly Profile[] {
    return this.lists.profiles.all();
  }

  /** Also undefined while the list is loading, as are the other lookups in memory. */
  client(id: string): Client | undefined {
    return this.lists.clients.byId(id);
  }

  organization(id: string): Organization | undefined {
    return this.lists.organizations.byId(id);
  }

  connection(id: string): Connection | undefined {
    return this.lists.connections.byId(id);
  }

  connectionNamed(name: string): Connection | undefined {
    return this.lists.connections.named(name).find((connection) => connection.name === name);
  }

  /** The connections that are enabled for an organization, at most a minute old. @throws Auth0Error */
  organizationConnections(id: string, wait?: SubmissionWait): Promise<OrganizationConnection[]> {
    return this.#organizationConnections(id, wait);
  }

  /** Loads the lists from the database. Never throws. */
  async restoreLists(): Promise<void> {
    for (const list of Object.values(this.lists)) await list.restore();
  }

  /** Refreshes old lists in the background. Called when someone starts to use the bot. */
  refreshLists(): void {
    for (const list of Object.values(this.lists)) list.refreshIfOld();
  }

  /** Whether Auth0 may have an entry with exactly this ID or name that the list doesn't have. */
  mayBeMissing(source: SearchSource, text: string): boolean {
    return canLookUp(source, text) && !this.lists[source].has(text);
  }

  /**
   * Asks Auth0 for the entry with exactly this ID or name, and adds it to its list. At most one call.
   *
   * @param wait how long the lookup of a connection may wait for the rate limit; by default, it doesn't
   * @throws Auth0Error
   */
  async lookUp<S extends SearchSource>(
    source: S,
    text: string,
    wait?: SubmissionWait,
  ): Promise<Found[S] | undefined> {
    if (!canLookUp(source, text)) return undefined;
    const find: { [Source in SearchSource]: () => Promise<Found[Source] | undefined> } = {
      clients: () => this.#addToList(this.lists.clients, this.api.clientById(text)),
      organizations: () =>
        this.#addToList(
          this.lists.organizations,
          isOrganizationId(text)
            ? this.api.organizationById(text)
            : this.api.organizationByName(text.toLowerCase()),
        ),
      connections: () =>
        this.#addToList(
          this.lists.connections,
          isConnectionId(text) ? this.api.connectionById(text, wait) : this.api.connectionByName(text, wait),
        ),
    };
    return find[source]();
  }

  /** The only organization with this name, display name or ID. Undefined if none or several have it. */
  organizationCalled(text: string): Organization | undefined {
    const { organizations } = this.lists;
    const wanted = normalize(text).trim();
    // Only the whole list can tell whether a display name is unique.
    const complete = organizations.isComplete();
    return onlyOne(
      organizations
        .named(text)
        .filter(({ id, name, displayName }) =>
          [id, name, complete ? displayName : ''].map(normalize).includes(wanted),
        ),
    );
  }

  /** The connection with exactly this ID or name, or the only one with this display name. */
  connectionCalled(text: string): Connection | undefined {
    const { connections } = this.lists;
    const exact = connections.byId(text) ?? this.connectionNamed(text);
    if (exact || !connections.isComplete()) return exact;
    const wanted = normalize(text).trim();
    return onlyOne(
      connections
        .named(text)
        .filter(({ name, displayName }) => [name, displayName].map(normalize).includes(wanted)),
    );
  }

  async #addToList<T extends { id: string }>(
    list: CachedList<T>,
    answer: Promise<T | undefined>,
  ): Promise<T | undefined> {
    const entry = await answer;
    if (entry) list.add(entry);
    return entry;
  }
}

function onlyOne<T>(found: T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}
