import { setTimeout as sleep, setImmediate as yieldToOtherWork } from 'node:timers/promises';
import type { ManagementApi } from '../src/auth0/management-api.ts';
import { Tenant } from '../src/auth0/tenant.ts';
import { createLog } from '../src/lib/log.ts';
import { findChoices } from '../src/tickets/search.ts';
import { median, quantile } from './world.ts';

const log = createLog('error', { write: () => undefined });

export interface TypeAhead {
  /** The time of one search, in ms. */
  median: number;
  p99: number;
  /** The longest time before other work can run, in ms. */
  longestBlock: number;
  /** Memory per entry, in the JavaScript heap and in buffers. */
  bytes: number;
}

/** Small lists are copied until they have this many entries, because ten alone cannot be measured. */
const MEASURED_ENTRIES = 20_000;
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

/** Creates a tenant with this many organizations, parsed from JSON as in production. */
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
  const policy = { protected: { connections: [], organizations: [], clients: [] } } as never;
  const tenant = new Tenant({ label: undefined, policy, api: api as ManagementApi, log });
  await tenant.lists.organizations.load();
  return tenant;
}

/** Measures the memory of several tenants, in bytes. */
async function measureMemory(copies: number, count: number): Promise<number> {
  const used = async () => {
    // Buffers are freed after the collection that has found them unused.
    for (let times = 0; times < 3; times += 1) {
      await sleep(50);
      global.gc?.();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = await used();
  const tenants = [];
  for (let copy = 0; copy < copies; copy += 1) tenants.push(await tenantOf(count));
  const after = await used();
  return tenants.length === copies ? after - before : Number.NaN;
}

/** Measures searches over this many organizations, without HTTP. */
export async function typeAhead(count: number): Promise<TypeAhead> {
  const copies = Math.max(1, Math.round(MEASURED_ENTRIES / count));
  const empty = await measureMemory(copies, 0);
  const bytes = ((await measureMemory(copies, count)) - empty) / (copies * count);
  const tenant = await tenantOf(count);
  const times: number[] = [];
  const turns = watchTurns();
  for (let index = 0; index < 600; index += 1) {
    const start = performance.now();
    await findChoices(tenant, 'organizations', TYPED[index % TYPED.length] ?? '', 99);
    times.push(performance.now() - start);
    // The first searches compile the code.
    if (index === TYPED.length * 10) turns.reset();
    await yieldToOtherWork();
  }
  const warm = times.slice(TYPED.length * 10);
  return { median: median(warm), p99: quantile(warm, 0.99), longestBlock: turns.stop(), bytes };
}

/** Measures the longest time between two turns of the event loop, in ms. */
function watchTurns() {
  let longest = 0;
  let last = performance.now();
  let next: NodeJS.Immediate;
  const watch = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(watch);
  };
  watch();
  return {
    reset: () => {
      longest = 0;
    },
    stop: () => {
      clearImmediate(next);
      return longest;
    },
  };
}
