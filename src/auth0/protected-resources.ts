import { type Policy, PROTECTED_VARIABLES, type ProtectedKind } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { memoize } from '../lib/memoize.ts';
import { normalize } from './search-text.ts';
import { PROTECTION_RETRY_MS } from './timeouts.ts';

/** A resource, with its ID and the names that people know. */
interface Resource {
  id: string;
  name: string;
  displayName?: string;
}

/** One entry of a variable such as PROTECTED_ORGANIZATIONS. */
interface Entry {
  text: string;
  /** The resources that it has matched. They stay protected if they are renamed. */
  ids: Set<string>;
}

/** How resources are found. */
interface Finder {
  /** The resource with exactly this ID or name, from Auth0. @throws Auth0Error */
  lookUp(kind: ProtectedKind, text: string): Promise<Resource | undefined>;
  /** All resources with exactly this ID, name or display name, in any case. @throws Auth0Error */
  named(kind: ProtectedKind, text: string): Promise<readonly Resource[]>;
}

/**
 * What no link may reach: PROTECTED_CONNECTIONS, PROTECTED_ORGANIZATIONS and PROTECTED_APPLICATIONS. An entry is a
 * name, a display name or an ID, in any case. One that matches nothing may be a typo, so it counts as unresolved.
 */
export class ProtectedResources {
  readonly #entries: Record<ProtectedKind, Entry[]>;
  readonly #finder: Finder;
  readonly #log: Log;
  /** Limits how often Auth0 is asked about an entry that matches nothing. */
  readonly #resolve = memoize(PROTECTION_RETRY_MS, (kind) => this.#resolveKind(kind as ProtectedKind));

  constructor({ names, finder, log }: { names: Policy['protected']; finder: Finder; log: Log }) {
    this.#entries = {
      connections: names.connections.map(toEntry),
      organizations: names.organizations.map(toEntry),
      clients: names.clients.map(toEntry),
    };
    this.#finder = finder;
    this.#log = log;
  }

  /** Whether anything of this kind is protected. */
  any(kind: ProtectedKind): boolean {
    return this.#entries[kind].length > 0;
  }

  includes(kind: ProtectedKind, resource: Resource): boolean {
    return this.#entries[kind].some((entry) => matches(entry, resource));
  }

  /** The entries, with the IDs of the resources that were found. */
  entries(kind: ProtectedKind): readonly Entry[] {
    return this.#entries[kind];
  }

  /** The IDs of the resources that were found. */
  ids(kind: ProtectedKind): string[] {
    return this.#entries[kind].flatMap(({ ids }) => [...ids]);
  }

  /**
   * Looks for the resources of all entries. Asks Auth0 for IDs and exact names; other entries need the whole list.
   *
   * @returns the entries that match nothing
   * @throws Auth0Error
   */
  async resolve(kind: ProtectedKind): Promise<string[]> {
    if (this.#unresolved(kind).length > 0) await this.#resolve(kind);
    return this.#unresolved(kind).map(({ text }) => text);
  }

  /** Resolves all kinds and logs what matches nothing. Never throws. */
  async resolveAll(): Promise<void> {
    for (const kind of Object.keys(this.#entries) as ProtectedKind[]) {
      const variable = PROTECTED_VARIABLES[kind];
      try {
        for (const entry of await this.resolve(kind)) {
          this.#log.error(
            { variable, entry },
            'A protected entry matches nothing, so links of its kind are refused',
          );
        }
      } catch (error) {
        this.#log.error({ variable, ...errorFields(error) }, 'Protected entries could not be looked up yet');
      }
    }
  }

  #unresolved(kind: ProtectedKind): Entry[] {
    return this.#entries[kind].filter(({ ids }) => ids.size === 0);
  }

  async #resolveKind(kind: ProtectedKind): Promise<void> {
    for (const entry of this.#unresolved(kind)) {
      if (await this.#find(kind, entry)) continue;
      // Earlier versions also separated entries with spaces.
      const parts = entry.text.split(/\s+/).map(toEntry);
      if (parts.length === 1) continue;
      this.#log.warn(
        { variable: PROTECTED_VARIABLES[kind], entry: entry.text },
        'A protected entry matches nothing, so it is split at its spaces. Separate entries by commas',
      );
      const others = this.#entries[kind].filter((other) => other !== entry);
      this.#entries[kind] = [...others, ...parts];
      for (const part of parts) await this.#find(kind, part);
    }
  }

  /** Whether a resource matches the entry. */
  async #find(kind: ProtectedKind, entry: Entry): Promise<boolean> {
    const exact = await this.#finder.lookUp(kind, entry.text);
    if (exact) matches(entry, exact);
    if (entry.ids.size === 0) {
      for (const resource of await this.#finder.named(kind, entry.text)) matches(entry, resource);
    }
    return entry.ids.size > 0;
  }
}

const toEntry = (text: string): Entry => ({ text, ids: new Set() });

/** Whether an entry matches a resource. Remembers its ID. */
function matches({ text, ids }: Entry, { id, name, displayName = '' }: Resource): boolean {
  const wanted = normalize(text);
  const found = ids.has(id) || [id, name, displayName].some((known) => known && normalize(known) === wanted);
  if (found) ids.add(id);
  return found;
}
