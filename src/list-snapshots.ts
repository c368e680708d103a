import type { ListSnapshot } from './auth0/list-snapshot.ts';
import type { Leases } from './database/leases.ts';
import type { ListSnapshots } from './database/list-snapshots.ts';

/** How long an instance is alone with loading a list after its last page, in milliseconds. */
const LIST_CLAIM_MS = 60_000;
/** Changes when the stored form of an entry does: another version's lists are not read. */
const SNAPSHOT_VERSION = 1;

/** Lets lists be stored, and one instance load them. */
export const listSnapshots =
  (stored: ListSnapshots, leases: Leases, instance: string) =>
  <T>(list: string): ListSnapshot<T> => {
    const name = `${list}/${SNAPSHOT_VERSION}`;
    const lease = `list ${name}`;
    return {
      async load(after) {
        const found = await stored.load(name, after);
        // Only `save` writes what is read here.
        return found && { ...found, parts: found.parts as AsyncGenerator<T[]> };
      },
      save: (entries, loadedAt) => stored.save(name, entries, loadedAt),
      claim: () => leases.take(lease, instance, LIST_CLAIM_MS),
      release: () => leases.release(lease, instance),
    };
  };
