import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { runAudit } from '../../src/commands.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import { botSettings, createLink, expectClean, holdDate, pass, startWorld, type World } from '../harness.ts';

const DAY = 24 * 3_600_000;

let world: World;
beforeEach(async () => {
  holdDate();
  world = await startWorld();
});
afterEach(async () => {
  expectClean(world);
  await world.stop();
  vi.useRealTimers();
});

const config = () =>
  readConfig({
    ...botSettings(world.slack, world.auth0, 'http'),
    ...world.database,
    RETENTION_DAYS: '30',
  });

/** Restarts the bot, which then deletes old records. */
async function restart(): Promise<void> {
  const { slack, log } = world;
  await world.app.stop();
  const app = createApp(config(), createLog('info', { write: (line) => log.push(line) }), {
    startedAt: Date.now(),
  });
  const { port } = await app.start();
  world.app = app;
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
}

/** The recorded events, each with the connection of its ticket. */
async function events(): Promise<string[]> {
  const lines: string[] = [];
  await runAudit(config(), [], (line) => lines.push(line));
  return lines.map((line) => {
    const { event, connection } = JSON.parse(line);
    return `${event} ${connection}`;
  });
}

const of = (name: string) =>
  ['ticket_requested', 'ticket_made', 'ticket_delivered'].map((event) => `${event} ${name}`);

it('RETENTION_DAYS deletes older links and their events, and no others', async () => {
  const { slack, log } = world;
  await createLink(world, { name: 'old' });
  pass(20 * DAY);
  await createLink(world, { name: 'recent' });
  expect((await events()).toSorted()).toEqual([...of('old'), ...of('recent')].toSorted());
  pass(11 * DAY);
  await restart();
  await slack.until(() => log.find((line) => JSON.parse(line).msg === 'Old records were deleted'), 20_000);
  expect(log.map((line) => JSON.parse(line).deleted).filter(Boolean)).toEqual([1]);
  expect((await events()).toSorted()).toEqual(of('recent').toSorted());
});
