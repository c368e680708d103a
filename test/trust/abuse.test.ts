import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { View } from '../../stand-ins/slack/server.ts';
import {
  audits,
  creates,
  fillNew,
  live,
  message,
  modal,
  startWorld,
  type World,
  type WorldOptions,
} from '../harness.ts';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  // The process is still running, and answers.
  const before = world.tom.sees(world.sales.id).length;
  await world.tom.command(world.sales.id, 'help');
  await world.slack.until(() => world.tom.sees(world.sales.id).length > before);
  await world.stop();
});

/** A request with the current time, which the stand-in signs as Slack does. */
const signedNow = (body: string) => ({
  body,
  headers: { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)) },
});
const asPayload = (payload: unknown) =>
  new URLSearchParams({
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  }).toString();

/** A form submission by Maria, as Slack sends it. */
const submission = (view: View | undefined) =>
  asPayload({
    type: 'view_submission',
    team: { id: world.slack.teamId },
    user: { id: world.maria.id },
    trigger_id: '1.2',
    view,
  });

describe('a signed request that is sent again', () => {
  it('is rejected, so a submission creates only one ticket', async () => {
    await start();
    const { maria, slack, auth0 } = world;
    const view = await fillNew(world);
    const request = signedNow(submission(view));
    expect(await slack.deliverRaw(request)).toMatchObject({ status: 200 });
    expect(await slack.deliverRaw(request)).toEqual({ status: 401, body: '' });
    await modal(world, maria, sentences.DONE_TITLE);
    expect(await slack.deliverRaw(request)).toEqual({ status: 401, body: '' });
    expect(creates(world)).toHaveLength(1);
    expect(auth0.tickets).toHaveLength(1);
    expect(world.log.join()).toContain('A signed request arrived a second time');
  });

  it('is accepted only once when ten copies arrive together', async () => {
    await start();
    const { maria, slack } = world;
    const request = signedNow(submission(await fillNew(world)));
    const answers = await Promise.all(Array.from({ length: 10 }, () => slack.deliverRaw(request)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(401)]);
    await modal(world, maria, sentences.DONE_TITLE);
    expect(live(world)).toHaveLength(1);
  });

  it('is rejected even with a suffix on its signature that Bolt ignores', async () => {
    await start();
    const { maria, slack } = world;
    const { body, headers } = signedNow(submission(await fillNew(world)));
    const timestamp = headers['x-slack-request-timestamp'];
    const hash = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const send = (signature: string) =>
      slack.deliverRaw({ body, headers: { ...headers, 'x-slack-signature': signature } });
    expect(await send(`v0=${hash}`)).toMatchObject({ status: 200 });
    await modal(world, maria, sentences.DONE_TITLE);
    expect(await send(`v0=${hash}=x`)).toMatchObject({ status: 401 });
    expect(creates(world)).toHaveLength(1);
  });

  it('is answered when it only repeats a search for suggestions', async () => {
    await start();
    const { maria } = world;
    await fillNew(world);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await maria.suggest('organizations', 'glob')).toMatchObject({ ok: true });
    }
  });
});

describe('a form that is submitted twice', () => {
  // Slack lets people submit again if the acknowledgement is late.
  it('creates only one ticket, during the first submission and after it', async () => {
    await start();
    const { maria, slack, auth0, sales } = world;
    const view = await fillNew(world);
    auth0.fail({ path: /sso-ticket$/ }, { delay: 1_000 });
    const twice = structuredClone(view);
    await Promise.all([
      slack.deliverRaw(signedNow(submission(view))),
      slack.deliverRaw(signedNow(`${submission(twice)}&pressed=again`)),
    ]);
    await message(world, maria, sales.id, sentences.OPEN_BY);
    await modal(world, maria, sentences.DONE_TITLE);
    expect(creates(world)).toHaveLength(1);
    expect(audits(world, 'ticket_requested')).toHaveLength(1);

    // A later submission of the same form creates nothing either.
    await slack.deliverRaw(signedNow(`${submission(twice)}&pressed=later`));
    expect(creates(world)).toHaveLength(1);
    expect(live(world)).toHaveLength(1);
  });
});

