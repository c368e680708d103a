import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StartError } from '../../src/config/config.ts';
import { readEnvFile, writeEnvFile } from '../../src/setup/env-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('writeEnvFile writes values that dotenv reads unchanged, or rejects them', async () => {
  const texts = fc.string({ unit: fc.constantFrom(...'ab \\n$#\'"`=\n€') });
  await fc.assert(
    fc.asyncProperty(texts, async (value) => {
      try {
        await writeEnvFile(folder, { NAME: value, NEXT: 'next' }, new Date());
      } catch (error) {
        expect(error).toBeInstanceOf(StartError);
        expect(value).toMatch(/['"`]/);
        return;
      }
      expect(await readEnvFile(folder)).toEqual({ NAME: value, NEXT: 'next' });
    }),
    { numRuns: 300 },
  );
});

it('writeEnvFile keeps the earlier file if a value cannot be written', async () => {
  writeFileSync(join(folder, '.env'), 'A=1');
  await expect(writeEnvFile(folder, { A: `'a"b\`c\n` }, new Date())).rejects.toThrow('The value of A');
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('A=1');
});

it('writeEnvFile keeps each earlier file under its own name, readable only by its owner', async () => {
  writeFileSync(join(folder, '.env'), 'A=0', { mode: 0o644 });
  const first = await writeEnvFile(folder, { A: '1' }, new Date('2026-01-02T03:04:05.006Z'));
  const second = await writeEnvFile(folder, { A: '2' }, new Date('2026-01-02T03:04:05.007Z'));
  expect([first, second]).toEqual(['.env.2026-01-02T03-04-05.006Z', '.env.2026-01-02T03-04-05.007Z']);
  const contents = [first, second, '.env'].map((name) => parse(readFileSync(join(folder, name ?? ''))).A);
  expect(contents).toEqual(['0', '1', '2']);
  for (const name of [first, second, '.env'])
    expect(statSync(join(folder, name ?? '')).mode & 0o777).toBe(0o600);
});

it('readEnvFile returns no variables if there is no file', async () => {
  expect(await readEnvFile(folder)).toEqual({});
});
