import { afterEach, expect, it } from 'vitest';
import { type BotApp, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { View } from '../../stand-ins/slack/server.ts';
import { connect } from '../database/connect.ts';
import {
  audits,
  botSettings,
  CONTEXT,
  expectClean,
  fillNew,
  labelsOf,
  live,
  message,
  modal,
  says,
  startWorld,
  textOf,
  type World,
  warm,
} from '../harness.ts';

let world: World;
let other: BotApp;
afterEach(async () => {
  await other.stop();
  expectClean(world);
  await world.stop();
});

it('two instances share the steps of one form', async () => {
  world = await startWorld({ mode: 'socket' });
  const { maria, sales, slack, auth0 } = world;
  const log: string[] = [];
  const settings = readConfig({ ...botSettings(slack, auth0, 'socket'), ...world.database });
  other = createApp(settings, createLog('info', { write: (line) => log.push(line) }));
  await other.start();
  await slack.until(() => slack.socketCount === 2);

  // Slack alternates between the instances: one opens the form, the other suggests, and so on.
  await maria.command(sales.id, 'acme-corp');
  await modal(world, maria, sentences.FORM_TITLE.new);
  await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await maria.submit();
  const link = await message(world, maria, sales.id, sentences.OPEN_BY);
  await modal(world, maria, sentences.DONE_TITLE);
  await maria.close();
  await maria.press(sentences.REVOKE_LINK, link);
  await slack.until(() => says(textOf(link), sentences.revoked('acme-corp', CONTEXT)));

  const events = [audits(world), audits({ log })].map((lines) => lines.map(({ event }) => event));
  expect(events.flat().toSorted()).toEqual([
    'ticket_delivered',
    'ticket_made',
    'ticket_requested',
    'ticket_revoked',
  ]);
  expect(events).toContainEqual(['ticket_revoked']);
  expect(live(world)).toEqual([]);
});

it('lists are read from the database after a restart, without calls to Auth0', async () => {
  world = await startWorld({ mode: 'socket' });
  const { maria, sales, slack, auth0, app } = world;
  await fillNew(world);
  await warm(world);
  await maria.close();
  const stored = () => countListSnapshots(world);
  await slack.until(async () => (await stored()) === 4 || undefined);
  await app.stop();
  auth0.requests.length = 0;
  const settings = readConfig({ ...botSettings(slack, auth0, 'socket'), ...world.database });
  const log: string[] = [];
  other = createApp(settings, createLog('info', { write: (line) => log.push(line) }));
  await other.start();
  await fillNew(world);
  expect(labelsOf(maria.modal as View).length).toBeGreaterThan(3);
  const lists = ['/self-service-profiles', '/clients', '/organizations', '/connections'];
  expect(auth0.requests.filter(({ path }) => lists.some((list) => path.endsWith(list)))).toEqual([]);
  await maria.submit();
  await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
});

it('two instances load each list from Auth0 only once', async () => {
  world = await startWorld({ mode: 'socket' });
  const { maria, tom, slack, auth0 } = world;
  const settings = readConfig({ ...botSettings(slack, auth0, 'socket'), ...world.database });
  other = createApp(settings, createLog('info', { write: () => undefined }));
  await other.start();
  await slack.until(() => slack.socketCount === 2);
  // Slack alternates between the instances.
  await Promise.all([fillNew(world), fillNew(world, { person: tom })]);
  await warm(world);
  for (const list of ['/self-service-profiles', '/clients', '/organizations', '/connections']) {
    expect(auth0.requests.filter(({ path }) => path.endsWith(list)).length, list).toBe(1);
  }
  await maria.close();
});

/** The number of stored lists. */
async function countListSnapshots({ database: env, slack, auth0 }: World): Promise<number> {
  const { database: config } = readConfig({ ...botSettings(slack, auth0, 'socket'), ...env });
  const database = connect(config);
  const rows = await database.read((db) => db.selectFrom('list_snapshots').select('list').execute());
  await database.close();
  return rows.length;
}
