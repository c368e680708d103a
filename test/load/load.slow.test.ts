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
import { RESPONSE_TIMEOUT_MS } from '../harness.ts';

/** Short versions of what `npm run bench` measures: the same code with fewer people. They don't check times. */
let world: World;
let links: Links;
let bot: Bot | undefined;

beforeEach(async () => {
  world = await startWorld(dirname(process.env.TEST_TLS_CERT ?? ''));
  world.slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
  links = watchLinks(world);
});
afterEach(async () => {
  await bot?.kill();
  bot = undefined;
  await Promise.all([world.slack.stop(), world.auth0.stop()]);
});

it('a burst of 60 forms at 10 requests a second delivers every link, and leaves no other link active', async () => {
  bot = await startBot(world, 'bot');
  const result = await burst(world, links, 60);
  expect(result).toMatchObject({ delivered: 60, returned: 0, undelivered: 0, duplicates: 0 });
  expect(world.slack.violations).toEqual([]);
  expect(bot.output).not.toContain('Warning');
});

it('when one of two instances is killed, everyone gets a link or a message, and no link is created twice', async () => {
  const result = await killOne(world, links, 40);
  expect(result.submitted).toBe(40);
  // People whom Slack told about the failure submitted again, and got a link.
  expect(result.refused).toBeGreaterThan(0);
  expect(result.retried).toBe(result.refused);
  expect(result.delivered).toBe(result.submitted - result.lost);
  // The other instance tells everyone else, and revokes the links that it knows. The killed one's log has the rest.
  expect(result.lost).toBeGreaterThan(0);
  expect(result.told).toBe(result.lost);
  expect(result.undelivered).toBeLessThanOrEqual(result.lost);
  expect(result.audited).toBe(result.undelivered);
  expect(result.duplicates).toBe(0);
  expect(world.slack.violations).toEqual([]);
});

it('a soak of 120 tickets and 480 commands completes within a memory limit', async () => {
  const { curves } = await soak(world, links, { tickets: 120, points: 4, which: ['collected'] });
  const last = curves.collected.at(-1);
  expect(last).toMatchObject({ tickets: 120, commands: 480 });
  // Compiled code and caches grow at first. Leaking a whole form per ticket would far exceed this.
  expect(last?.residentMb).toBeLessThan(200);
  expect(last?.heapMb).toBeLessThan(50);
  expect(world.slack.violations).toEqual([]);
});

it('memory stays limited while large bodies, long texts, wrong signatures and invalid payloads arrive', async () => {
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

  // Bolt fails on this one before the bot sees it, but the process survives.
  slack.responseTimeoutMs = 3_000;
  await slack.deliverRaw({ body: 'payload=null' }).catch(() => undefined);
  slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
  expect(await slack.deliverRaw({ body: 'command=%2Fsso-ticket&user_id=U1&text=help' })).toMatchObject({
    status: 200,
  });
  expect(bot.child.exitCode).toBeNull();
});
