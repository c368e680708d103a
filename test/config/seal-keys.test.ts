import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { SEAL_KEY_FILE, sealKeys } from '../../src/config/seal-keys.ts';
import { Seal } from '../../src/lib/seal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string) => sealKeys({ sealKeys: [], database: { dataDir: join(folder, name) } });

it('without SEAL_KEY, a key is generated once, in a file that only its owner can read', () => {
  const [key] = inFolder('data')();
  expect(key).toMatch(/^[\w+/]{43}=$/);
  const file = join(folder, 'data', SEAL_KEY_FILE);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toBe(key);
  expect(inFolder('data')()).toEqual([key]);
  expect(inFolder('other')()).not.toEqual([key]);
});

it('with SEAL_KEY, no file is created', () => {
  const dataDir = join(folder, 'data');
  expect(sealKeys({ sealKeys: ['one', 'two'], database: { dataDir } })()).toEqual(['one', 'two']);
  expect(() => statSync(dataDir)).toThrow(/ENOENT/);
});

it('while the folder is not writable, a key in memory is used, which still opens its seals afterward', async () => {
  const blocked = join(folder, 'data');
  writeFileSync(blocked, '');
  const keys = inFolder('data');
  const seal = new Seal({ keys });
  const sealed = await seal.seal('origin', { user: 'U1' }, 60);
  rmSync(blocked);
  const after = await seal.seal('origin', { user: 'U2' }, 60);
  const shape = z.object({ user: z.string() });
  expect(await seal.open('origin', sealed, shape)).toEqual({ user: 'U1' });
  // Another process has only the stored key.
  const other = new Seal({ keys: inFolder('data') });
  expect(await other.open('origin', after, shape)).toEqual({ user: 'U2' });
  await expect(other.open('origin', sealed, shape)).rejects.toMatchObject({ code: 'forged' });
});

it('the first key seals, every key opens, and a former key opens only for its purpose', async () => {
  const shape = z.object({ user: z.string() });
  const content = { user: 'U1' };
  const sealedWith = (key: string, purpose: string) =>
    new Seal({ keys: () => [key] }).seal(purpose, content, 60);
  const seal = new Seal({
    keys: () => ['first', 'second'],
    former: { secret: 'former', purpose: 'ticket' },
  });
  const sealed = await seal.seal('origin', content, 60);
  expect(await new Seal({ keys: () => ['first'] }).open('origin', sealed, shape)).toEqual(content);
  expect(await seal.open('origin', await sealedWith('second', 'origin'), shape)).toEqual(content);
  expect(await seal.open('ticket', await sealedWith('former', 'ticket'), shape)).toEqual(content);
  await expect(seal.open('origin', await sealedWith('former', 'origin'), shape)).rejects.toMatchObject({
    code: 'forged',
  });
  await expect(seal.open('ticket', await sealedWith('third', 'ticket'), shape)).rejects.toMatchObject({
    code: 'forged',
  });
});
