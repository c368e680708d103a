import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import type { DatabaseConfig } from '../../src/config/config.ts';
import { createDatabase, HAS_POSTGRES } from '../postgres.ts';

/** Creates a new, empty database. */
export type NewDatabase = () => Promise<DatabaseConfig>;

/** Creates a folder that is deleted after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-data-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a suite with SQLite, and with PostgreSQL if it is installed. */
export function describeEngines(name: string, suite: (newDatabase: NewDatabase) => void): void {
  describe(`${name} (SQLite)`, () => {
    const folder = temporaryFolder();
    let count = 0;
    suite(async () => {
      count += 1;
      return { dataDir: join(folder, String(count)) };
    });
  });
  describe.skipIf(!HAS_POSTGRES)(`${name} (PostgreSQL)`, () => {
    suite(async () => ({ url: await createDatabase() }));
  });
}
