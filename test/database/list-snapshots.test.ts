import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { ListSnapshots } from '../../src/database/list-snapshots.ts';
import { connect, scope } from './connect.ts';
import { describeEngines } from './engines.ts';

let database: Database;
afterEach(() => database.close());

describeEngines('snapshots of lists', (newDatabase) => {
  it('are stored in parts and can be replaced', async () => {
    database = connect(await newDatabase());
    const snapshots = new ListSnapshots({ database, scope: scope() });
    expect(await snapshots.load('clients', 0)).toBeUndefined();
    const entries = Array.from({ length: 4_500 }, (_, index) => ({
      id: `${index}`,
      name: `Ünïcode ${index}`,
    }));
    await snapshots.save('clients', entries, 1_000);
    const stored = await snapshots.load('clients', 999);
    expect(stored?.loadedAt).toBe(1_000);
    const parts = await all(stored?.parts);
    expect(parts.map((part) => part.length)).toEqual([2_000, 2_000, 500]);
    expect(parts.flat()).toEqual(entries);
    expect(await snapshots.load('clients', 1_000)).toBeUndefined();
    expect(await snapshots.load('organizations', 0)).toBeUndefined();
    await snapshots.save('clients', [], 2_000);
    const empty = await snapshots.load('clients', 0);
    expect(empty?.loadedAt).toBe(2_000);
    expect(await all(empty?.parts)).toEqual([[]]);
    expect(await new ListSnapshots({ database, scope: scope('other') }).load('clients', 0)).toBeUndefined();
  });

  it('cannot be read further after they are replaced', async () => {
    database = connect(await newDatabase());
    const snapshots = new ListSnapshots({ database, scope: scope() });
    const entries = Array.from({ length: 2_001 }, (_, index) => ({ id: `${index}` }));
    await snapshots.save('clients', entries, 1_000);
    const stored = await snapshots.load('clients', 0);
    expect((await stored?.parts.next())?.value).toHaveLength(2_000);
    await snapshots.save('clients', entries, 2_000);
    await expect(stored?.parts.next()).rejects.toThrow('replaced');
  });
});

async function all<T>(parts: AsyncIterable<T> | undefined): Promise<T[]> {
  const read: T[] = [];
  for await (const part of parts ?? []) read.push(part);
  return read;
}
