import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseConfig } from '../../src/config/config.ts';
import { DatabaseError, type DatabaseErrorCode } from '../../src/database/errors.ts';
import { MIGRATIONS, migrate } from '../../src/database/migrations.ts';
import { databaseProblem } from '../../src/database/problems.ts';
import type { Check } from '../../src/doctor/check.ts';
import { runChecks } from '../../src/doctor/doctor.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { execute, PASSWORD } from '../../stand-ins/postgres.ts';
import { type Slack, startSlack } from '../../stand-ins/slack/server.ts';
import { connect } from '../database/connect.ts';
import { botSettings } from '../harness.ts';
import { createDatabase, HAS_POSTGRES } from '../postgres.ts';
import { testCertificate } from '../setup.ts';
import { smallDisk } from '../small-disk.ts';

let slack: Slack;
let auth0: Auth0;
let folder: string;
beforeAll(async () => {
  [slack, auth0] = await Promise.all([startSlack(), startAuth0(testCertificate())]);
});
afterAll(async () => {
  await Promise.all([slack.stop(), auth0.stop()]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the doctor says about the records. */
async function diagnose(env: Record<string, string>): Promise<Check[]> {
  const checks: Check[] = [];
  for await (const check of runChecks({ ...botSettings(slack, auth0, 'socket'), ...env })) {
    if (check.line.startsWith('Records: ')) checks.push(check);
    else if (checks.length > 0) break;
  }
  return checks;
}

/** Expects a single line that reports this problem. */
function expectProblem(checks: Check[], code: DatabaseErrorCode, location: string): void {
  const line = `Records: ${databaseProblem(new DatabaseError(code), location)}`;
  expect(checks).toEqual([{ ok: false, line }]);
  expect(line).not.toContain('\n');
}

/** Marks a database as changed by a newer version. */
async function makeNewer(config: DatabaseConfig): Promise<void> {
  const database = connect(config);
  await database.write((db) =>
    migrate(db as unknown as Kysely<never>, { ...MIGRATIONS, '9999_future': async () => undefined }),
  );
  await database.close();
}

describe("the doctor's check of records in SQLite", () => {
  const file = (dataDir: string) => join(dataDir, 'tickets.db');

  it('passes for a folder that does not exist yet and for an up-to-date database', async () => {
    const dataDir = join(folder, 'new', 'data');
    const fine = [{ ok: true, line: `Records: ${file(dataDir)} is writable` }];
    expect(await diagnose({ DATA_DIR: dataDir })).toEqual(fine);
    const database = connect({ dataDir });
    await database.open();
    expect(await diagnose({ DATA_DIR: dataDir })).toEqual(fine);
    await database.close();
  });

  it.each([
    ['a file in place of its folder', (dir: string) => writeFileSync(dir, ''), 'data'],
    ['a file in place of a parent folder', (dir: string) => writeFileSync(dir, ''), 'data/below'],
    [
      'a folder in place of the database',
      (dir: string) => mkdirSync(join(dir, 'tickets.db'), { recursive: true }),
      'data',
    ],
  ])('reports a database that cannot be written because of %s', async (_, spoil, name) => {
    spoil(join(folder, 'data'));
    const dataDir = join(folder, name);
    expectProblem(await diagnose({ DATA_DIR: dataDir }), 'not_writable', file(dataDir));
  });

  it('reports a database that a newer version has changed', async () => {
    await makeNewer({ dataDir: folder });
    expectProblem(await diagnose({ DATA_DIR: folder }), 'schema_too_new', file(folder));
  });

  it('reports a database that another process has locked', async () => {
    const database = connect({ dataDir: folder });
    const checked = database.write(() => diagnose({ DATA_DIR: folder }));
    expectProblem(await checked, 'locked', file(folder));
    await database.close();
  });

  it('reports a file that is not a database', async () => {
    writeFileSync(file(folder), 'x'.repeat(8192));
    const [check, ...others] = await diagnose({ DATA_DIR: folder });
    expect(others).toEqual([]);
    expect(check).toMatchObject({
      ok: false,
      line: expect.stringContaining(`${file(folder)} does not work: `),
    });
  });

  describe('on a small disk', () => {
    const disk = smallDisk('2m');
    const readOnly = smallDisk('2m');

    it.skipIf(!disk)('reports a full disk, with or without a database on it', async () => {
      if (!disk) return;
      const location = file(disk.folder);
      const check = () => diagnose({ DATA_DIR: disk.folder });
      disk.fill();
      expectProblem(await check(), 'full', location);
      disk.free();
      const database = connect({ dataDir: disk.folder });
      await database.open();
      await database.close();
      disk.fill();
      expectProblem(await check(), 'full', location);
      disk.free();
      expect(await check()).toMatchObject([{ ok: true }]);
    });

    it.skipIf(!readOnly)('reports a read-only disk', async () => {
      if (!readOnly) return;
      readOnly.makeReadOnly();
      expectProblem(await diagnose({ DATA_DIR: readOnly.folder }), 'not_writable', file(readOnly.folder));
    });
  });
});

describe.skipIf(!HAS_POSTGRES)("the doctor's check of records in PostgreSQL", () => {
  const SEAL_KEY = 'a key that all instances of a test share';
  const check = (url: URL) => diagnose({ DATABASE_URL: url.href, SEAL_KEY });
  const location = ({ host, pathname }: URL) => `${host}${pathname}`;

  it('passes for an empty database and leaves it empty', async () => {
    const url = new URL(await createDatabase());
    expect(await check(url)).toEqual([{ ok: true, line: `Records: ${location(url)} is writable` }]);
    await expect(execute(url.href, 'select 1 from tickets')).rejects.toThrow(/does not exist/);
  });

  it.each<[DatabaseErrorCode, string, (url: URL) => void]>([
    ['credentials_rejected', 'a wrong password', (url) => (url.password = 'a-wrong-password')],
    ['unreachable', 'a port that nothing listens on', (url) => (url.port = '1')],
    ['unreachable', 'a host that does not exist', (url) => (url.hostname = 'db.invalid')],
  ])('reports %s for %s', async (code, _, change) => {
    const url = new URL(await createDatabase());
    change(url);
    const checks = await check(url);
    expectProblem(checks, code, location(url));
    expect(JSON.stringify(checks)).not.toContain(PASSWORD);
    expect(JSON.stringify(checks)).not.toContain('a-wrong-password');
  });

  it('reports a database that a newer version has changed', async () => {
    const url = new URL(await createDatabase());
    await makeNewer({ url: url.href });
    expectProblem(await check(url), 'schema_too_new', location(url));
  });

  it('reports a database that cannot be written', async () => {
    const url = new URL(await createDatabase());
    const name = url.pathname.slice(1);
    await execute(url.href, `alter database ${name} set default_transaction_read_only = on`);
    expectProblem(await check(url), 'not_writable', location(url));
  });
});
