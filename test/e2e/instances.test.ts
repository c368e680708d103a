import { afterEach, expect, it } from 'vitest';
import { type BotApp, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import {
  audits,
  botSettings,
  CONTEXT,
  expectClean,
  live,
  message,
  modal,
  says,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;
let other: BotApp;
afterEach(async () => {
  await other.stop();
  expectClean(world);
  await world.stop();
});

it('two instances share the steps of one form: Slack gives each step to the next one', async () => {
  world = await startWorld({ mode: 'socket' });
  const { maria, sales, slack, auth0 } = world;
  const log: string[] = [];
  const settings = readConfig({ ...botSettings(slack, auth0, 'socket'), ...world.database });
  other = createApp(settings, createLog('info', { write: (line) => log.push(line) }));
  await other.start();
  await slack.until(() => slack.socketCount === 2);

  // Opened by one, suggested for by the other, submitted to the first, revoked by the other.
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
