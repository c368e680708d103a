import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementApi } from '../src/auth0/management-api.ts';
import { Tenant } from '../src/auth0/tenant.ts';
import { findChoices } from '../src/tickets/search.ts';
import { median, quantile } from './world.ts';

export interface TypeAhead {
  /** Of one suggestion, in ms. */
  median: number;
  p99: number;
  /** Memory of one entry. */
  bytes: number;
}

/** So many entries, in however many lists, are weighed at once: ten alone are lost in the noise. */
const WEIGHED = 20_000;
const WORDS = [
  'Acme',
  'Globex',
  'Söhne',
  'Umbrella',
  'Stark',
  'Wayne',
  'Hooli',
  'Initech',
  'Soylent',
  'Vandelay',
];
const TYPED = ['a', 'ac', 'stark wa', 'sohne', 'customer-9', 'org_0001', 'hooli 99', 'zzz', 'e', 'umbrella'];

/** A tenant whose organizations are so many, as they come out of JSON, each of the same length. */
async function tenantOf(count: number) {
  const none = async () => ({ entries: [], next: undefined });
  const api: Pick<ManagementApi, 'listProfiles' | 'listClients' | 'listOrganizations' | 'listConnections'> = {
    listProfiles: none,
    listClients: none,
    listConnections: none,
    listOrganizations: async () => {
      const entries = Array.from({ length: count }, (_, index) => ({
        id: `org_${index.toString(36).padStart(16, '0')}`,
        name: `customer-${String(index).padStart(6, '0')}`,
        displayName: `${WORDS[index % 10]} ${WORDS[(index * 7) % 10]} ${String(index).padStart(6, '0')}`,
      }));
      return { entries: JSON.parse(JSON.stringify(entries)), next: undefined };
    },
  };
  // The lists and this rule are all that is used here.
  const policy = { protectedConnections: [] } as never;
  const tenant = new Tenant({ label: undefined, policy, api: api as ManagementApi });
  await tenant.lists.organizations.load();
  return tenant;
}

/** What so many tenants of so many organizations weigh, in bytes; all that was made before is collected first. */
async function weigh(copies: number, count: number): Promise<number> {
  const collected = async () => {
    await sleep(20);
    global.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = await collected();
  const tenants = [];
  for (let copy = 0; copy < copies; copy += 1) tenants.push(await tenantOf(count));
  const after = await collected();
  return tenants.length === copies ? after - before : Number.NaN;
}

/** Type-ahead over so many organizations, within the process: time of one suggestion, memory of one entry. */
export async function typeAhead(count: number): Promise<TypeAhead> {
  const copies = Math.max(1, Math.round(WEIGHED / count));
  // What a tenant costs by itself is no part of an entry.
  const empty = await weigh(copies, 0);
  const bytes = ((await weigh(copies, count)) - empty) / (copies * count);
  const tenant = await tenantOf(count);
  const times: number[] = [];
  for (let index = 0; index < 600; index += 1) {
    const from = performance.now();
    findChoices(tenant, 'organizations', TYPED[index % TYPED.length] ?? '', 99);
    times.push(performance.now() - from);
  }
  // The first rounds compile the search.
  const warm = times.slice(TYPED.length * 10);
  return { median: median(warm), p99: quantile(warm, 0.99), bytes };
}
