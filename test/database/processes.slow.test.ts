import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { TicketStore } from '../../src/tickets/store.ts';
import { connect, scope } from './connect.ts';
import { describeEngines } from './engines.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');
const PROCESSES = ['first', 'second'];
const TICKETS = 100;

describeEngines('several processes on one database', (newDatabase) => {
  it('create it and store tickets at the same time, without errors or lost tickets', async () => {
    const config = await newDatabase();
    const outputs = await Promise.all(
      PROCESSES.map((name) =>
        // Rejects if the exit code is not 0.
        promisify(execFile)(process.execPath, [
          '--import',
          'tsx',
          WRITER,
          JSON.stringify(config),
          name,
          String(TICKETS),
        ]),
      ),
    );
    const stored = outputs.flatMap(({ stdout }) => stdout.trim().split('\n'));
    expect(stored).toHaveLength(PROCESSES.length * TICKETS);
    expect(outputs.map(({ stderr }) => stderr).join('')).toBe('');
    const database = connect(config);
    const store = new TicketStore({ database, scope: scope(), instance: 'reader' });
    const records = await store.list({ now: Date.now(), limit: 2 * stored.length });
    expect(records.map(({ ticket }) => ticket.id).toSorted()).toEqual(stored.toSorted());
    for (const { events } of records) {
      expect(events.map(({ type }) => type).toSorted()).toEqual(['delivered', 'requested']);
    }
    await database.close();
  });
});
