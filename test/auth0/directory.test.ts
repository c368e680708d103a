import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/auth0/directory.ts';
import type { Tenant } from '../../src/auth0/tenant.ts';
import { PLAIN_POLICY } from '../arbitrary.ts';

/** A tenant whose lists have a second page that comes only when it is let. */
function halfLoaded() {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const none = async () => ({ entries: [], next: undefined });
  const paged =
    <T>(first: T, second: T) =>
    async (from?: string) => {
      if (from) await held;
      return { entries: [from ? second : first], next: from ? undefined : 'more' };
    };
  const tenant: Pick<Tenant, 'profiles' | 'clients' | 'organizations' | 'connections'> = {
    profiles: none,
    clients: none,
    organizations: paged(
      { id: 'org_1', name: 'acme-one', displayName: 'Acme' },
      { id: 'org_2', name: 'acme-two', displayName: 'Acme' },
    ),
    connections: paged(
      { id: 'con_1', name: 'acme-one', displayName: 'Acme', strategy: 'samlp' },
      { id: 'con_2', name: 'acme-two', displayName: 'Acme', strategy: 'okta' },
    ),
  };
  const directory = createDirectory(tenant as Tenant, PLAIN_POLICY); // its lists are all that is asked for here
  return { directory, release };
}

describe('the directory', () => {
  it('takes nothing for the only one of its display name before the whole list is there', async () => {
    const { directory, release } = halfLoaded();
    const { organizations, connections } = directory.lists;
    const loaded = [organizations.load(), connections.load()];
    await setImmediate();
    expect(directory.organizationCalled('Acme')).toBeUndefined();
    expect(directory.connectionCalled('Acme')).toBeUndefined();
    // IDs and names are unique, so what has one is the one.
    expect(directory.organizationCalled('ACME-one')?.id).toBe('org_1');
    expect(directory.connectionCalled('acme-one')?.id).toBe('con_1');
    release();
    await Promise.all(loaded);
    expect(directory.organizationCalled('Acme')).toBeUndefined();
    expect(directory.connectionCalled('Acme')).toBeUndefined();
    expect(directory.organizationCalled('acme-two')?.id).toBe('org_2');
  });
});
