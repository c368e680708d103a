import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ManagementApi } from '../../src/auth0/management-api.ts';
import { Tenant } from '../../src/auth0/tenant.ts';
import { createLog } from '../../src/lib/log.ts';
import { PLAIN_POLICY } from '../arbitrary.ts';

const log = createLog('error', { write: () => undefined });

/** A tenant whose lists load their second page only after `release` is called. */
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
  const api: Pick<ManagementApi, 'listProfiles' | 'listClients' | 'listOrganizations' | 'listConnections'> = {
    listProfiles: none,
    listClients: none,
    listOrganizations: paged(
      { id: 'org_1', name: 'acme-one', displayName: 'Acme' },
      { id: 'org_2', name: 'acme-two', displayName: 'Acme' },
    ),
    listConnections: paged(
      { id: 'con_1', name: 'acme-one', displayName: 'Acme', strategy: 'samlp' },
      { id: 'con_2', name: 'acme-two', displayName: 'Acme', strategy: 'okta' },
    ),
  };
  // Only the lists are used here.
  const tenant = new Tenant({ label: undefined, policy: PLAIN_POLICY, api: api as ManagementApi, log });
  return { tenant, release };
}

describe('Tenant', () => {
  it('finds nothing by a display name that may not be unique, but finds unique names while a list loads', async () => {
    const { tenant, release } = halfLoaded();
    const { organizations, connections } = tenant.lists;
    const loaded = [organizations.load(), connections.load()];
    await setImmediate();
    expect(tenant.organizationCalled('Acme')).toBeUndefined();
    expect(tenant.connectionCalled('Acme')).toBeUndefined();
    // Names are unique, so the first match is the only one.
    expect(tenant.organizationCalled('ACME-one')?.id).toBe('org_1');
    expect(tenant.connectionCalled('acme-one')?.id).toBe('con_1');
    release();
    await Promise.all(loaded);
    expect(tenant.organizationCalled('Acme')).toBeUndefined();
    expect(tenant.connectionCalled('Acme')).toBeUndefined();
    expect(tenant.organizationCalled('acme-two')?.id).toBe('org_2');
  });
});
