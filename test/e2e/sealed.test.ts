import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { WorldOptions } from '../harness.ts';
import {
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  like,
  MODES,
  message,
  modal,
  startWorld,
  type World,
} from '../harness.ts';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

describe.each(MODES)('the check of payloads (%s)', (mode) => {
  it('rejects a form with forged metadata, and keeps what was entered', async () => {
    await start({ mode });
    const { maria, sales } = world;
    const view = await fillNew(world);
    const { private_metadata } = view;
    for (const forged of ['', 'nonsense', '{}', `${private_metadata.slice(0, -4)}AAAA`]) {
      view.private_metadata = forged;
      expect(await maria.submit()).toMatchObject({ ok: true });
      expect(Object.values(maria.errors)).toEqual([sentences.sealInvalid(CONTEXT)]);
      expect(maria.value('connectionName').value).toBe('acme-corp');
    }
    expect(creates(world)).toEqual([]);
    expect(maria.sees(sales.id)).toEqual([]);
    view.private_metadata = private_metadata;
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
  });

  it("rejects a form with another person's metadata, because they would get the link", async () => {
    await start({ mode });
    const { maria, tom, secret } = world;
    const mariasForm = await fillNew(world, { channel: secret.id });
    const tomsForm = await fillNew(world, { person: tom, name: 'from-tom' });
    tomsForm.private_metadata = mariasForm.private_metadata;
    await tom.submit();
    expect(Object.values(tom.errors)).toEqual([sentences.sealInvalid(CONTEXT)]);
    expect(creates(world)).toEqual([]);
    expect(maria.sees(secret.id)).toEqual([]);
  });

  it('rejects a form with the value of a button as metadata', async () => {
    await start({ mode });
    const { maria, sales } = world;
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    const button = link.blocks
      .flatMap(({ elements = [] }) => elements)
      .find(({ text }) => text?.text === sentences.REVOKE_LINK);
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    const view = await fillNew(world, { name: 'acme-2' });
    view.private_metadata = button?.value ?? '';
    await maria.submit();
    expect(Object.values(maria.errors)).toEqual([sentences.sealInvalid(CONTEXT)]);
    expect(creates(world)).toHaveLength(1);
  });

  it('says that a button with an unknown value has expired', async () => {
    await start({ mode });
    const { maria, sales, slack } = world;
    await maria.command(sales.id, 'edit nobody');
    const answer = await message(world, maria, sales.id, sentences.connectionNotFound('nobody', true, false));
    const [button] = answer.blocks.flatMap(({ elements = [] }) => elements.filter((each) => each.value));
    if (!button) throw new Error('There is no button');
    for (const value of ['', 'x', '{"kind":"other"}', '{"kind":"new","values":{"profile":"x"}}']) {
      button.value = value;
      const before = maria.sees(sales.id).length;
      await maria.press(button.text?.text ?? '', answer);
      const reply = await slack.until(() => maria.sees(sales.id)[before]);
      expect(reply.visibleTo).toBe(maria.id);
      expect(reply.text).toContain(sentences.buttonExpired('/sso-ticket'));
      expect(maria.modal).toBeUndefined();
    }
  });

  it('acknowledges an unknown shortcut, button, and form', async () => {
    await start({ mode });
    const { maria, sales } = world;
    expect(await maria.shortcut('of_another_version')).toMatchObject({ ok: true });
    await maria.command(sales.id, 'edit nobody');
    const answer = await message(world, maria, sales.id, sentences.connectionNotFound('nobody', true, false));
    const [button] = answer.blocks.flatMap(({ elements = [] }) => elements.filter((each) => each.value));
    if (!button) throw new Error('There is no button');
    button.action_id = 'of_another_version';
    expect(await maria.press('of_another_version', answer)).toMatchObject({ ok: true });
    const view = await fillNew(world);
    view.callback_id = 'of_another_version';
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(creates(world)).toEqual([]);
  });
});

describe('an unexpected error', () => {
  it('is reported to the user of a command', async () => {
    await start();
    const { maria, sales, slack } = world;
    // Slack accepts the view but sends an invalid response.
    slack.fail('views.open', { status: 200, body: 'null' }, 1);
    const before = maria.sees(sales.id).length;
    expect(await maria.command(sales.id, '')).toMatchObject({ ok: true });
    const reply = await slack.until(() => maria.modal ?? maria.sees(sales.id)[before]);
    expect(JSON.stringify(reply)).toMatch(
      like(sentences.unexpectedError(CONTEXT), sentences.formRefused(undefined, CONTEXT)),
    );
  });

  it('is reported in a form that was submitted with impossible values', async () => {
    await start();
    const { maria } = world;
    const view = await fillNew(world);
    const { state } = view;
    Object.assign(state.values.clients?.clients ?? {}, { selected_options: 'nonsense' });
    expect(await maria.submit()).toMatchObject({ ok: true });
    expect(Object.values(maria.errors)).toEqual([sentences.unexpectedError(CONTEXT)]);
    expect(creates(world)).toEqual([]);
  });

  it('does not affect other people', async () => {
    await start();
    const { maria, tom, sales } = world;
    const view = await fillNew(world);
    Object.assign(view.state.values.clients?.clients ?? {}, { selected_options: 7 });
    await maria.submit();
    await fillNew(world, { person: tom });
    await tom.submit();
    await message(world, tom, sales.id, sentences.linkTitle('acme-corp'));
  });
});

describe('requests that are not from Slack', () => {
  it('are rejected if the signature is missing, wrong, or old', async () => {
    await start();
    const { slack } = world;
    const body = 'command=%2Fsso-ticket&text=help&user_id=U1';
    const old = String(Math.floor(Date.now() / 1000) - 600);
    for (const headers of [
      { 'x-slack-signature': undefined },
      { 'x-slack-signature': 'v0=00' },
      { 'x-slack-request-timestamp': old },
    ]) {
      const { status } = await slack.deliverRaw({ body, headers });
      expect(status).toBe(401);
    }
    expect(slack.calls.filter(({ method }) => method !== 'auth.test' && method !== 'bots.info')).toEqual([]);
  });
});
