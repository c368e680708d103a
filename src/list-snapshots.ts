import type { ListSnapshot } from './auth0/list-snapshot.ts';
import type { Leases } from './database/leases.ts';
import type { ListSnapshots } from './database/list-snapshots.ts';

/** How long an instance keeps its claim on a list after it loads a page, in milliseconds. */
const LIST_CLAIM_MS = 60_000;
/** Change it when the stored format of an entry changes: lists of another version are not read. */
const SNAPSHOT_VERSION = 1;

/** Stores lists, and lets one instance at a time load them. */
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
