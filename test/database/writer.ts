/**
 * A process that stores tickets, for `processes.slow.test.ts`: `writer.ts <DatabaseConfig> <name> <count>`. It prints
 * the ID of each ticket once it is stored.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newEvent } from '../../src/tickets/audit.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import { connect, scope } from './connect.ts';

const PAUSE_MS = 20;

const [config = '', name = '', count = ''] = process.argv.slice(2);
const log: string[] = [];
const database = connect(JSON.parse(config), log);
const store = new TicketStore({ database, scope: scope(), instance: name });
for (let index = 0; index < Number(count); index += 1) {
  const id = `${name}-${index}`;
  const ticket = {
    id,
    kind: 'new' as const,
    requester: 'U1',
    channel: undefined,
    customer: 'Acme Corp',
    connection: id,
    connectionId: undefined,
    profile: { id: 'ssp_1', name: 'Microsoft and Okta' },
    clients: [],
    organizations: [],
    options: [],
    form: {},
    correlationId: id,
    createdAt: Date.now(),
  };
  await store.begin(ticket, newEvent('requested', {}, id), { submission: id, maxPerHour: 100_000 });
  await store.add(newEvent('delivered', {}, id), { finishedAt: Date.now() });
  console.log(id);
  // Lets other processes write, as between two requests.
  await sleep(PAUSE_MS);
}
await database.close();
for (const line of log) console.error(line);
