import { createDirectory } from '../src/auth0/directory.ts';
import type { Tenant } from '../src/auth0/tenant.ts';
import { median, quantile } from './world.ts';

export interface TypeAhead {
  /** Of one suggestion, in ms. */
  median: number;
  p99: number;
  /** Memory of one entry. */
  bytes: number;
}

/** Ten of these are measured as a thousand lists at once: one alone is lost in the noise. */
const SMALL = 1_000;
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

/** A directory whose organizations are so many, made anew each time, so that their texts count too. */
async function directoryOf(count: number) {
  const none = async () => ({ entries: [], next: undefined });
  const tenant: Pick<Tenant, 'profiles' | 'clients' | 'organizations' | 'connections'> = {
    profiles: none,
    clients: none,
    connections: none,
    organizations: async () => ({
      entries: Array.from({ length: count }, (_, index) => ({
        id: `org_${index.toString(36).padStart(16, '0')}`,
        name: `customer-${index}`,
        displayName: `${WORDS[index % 10]} ${WORDS[(index * 7) % 10]} ${index}`,
      })),
      next: undefined,
    }),
  };
  const directory = createDirectory(tenant as Tenant, { protectedConnections: [] } as never); // all that it asks for here
  await directory.lists.organizations.load();
  return directory;
}

/** Type-ahead over so many organizations, within the process: time of one suggestion, memory of one entry. */
export async function typeAhead(count: number): Promise<TypeAhead> {
  const copies = Math.max(1, SMALL / count);
  await directoryOf(count);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const directories = await Promise.all(Array.from({ length: copies }, () => directoryOf(count)));
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / (count * copies);
  const [directory] = directories;
  const times: number[] = [];
  for (let index = 0; index < 600; index += 1) {
    const from = performance.now();
    directory?.matches('organizations', TYPED[index % TYPED.length] ?? '', 99);
    times.push(performance.now() - from);
  }
  // The first round compiles the search.
  const warm = times.slice(TYPED.length * 10);
  return { median: median(warm), p99: quantile(warm, 0.99), bytes };
}
