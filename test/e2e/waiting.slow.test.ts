import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { WorldOptions } from '../harness.ts';
import {
  calm,
  creates,
  expectClean,
  fillNew,
  MODES,
  message,
  modal,
  startWorld,
  type World,
  whyNoLink,
} from '../harness.ts';

/** These tests wait for seconds, so they run in parallel, each in its own world. */
async function within(options: WorldOptions, scenario: (world: World) => Promise<void>) {
  await calm();
  const world = await startWorld(options);
  try {
    await scenario(world);
    expectClean(world);
  } finally {
    await world.stop();
  }
}

const NO_ANSWER = whyNoLink(new Auth0Error('no_answer', { mayHaveHappened: true }));

const CREATE = { method: 'POST', path: /sso-ticket$/ };

describe.concurrent('while Auth0 is slow', () => {
  it('the modal opens within 3 seconds as a loading view, and shows the form later', () =>
    within({}, async (world) => {
      const { maria, sales, auth0, slack } = world;
      slack.responseTimeoutMs = 3_000;
      auth0.fail({ path: /^\/api\/v2/ }, { delay: 10_000 });
      const began = performance.now();
      expect(await maria.command(sales.id, 'acme-corp')).toMatchObject({ ok: true });
      const loading = await modal(world, maria, sentences.loading(), 3_000);
      expect(loading.submit).toBeNull();
      expect(performance.now() - began).toBeLessThan(3_000);
      await modal(world, maria, sentences.FORM_TITLE.new);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(1);
      auth0.clearFaults();
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      await maria.submit();
      await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    }));

  it('the modal opens within 2 seconds from the cache', () =>
    within({}, async (world) => {
      const { maria, auth0 } = world;
      await fillNew(world);
      await maria.close();
      auth0.latency = 10_000;
      const began = performance.now();
      await fillNew(world);
      expect(performance.now() - began).toBeLessThan(2_000);
      auth0.latency = 0;
    }));

  it('a create call whose response stops after the headers fails and is not retried', () =>
    within({}, async (world) => {
      const { maria, auth0 } = world;
      await fillNew(world);
      auth0.fail(CREATE, 'stall');
      expect(await maria.submit()).toMatchObject({ ok: true });
      await modal(world, maria, NO_ANSWER);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(creates(world)).toHaveLength(1);
    }));

  it('a create call without a response fails and is not retried', () =>
    within({}, async (world) => {
      const { maria, auth0 } = world;
      await fillNew(world);
      auth0.fail(CREATE, 'hang');
      await maria.submit();
      await modal(world, maria, NO_ANSWER);
      expect(creates(world)).toHaveLength(1);
    }));

  it('a closed loading view is not logged as an error', () =>
    within({}, async (world) => {
      const { maria, sales, auth0, log } = world;
      auth0.fail({ path: '/self-service-profiles' }, { delay: 2_000 }, 1);
      await maria.command(sales.id, '');
      await modal(world, maria, sentences.loading());
      await maria.close();
      await sleep(2_500);
      expect(maria.modal).toBeUndefined();
      expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    }));

  it('“Try again” shows the loading view', () =>
    within({}, async (world) => {
      const { maria, sales, auth0 } = world;
      auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
      auth0.fail({ path: '/self-service-profiles' }, { delay: 4_000 }, 1);
      await maria.command(sales.id, '');
      await modal(world, maria, sentences.PROBLEM_TITLE);
      await maria.press(sentences.TRY_AGAIN);
      await modal(world, maria, sentences.loading());
      await modal(world, maria, sentences.FORM_TITLE.new);
    }));

  it('the open modal says that a connection was not found, and offers to find one', () =>
    within({}, async (world) => {
      const { maria, sales, auth0 } = world;
      auth0.fail({ path: '/connections' }, { delay: 2_000 });
      await maria.command(sales.id, 'edit nobody');
      await modal(world, maria, sentences.loading());
      await modal(world, maria, sentences.connectionNotFound('nobody', true, false));
      auth0.clearFaults();
      await maria.press(sentences.FIND_CONNECTION);
      await modal(world, maria, sentences.FORM_TITLE.edit);
    }));
});

describe('/healthz', () => {
  const health = async ({ port }: World) => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;

  it.each(MODES)('returns 200 after the bot has connected to Slack (%s)', (mode) =>
    within({ mode }, async (world) => {
      const { slack } = world;
      const deadline = Date.now() + 30_000;
      while ((await health(world)) !== 200 && Date.now() < deadline) await sleep(20);
      expect(await health(world)).toBe(200);
      expect(slack.violations).toEqual([]);
    }),
  );

  it('returns 503 while Socket Mode is disconnected, and 200 afterward', () =>
    within({ mode: 'socket' }, async (world) => {
      const { slack, maria, sales } = world;
      slack.refuseSockets = true;
      slack.disconnectSockets();
      const until = async (status: number) => {
        const deadline = Date.now() + 30_000;
        while ((await health(world)) !== status && Date.now() < deadline) await sleep(20);
        expect(await health(world)).toBe(status);
      };
      await until(503);
      await sleep(1_500);
      expect(await health(world)).toBe(503);
      slack.refuseSockets = false;
      await until(200);
      await maria.command(sales.id, 'help');
      await message(world, maria, sales.id, sentences.HELP_INTRO);
    }));
});
