import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { message, startWorld } from '../harness.ts';

/** Bolt's own time limit for an acknowledgement, and some more. */
const ACKNOWLEDGEMENT_TIMEOUT_MS = 3_500;

it('a replayed request is refused once, and not missed later', async () => {
  const world = await startWorld();
  const { slack, maria, sales, log } = world;
  const body = new URLSearchParams({
    command: '/sso-ticket',
    text: 'help',
    user_id: maria.id,
    team_id: slack.teamId,
    channel_id: sales.id,
    response_url: slack.responseUrl(sales.id, maria.id),
    trigger_id: '1.2',
  }).toString();
  const request = {
    body,
    headers: { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)) },
  };
  expect(await slack.deliverRaw(request)).toMatchObject({ status: 200 });
  expect(await slack.deliverRaw(request)).toEqual({ status: 401, body: '' });
  await message(world, maria, sales.id, /You can type/);
  await sleep(ACKNOWLEDGEMENT_TIMEOUT_MS);
  expect(log.filter((line) => line.includes('A request was refused'))).toHaveLength(1);
  expect(log.filter((line) => /"level":"error"|acknowledg/.test(line))).toEqual([]);
  await world.stop();
});
