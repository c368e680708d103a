import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { botSettings, CONTEXT, createLink, expectClean, live, message, startWorld } from '../harness.ts';

let folder: string;
let restored: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-backup-'));
  restored = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-restored-'));
});
afterEach(() => {
  for (const each of [folder, restored]) rmSync(each, { recursive: true });
});

// Only for SQLite: PostgreSQL has its own tools.
it.skipIf(process.env.TEST_DATABASE === 'postgres')(
  'a backup made while the bot runs has the links until then, and can revoke them',
  async () => {
    const world = await startWorld({ env: { DATA_DIR: folder } });
    const { auth0, slack, maria, sales, log } = world;
    const before = await createLink(world, { name: 'before' });
    // As docs/operations.md says.
    const database = new Libsql(join(folder, 'tickets.db'));
    database.exec(`VACUUM INTO '${join(folder, 'backup.db')}'`);
    database.close();
    const after = await createLink(world, { name: 'after' });
    await world.app.stop();

    copyFileSync(join(folder, 'backup.db'), join(restored, 'tickets.db'));
    copyFileSync(join(folder, 'seal-key'), join(restored, 'seal-key'));
    const config = readConfig({ ...botSettings(slack, auth0, 'http'), DATA_DIR: restored });
    const app = createApp(config, createLog('info', { write: (line) => log.push(line) }));
    const { port } = await app.start();
    slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
    await maria.press(sentences.REVOKE_LINK, before);
    await message(world, maria, sales.id, sentences.revoked('before', CONTEXT));
    expect(live(world)).toHaveLength(1);
    await maria.press(sentences.REVOKE_LINK, after);
    await message(world, maria, sales.id, sentences.revokeNoRecord(CONTEXT));
    expect(live(world)).toHaveLength(1);
    expectClean(world);
    await app.stop();
    await world.stop();
  },
);
