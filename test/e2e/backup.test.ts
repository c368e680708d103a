import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { postgresProgram } from '../../stand-ins/postgres.ts';
import type { Message } from '../../stand-ins/slack/server.ts';
import {
  botSettings,
  CONTEXT,
  createLink,
  expectClean,
  live,
  message,
  startWorld,
  type World,
} from '../harness.ts';
import { createDatabase } from '../postgres.ts';

const run = promisify(execFile);
/** The number of people who create links, each one link at a time. */
const PEOPLE = 4;

let folder: string;
let restored: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-backup-'));
  restored = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-restored-'));
});
afterEach(() => {
  for (const each of [folder, restored]) rmSync(each, { recursive: true });
});

interface Link {
  name: string;
  message: Message;
}

/** Creates links until `work` is done. Returns the links delivered before it began, and the later ones. */
async function whileCreating(world: World, work: () => Promise<unknown>): Promise<[Link[], Link[]]> {
  const { slack, sales } = world;
  const links: Link[] = [];
  let isDone = false;
  const creating = Array.from({ length: PEOPLE }, async (_, index) => {
    const person = slack.as(slack.addUser({ name: `P${index}` }).id);
    sales.members.add(person.id);
    for (let count = 0; !isDone; count += 1) {
      const name = `p${index}-${count}`;
      links.push({ name, message: await createLink(world, { person, name }) });
    }
  });
  await slack.until(() => links.length >= 2 * PEOPLE);
  const delivered = links.length;
  await work();
  await slack.until(() => links.length >= delivered + PEOPLE);
  isDone = true;
  await Promise.all(creating);
  return [links.slice(0, delivered), links.slice(delivered)];
}

/** Starts the bot with a restored database and revokes links, which needs their records and the key. */
async function revokeAll(world: World, database: Record<string, string>, links: Link[]): Promise<void> {
  const { slack, auth0, log } = world;
  const config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
  const app = createApp(config, createLog('info', { write: (line) => log.push(line) }));
  const { port } = await app.start();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  for (const link of links) {
    const person = slack.as(link.message.visibleTo ?? '');
    await person.press(sentences.REVOKE_LINK, link.message);
    await message(world, person, world.sales.id, sentences.revoked(link.name, CONTEXT));
  }
  await app.stop();
}

describe('a backup taken while links are created', () => {
  // The same steps as in docs/operations.md.
  it.skipIf(process.env.TEST_DATABASE === 'postgres')(
    'lets the bot revoke every link delivered before it (SQLite)',
    async () => {
      const world = await startWorld({ env: { DATA_DIR: folder } });
      const [before, after] = await whileCreating(world, async () => {
        const database = new Libsql(join(folder, 'tickets.db'));
        database.exec(`VACUUM INTO '${join(folder, 'backup.db')}'`);
        database.close();
      });
      await world.app.stop();
      copyFileSync(join(folder, 'backup.db'), join(restored, 'tickets.db'));
      copyFileSync(join(folder, 'seal-key'), join(restored, 'seal-key'));
      await revokeAll(world, { DATA_DIR: restored }, before);
      // Links delivered after the backup started may be missing.
      expect(live(world).length).toBe(after.length);
      expectClean(world);
      await world.stop();
    },
  );

  it.runIf(process.env.TEST_DATABASE === 'postgres')(
    'lets the bot revoke every link delivered before it (PostgreSQL)',
    async () => {
      const world = await startWorld();
      const { DATABASE_URL: url = '' } = world.database;
      const dump = join(folder, 'backup.dump');
      const [before, after] = await whileCreating(world, () =>
        run(postgresProgram('pg_dump'), ['--format=custom', `--file=${dump}`, url]),
      );
      await world.app.stop();
      const copy = await createDatabase();
      await run(postgresProgram('pg_restore'), ['--clean', '--if-exists', `--dbname=${copy}`, dump]);
      await revokeAll(world, { ...world.database, DATABASE_URL: copy }, before);
      expect(live(world).length).toBe(after.length);
      expectClean(world);
      await world.stop();
    },
  );
});

it('says that it cannot revoke a link that is missing from a restored database', async () => {
  const world = await startWorld();
  const { slack, auth0, maria, sales, log } = world;
  const link = await createLink(world);
  await world.app.stop();
  const database =
    process.env.TEST_DATABASE === 'postgres'
      ? { ...world.database, DATABASE_URL: await createDatabase() }
      : { DATA_DIR: restored };
  const config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
  const app = createApp(config, createLog('info', { write: (line) => log.push(line) }));
  const { port } = await app.start();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  await maria.press(sentences.REVOKE_LINK, link);
  await message(world, maria, sales.id, sentences.revokeNoRecord(CONTEXT));
  expect(live(world)).toHaveLength(1);
  expectClean(world);
  await app.stop();
  await world.stop();
});