describe('a request body that is too large', () => {
  it.each([
    ['10 MB', () => `payload=${'x'.repeat(10_000_000)}`],
    ['2 MB of percent signs', () => '%25'.repeat(700_000)],
  ])('is rejected with 413 (%s)', async (_, body) => {
    await start();
    const { slack } = world;
    const answer = await slack.deliverRaw(signedNow(body())).catch(() => ({ status: 413, body: '' }));
    expect(answer).toEqual({ status: 413, body: '' });
  });
});

describe('a text longer than its field allows', () => {
  it('is rejected with an error in every text field', async () => {
    await start({ mode: 'socket' });
    const { maria, auth0 } = world;
    await fillNew(world);
    await maria.press(sentences.MORE_OPTIONS);
    const view = await world.slack.until(() =>
      maria.modal && !maria.modal.blocks.some(({ block_id }) => block_id === 'more')
        ? maria.modal
        : undefined,
    );
    const texts = view.blocks.filter(({ element }) => element?.type === 'plain_text_input');
    expect(texts.length).toBeGreaterThan(3);
    for (const { block_id, element } of texts) {
      const values = view.state.values[block_id] ?? {};
      const before = structuredClone(values);
      for (const unit of ['a', 'a-', 'a.']) {
        const value = unit.repeat(6_000 / unit.length);
        values[element?.action_id ?? ''] = { type: 'plain_text_input', value };
        expect(await forged(view), `${block_id} ${unit}`).not.toEqual([]);
      }
      view.state.values[block_id] = before;
    }
    expect(auth0.tickets).toEqual([]);
  });

  /** Submits a view without the checks of Slack's client, as a forged request would. */
  async function forged(view: View): Promise<string[]> {
    for (const block of view.blocks) {
      if (block.type === 'input') block.optional = true;
      if (block.element?.type === 'plain_text_input') block.element.max_length = 9_000_000;
    }
    const delivery = await world.maria.submit();
    if (!delivery.ok) throw new Error(delivery.error);
    return Object.values(world.maria.errors);
  }
});

describe('a signed payload that makes no sense', () => {
  it("is rejected with 400 if it isn't valid JSON", async () => {
    await start();
    for (const payload of ['{nope', '', '{"type":', 'undefined', '{"a":1}}', '\u0000']) {
      const { status } = await world.slack.deliverRaw(signedNow(asPayload(payload)));
      expect([payload, status]).toEqual([payload, 400]);
    }
  });

  it.each([
    ['an empty object', {}],
    ['an unknown type', { type: 'of_another_version' }],
    ['a click without actions', { type: 'block_actions', user: { id: 'U1' } }],
    [
      'a click with an unknown action',
      { type: 'block_actions', user: { id: 'U1' }, actions: [{ action_id: 'x', type: 'button' }] },
    ],
    [
      'a click that revokes a number',
      {
        type: 'block_actions',
        user: { id: 'U1' },
        actions: [{ action_id: 'revoke_ticket', type: 'button', value: 7 }],
        container: {},
      },
    ],
    ['a submission without a view', { type: 'view_submission', user: { id: 'U1' } }],
    [
      'a submission of an unknown view',
      {
        type: 'view_submission',
        user: { id: 'U1' },
        view: { id: 'V1', callback_id: 'x', type: 'modal', blocks: [], state: { values: {} } },
      },
    ],
    [
      'a submission without blocks',
      {
        type: 'view_submission',
        user: { id: 'U1' },
        view: { id: 'V1', callback_id: 'new_ticket', type: 'modal' },
      },
    ],
    [
      'a suggestion for an unknown field',
      { type: 'block_suggestion', user: { id: 'U1' }, action_id: 'x', block_id: 'x', value: 'x' },
    ],
    [
      'a suggestion without a value',
      { type: 'block_suggestion', user: { id: 'U1' }, action_id: 'organizations', block_id: 'organizations' },
    ],
    ['an unknown shortcut', { type: 'shortcut', user: { id: 'U1' }, callback_id: 'x', trigger_id: '1' }],
    ['an array', []],
    ['a number', 7],
  ])('is acknowledged and does nothing (%s)', async (_, payload) => {
    await start();
    const { status } = await world.slack.deliverRaw(signedNow(asPayload(payload)));
    expect(status).toBe(200);
    expect(creates(world)).toEqual([]);
    expect(world.slack.calls.filter(({ method }) => method === 'chat.postMessage')).toEqual([]);
  });
});
