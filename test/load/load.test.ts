import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { burst } from '../../bench/burst.ts';
import { killOne } from '../../bench/instances.ts';
import { soak } from '../../bench/soak.ts';
import {
  type Bot,
  type Links,
  residentMb,
  startBot,
  startWorld,
  type World,
  watchLinks,
} from '../../bench/world.ts';
import { PATIENT_MS } from '../harness.ts';

/** The short forms of what `npm run bench` measures: the same code, fewer people. No times are judged here. */
let world: World;
let links: Links;
let bot: Bot | undefined;

beforeEach(async () => {
  world = await startWorld(dirname(process.env.TEST_TLS_CERT ?? ''));
  world.slack.patienceMs = PATIENT_MS;
  links = watchLinks(world);
});
afterEach(async () => {
  await bot?.kill();
  bot = undefined;
  await Promise.all([world.slack.stop(), world.auth0.stop()]);
});

it('a burst of 60 forms at 10 requests a second: every link, nobody long without a word, nothing live unseen', async () => {
  bot = await startBot(world, 'bot');
  const result = await burst(world, links, 60);
  expect(result).toMatchObject({ delivered: 60, returned: 0, undelivered: 0, duplicates: 0 });
  expect(world.slack.violations).toEqual([]);
  expect(bot.output).not.toContain('Warning');
});

it('one of two instances killed halfway: everybody is told, and no link is created twice', async () => {
  const result = await killOne(world, links, 40);
  expect(result.submitted).toBe(40);
  // Those whom Slack told about the failure submitted again, and got a link.
  expect(result.refused).toBeGreaterThan(0);
  expect(result.retried).toBe(result.refused);
  expect(result.delivered).toBe(result.submitted - result.lost);
  // The other instance tells the others, and revokes what it knows. The audit log of the killed one has the rest.
  expect(result.lost).toBeGreaterThan(0);
  expect(result.told).toBe(result.lost);
  expect(result.undelivered).toBeLessThanOrEqual(result.lost);
  expect(result.audited).toBe(result.undelivered);
  expect(result.duplicates).toBe(0);
  expect(world.slack.violations).toEqual([]);
});

it('a soak of 120 tickets and 480 commands: everybody is answered, and memory does not grow with each', async () => {
  const { curves } = await soak(world, links, { tickets: 120, points: 4, which: ['collected'] });
  const last = curves.collected.at(-1);
  expect(last).toMatchObject({ tickets: 120, commands: 480 });
  // Compilers and caches fill up at first. A leak of a whole form for each ticket would be far beyond this.
  expect(last?.residentMb).toBeLessThan(200);
  expect(last?.heapMb).toBeLessThan(50);
  expect(world.slack.violations).toEqual([]);
});

it('abuse does not pile up: bodies of 10 MB, half a million characters, wrong signatures, nonsense', async () => {
  bot = await startBot(world, 'bot');
  const { slack } = world;
  const big = 'x'.repeat(10_000_000);
  const long = `command=%2Fsso-ticket&user_id=U1&text=${'a'.repeat(500_000)}`;
  const round = async () => {
    for (let time = 0; time < 8; time += 1) {
      const answers = await Promise.all([
        slack.deliverRaw({ body: big }).catch(() => ({ status: 413 })),
        slack.deliverRaw({ body: `${long}&trigger_id=${Math.random()}` }),
        slack.deliverRaw({ body: long, headers: { 'x-slack-signature': 'v0=00' } }),
        slack.deliverRaw({ body: 'payload=%7Bnope', headers: {} }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([413, 200, 401, 400]);
    }
  };
  await round();
  const first = await residentMb(bot.child);
  for (let more = 0; more < 3; more += 1) await round();
  const last = await residentMb(bot.child);
  expect(last).toBeLessThan(first * 1.5 + 50);
  expect(bot.child.exitCode).toBeNull();

  // Bolt stumbles over this one before the bot sees it: the request ends, and the process lives.
  slack.patienceMs = 3_000;
  await slack.deliverRaw({ body: 'payload=null' }).catch(() => undefined);
  slack.patienceMs = PATIENT_MS;
  expect(await slack.deliverRaw({ body: 'command=%2Fsso-ticket&user_id=U1&text=help' })).toMatchObject({
    status: 200,
  });
  expect(bot.child.exitCode).toBeNull();
});
