import { Tenant } from '../../src/auth0/tenant.ts';
import { Leases } from '../../src/database/leases.ts';
import { ListSnapshots } from '../../src/database/list-snapshots.ts';
import { createLog } from '../../src/lib/log.ts';
import { listSnapshots } from '../../src/list-snapshots.ts';
import { connect, scope } from '../database/connect.ts';

/**
 * Runs in a separate process, with the folder of a database as its argument. Stores a million organizations, restores
 * them as the bot does at startup, and searches them. Prints the results as JSON.
 */
const [dataDir = ''] = process.argv.slice(2);
const COUNT = 1_000_000;

function* organizations() {
  for (let index = 0; index < COUNT; index += 1) {
    const number = String(index).padStart(7, '0');
    yield {
      id: `org_${(index * 7919).toString(36).padStart(16, 'x')}`,
      name: `customer-${number}`,
      displayName: `Acme ${number}`,
    };
  }
}

/** Only the lists and this rule are used here. */
const policy = { protected: { connections: [], organizations: [], clients: [] } } as never;
const api = {} as never;
const log = createLog('error', { write: () => undefined });
const database = connect({ dataDir });
const stored = new ListSnapshots({ database, scope: scope() });
const leases = new Leases({ database, scope: scope() });
const snapshots = listSnapshots(stored, leases, 'this');
await snapshots('organizations').save(organizations(), Date.now());

const tenant = new Tenant({ label: undefined, policy, api, snapshots, log });
const { organizations: list } = tenant.lists;
await list.restore();

let longestBlock = 0;
let last = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  longestBlock = Math.max(longestBlock, now - last);
  last = now;
});
const found: Record<string, string[]> = {};
for (const typed of ['customer-0765432', '999999', 'acme', 'e', 'nothing like it']) {
  found[typed] = (await list.search(typed, 2)).map(({ name }) => name);
}
clearInterval(watch);
await database.close();
console.log(JSON.stringify({ size: list.size, found, longestBlock }));
