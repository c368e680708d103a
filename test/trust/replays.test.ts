import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { audits, botSettings, creates, fillNew, message, modal, startWorld } from '../harness.ts';

/** Longer than Bolt's own time limit for an acknowledgement. */
const ACKNOWLEDGEMENT_TIMEOUT_MS = 3_500;

it('a replayed request is rejected, and Bolt does not report a missing acknowledgement', async () => {
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

/** Slack signed it this long before the process started, so another process may have handled it. */
const BEFORE_START_MS = 6_000;

it('a request that was signed before the bot started is rejected with a message about the restart', async () => {
  const world = await startWorld();
  const { slack, maria, sales, auth0, app } = world;
  await app.stop();
  const settings = readConfig({ ...botSettings(slack, auth0, 'http'), ...world.database });
  const log = createLog('debug', { write: (line) => world.log.push(line) });
  const startedAt = Date.now();
  world.app = createApp(settings, log, { startedAt });
  const { port } = await world.app.start();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const send = (signedAt: number) =>
    slack.deliverRaw({
      body: new URLSearchParams({
        command: '/sso-ticket',
        text: 'help',
        user_id: maria.id,
        team_id: slack.teamId,
        channel_id: sales.id,
        response_url: slack.responseUrl(sales.id, maria.id),
        trigger_id: '1.2',
      }).toString(),
      headers: { 'x-slack-request-timestamp': String(Math.floor(signedAt / 1000)) },
    });
  const old = await send(startedAt - BEFORE_START_MS);
  expect(old.status).toBe(200);
  expect(old.body).toContain(sentences.RESTARTING);
  expect(maria.sees(sales.id)).toEqual([]);
  await send(startedAt);
  await message(world, maria, sales.id, sentences.HELP_INTRO);
  await world.stop();
});

it('a submission that arrives again after a restart creates nothing, because it is on record', async () => {
  const world = await startWorld();
  const { slack, maria, sales, auth0, app } = world;
  await fillNew(world);
  const deliver = slack.deliver.bind(slack);
  const sent: Parameters<typeof deliver>[] = [];
  slack.deliver = (...delivery) => {
    sent.push(delivery);
    return deliver(...delivery);
  };
  await maria.submit();
  const submission = sent.at(-1);
  if (!submission) throw new Error('Slack sent nothing');
  const link = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
  await modal(world, maria, sentences.DONE_TITLE);
  // Without a live link, nothing else stops the submission.
  await maria.close();
  await maria.press(sentences.REVOKE_LINK, link);
  await slack.until(() => audits(world, 'ticket_revoked')[0]);
  await app.stop();
  const settings = readConfig({ ...botSettings(slack, auth0, 'http'), ...world.database });
  const log = createLog('debug', { write: (line) => world.log.push(line) });
  world.app = createApp(settings, log, { startedAt: Date.now() });
  const { port } = await world.app.start();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  expect(await deliver(...submission)).toMatchObject({ ok: true });
  await world.slack.until(() => world.log.some((line) => line.includes('on record already')));
  expect(creates(world)).toHaveLength(1);
  expect(audits(world, 'ticket_requested')).toHaveLength(1);
  await world.stop();
});
