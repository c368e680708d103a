import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseConfig } from '../../src/config/config.ts';
import { Database } from '../../src/database/database.ts';
import { DatabaseError } from '../../src/database/errors.ts';
import { MIGRATIONS, migrate } from '../../src/database/migrations.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import {
  ANY,
  buttonsIn,
  CONTEXT,
  createLink,
  creates,
  expectClean,
  fillNew,
  like,
  live,
  message,
  modal,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';
import { createDatabase, HAS_POSTGRES } from '../postgres.ts';
import { smallDisk } from '../small-disk.ts';
import { logged, untilReads } from './scenario.ts';

const REFUSED = whyNoLink(new DatabaseError('failed'));
const SEAL_KEY = 'a key that all instances of a test share';

let folder: string;
let world: World;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sso-ticket-bot-fault-'));
});
afterEach(async () => {
  expectClean(world);
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

async function health(): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${world.port}/healthz`);
  return status;
}

/** Waits until /healthz answers with this status. */
async function untilHealth(status: number): Promise<void> {
  await world.slack.until(async () => (await health()) === status || undefined, 30_000);
}

/** Expects that help and forms still work, and that a link is refused with a message and the form kept. */
async function expectUnavailable(code: string): Promise<void> {
  const { maria, tom, sales } = world;
  await untilHealth(503);
  await tom.command(sales.id, 'help');
  await message(world, tom, sales.id, sentences.HELP_INTRO);
  await fillNew(world);
  await maria.submit();
  await modal(world, maria, REFUSED);
  expect(maria.value('connectionName').value).toBe('acme-corp');
  expect(creates(world)).toEqual([]);
  expect(logged(world, { type: 'DatabaseError', code }).length).toBeGreaterThan(0);
}

/** The same form creates a link, without a restart. */
async function expectRecovered(): Promise<void> {
  const { maria, sales } = world;
  await untilHealth(200);
  await maria.submit();
  await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
  await modal(world, maria, sentences.DONE_TITLE);
  expect(live(world)).toHaveLength(1);
}

/** Selects SQLite, even if TEST_DATABASE is `postgres`. */
const sqliteIn = (dataDir: string) => ({ DATA_DIR: dataDir, DATABASE_URL: '' });

function databaseOf(config: DatabaseConfig): Database {
  return new Database({ config, log: createLog('error', { write: () => undefined }) });
}

/** Locks the database file. Returns a function that releases it. */
async function lock(dataDir: string): Promise<() => Promise<void>> {
  const database = databaseOf({ dataDir });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let done: Promise<void> | undefined;
  await new Promise<void>((locked) => {
    done = database.write(async () => {
      locked();
      await released;
    });
  });
  return async () => {
    release();
    await done;
    await database.close();
  };
}

const storeOf = (database: Database) => {
  const { slack, auth0 } = world;
  const scope = async () => ({ auth0Domain: auth0.domain, team: slack.teamId });
  return new TicketStore({ database, scope, instance: 'test' });
};

describe('with SQLite, the bot', () => {
  it('refuses links while the folder cannot be written, and then recovers', async () => {
    const dataDir = join(folder, 'data');
    writeFileSync(dataDir, '');
    world = await startWorld({ env: sqliteIn(dataDir) });
    await expectUnavailable('not_writable');
    expect(
      logged(world, { level: 'error' })
        .map(({ msg }) => msg)
        .join(),
    ).toContain('Set DATA_DIR to a folder');
    rmSync(dataDir);
    await expectRecovered();
  });

  it('refuses links while the schema is from a newer version, and then recovers', async () => {
    const dataDir = join(folder, 'data');
    const newer = databaseOf({ dataDir });
    await newer.write((db) =>
      migrate(db as unknown as Kysely<never>, { ...MIGRATIONS, '9999_future': async () => undefined }),
    );
    world = await startWorld({ env: sqliteIn(dataDir) });
    await expectUnavailable('schema_too_new');
    await newer.write((db) =>
      (db as unknown as Kysely<{ schema_migrations: { name: string } }>)
        .deleteFrom('schema_migrations')
        .where('name', '=', '9999_future')
        .execute(),
    );
    await newer.close();
    await expectRecovered();
  });

  it('refuses links while another process locks the file, and then recovers', async () => {
    world = await startWorld({ env: sqliteIn(folder) });
    await untilHealth(200);
    await world.slack.until(() => logged(world, { msg: 'The records are open' })[0]);
    const release = await lock(folder);
    await expectUnavailable('locked');
    await release();
    await expectRecovered();
  });

  it('says so at each button of a link while the records cannot be read', async () => {
    world = await startWorld({ env: sqliteIn(folder) });
    const { maria, sales } = world;
    const link = await createLink(world);
    await maria.command(sales.id, 'list');
    const list = await world.slack.until(() =>
      maria.sees(sales.id).find((each) => buttonsIn(each).includes(sentences.REPLACE_LINK)),
    );
    const receipt = await world.slack.until(() => world.slack.messages.find(({ stored }) => stored));
    const other = databaseOf({ dataDir: folder });
    await other.write((db) => db.schema.alterTable('tickets').renameTo('away').execute());
    const buttons = [
      [sentences.REVOKE_LINK, link],
      [sentences.REVOKE_LINK, receipt],
      [sentences.REPLACE_LINK, list],
    ] as const;
    for (const [button, shown] of buttons) {
      const before = maria.sees(shown.channel).length;
      await maria.press(button, shown);
      const told = await world.slack.until(() => maria.sees(shown.channel)[before]);
      expect(textOf(told)).toBe(sentences.recordsUnavailable(CONTEXT));
    }
    await other.write((db) =>
      db.schema
        .alterTable('away' as 'tickets')
        .renameTo('tickets')
        .execute(),
    );
    await other.close();
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revoked('acme-corp', CONTEXT));
  });

  it('stores the events of a link later if the file is locked during its delivery', async () => {
    world = await startWorld({ env: sqliteIn(folder) });
    const { maria, sales, slack } = world;
    await fillNew(world);
    slack.fail('response_url', { delay: 1_500 });
    await maria.submit();
    await slack.until(() => logged(world, { event: 'ticket_made' })[0]);
    const release = await lock(folder);
    await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    await untilHealth(503);
    const link = maria.sees(sales.id).at(-1);
    await maria.close();
    await maria.press(sentences.REVOKE_LINK, link);
    // The bot can still read the record, and Auth0 revokes the link.
    await message(world, maria, sales.id, sentences.revoked('acme-corp', CONTEXT));
    await release();
    await untilHealth(200);
    const database = databaseOf({ dataDir: folder });
    const store = storeOf(database);
    await slack.until(async () => {
      const [record] = await store.list({ now: Date.now(), limit: 1 });
      const types = record?.events.map(({ type }) => type).toSorted();
      return types?.join() === 'created,delivered,requested,revoked' || undefined;
    }, 30_000);
    await database.close();
  });
});

describe('with SQLite on a small disk, the bot', () => {
  const disk = smallDisk('4m');
  let dataDir: string;
  beforeEach(async () => {
    if (!disk) return;
    dataDir = await mkdtemp(join(disk.folder, 'data-'));
    world = await startWorld({ env: sqliteIn(dataDir) });
    await world.slack.until(() => logged(world, { msg: 'The records are open' })[0]);
  });

  it.skipIf(!disk)('refuses links while the disk is full, and then recovers', async () => {
    disk?.fill();
    await expectUnavailable('full');
    disk?.free();
    await expectRecovered();
  });

  it.skipIf(!disk)(
    'revokes a link if the disk fills up while Auth0 creates it, and records that later',
    async () => {
      const { maria, auth0, slack } = world;
      await fillNew(world);
      auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 1_500 });
      await maria.submit();
      await slack.until(() => creates(world).length > 0);
      disk?.fill();
      const error = new TicketError({ code: 'not_recorded', revoked: true, correlationId: ANY });
      await modal(world, maria, like(whyNoLink(error)));
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(auth0.tickets).toMatchObject([{ state: 'revoked' }]);
      await untilHealth(503);
      disk?.free();
      auth0.clearFaults();
      await expectRecovered();
      const database = databaseOf({ dataDir });
      const store = storeOf(database);
      // The events of the revocation are stored once there is space.
      await slack.until(async () => {
        const records = await store.list({ now: Date.now(), limit: 10 });
        const types = records.map(({ events }) => events.map(({ type }) => type).toSorted());
        return types.join(' ') === 'created,delivered,requested requested,revoked' || undefined;
      }, 30_000);
      await database.close();
    },
  );
});

describe.skipIf(!HAS_POSTGRES)('with PostgreSQL, the bot', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  /** Starts a proxy between the bot and PostgreSQL. */
  async function proxyTo(url: URL, port = 0): Promise<number> {
    server = createServer((socket) => {
      const target = connect(Number(url.port), url.hostname);
      for (const [from, to] of [
        [socket, target],
        [target, socket],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async function cut(): Promise<void> {
    server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await once(server, 'close');
  }

  it('refuses links while the server is unreachable, and then recovers', async () => {
    const url = new URL(await createDatabase());
    const target = new URL(url);
    const port = await proxyTo(target);
    url.port = String(port);
    world = await startWorld({ env: { DATABASE_URL: url.href, SEAL_KEY } });
    await world.slack.until(() => logged(world, { msg: 'The records are open' })[0]);
    await cut();
    await expectUnavailable('unreachable');
    await proxyTo(target, port);
    await expectRecovered();
    await cut();
  });

  it('refuses links if the password is wrong, and does not log it', async () => {
    const url = new URL(await createDatabase());
    url.password = 'a-wrong-password';
    world = await startWorld({ env: { DATABASE_URL: url.href, SEAL_KEY } });
    await expectUnavailable('credentials_rejected');
    expect(world.log.join()).not.toContain('a-wrong-password');
    await untilReads(world, REFUSED);
  });
});
