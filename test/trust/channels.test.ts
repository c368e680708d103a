import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { Fault, Json, NewChannel } from '../../stand-ins/slack/server.ts';
import {
  audits,
  creates,
  expectClean,
  fillNew,
  linkIn,
  live,
  MODES,
  message,
  modal,
  revokes,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const OPEN = 'C0OPEN';
const SHUT = 'C0SHUT';
const LINK = /SSO link for acme-corp/;
const ELSEWHERE = /works only in certain channels, and this isn't one of them/;
const NO_MEMBER = /You aren't a member of the conversation you chose.*No link was created/;
const UNKNOWN = /The bot can't see whether you're a member.*Invite the bot.*No link was created/;

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

/** Adds the channel in ALLOWED_CHANNELS. By default, Maria is a member. */
function addOpen(channel: Partial<NewChannel> = {}) {
  const { slack, maria, tom } = world;
  const members = [tom.id, maria.id];
  return slack.addChannel({ id: OPEN, kind: 'public', members, botIsMember: true, ...channel });
}

/** Fills in the form of the shortcut. */
async function fillShortcut(conversation: string): Promise<void> {
  const { maria } = world;
  await maria.shortcut('create_sso_ticket');
  await modal(world, maria, /New SSO connection/);
  await maria.type('connectionName', 'acme-corp');
  await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await maria.choose('conversation', conversation);
}

/** The messages with a link. */
const links = () => world.slack.messages.filter((each) => linkIn(each));
const asked = () => world.slack.calls.filter(({ method }) => method === 'conversations.members');

/** Expects that no link was created, and that the form is open with its values. */
function expectNoLink(reason: string, channel: string | undefined) {
  const { maria } = world;
  expect(creates(world)).toEqual([]);
  expect(maria.value('connectionName').value).toBe('acme-corp');
  expect(maria.value('clients').selected_options).toHaveLength(1);
  const line = { event: 'access_denied', user: maria.id, what: 'view_submission', reason };
  expect(audits(world)).toMatchObject([channel === undefined ? line : { ...line, channel }]);
}

describe.each(MODES)("with ALLOWED_CHANNELS, the shortcut's form over %s", (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode, env: { ALLOWED_CHANNELS: `C0ELSE,${OPEN}` } });
  });

  it.each<[string, Partial<NewChannel>]>([
    ['a public channel', { kind: 'public' }],
    ['a public channel without the bot', { kind: 'public', botIsMember: false }],
    ['a private channel with the bot', { kind: 'private' }],
  ])('delivers the link to %s', async (_, channel) => {
    const { maria } = world;
    addOpen(channel);
    await fillShortcut(OPEN);
    await maria.submit();
    expect(await message(world, maria, OPEN, LINK)).toMatchObject({ via: 'response_url' });
    await modal(world, maria, /Your link is ready/);
    expect(links()).toHaveLength(1);
    expect(audits(world, 'ticket_delivered')).toMatchObject([{ channel: OPEN }]);
    expect(asked()).toHaveLength(1);
  });

  it("is rejected for a channel that isn't allowed, without asking Slack about its members", async () => {
    const { maria, slack } = world;
    slack.addChannel({ id: SHUT, kind: 'public', members: [maria.id], botIsMember: true });
    await fillShortcut(SHUT);
    await maria.submit();
    expect(maria.errors).toEqual({ conversation: expect.stringMatching(ELSEWHERE) });
    expectNoLink('channel', SHUT);
    expect(asked()).toEqual([]);
  });

  it('is rejected if its payload has no conversation field', async () => {
    const { maria, slack } = world;
    addOpen();
    await fillShortcut(OPEN);
    slack.alter = (payload) => {
      const view = structuredClone(payload.view) as { blocks: Json[]; state: { values: Json } };
      view.blocks = view.blocks.filter(({ block_id }) => block_id !== 'conversation');
      delete view.state.values.conversation;
      return { ...payload, view, response_urls: [] };
    };
    await maria.submit();
    const texts = Object.values(maria.errors);
    expect(texts).toEqual([expect.stringMatching(ELSEWHERE)]);
    expectNoLink('channel', undefined);
  });

  it('is rejected for an allowed channel until the person joins it', async () => {
    const { maria, tom } = world;
    addOpen({ members: [tom.id] });
    await fillShortcut(OPEN);
    await maria.submit();
    expect(textOf(await modal(world, maria, NO_MEMBER))).toMatch(NO_MEMBER);
    expectNoLink('not_member', OPEN);
    expect(links()).toEqual([]);

    // After they join, the same form works.
    world.slack.channels.get(OPEN)?.members.add(maria.id);
    await maria.submit();
    await message(world, maria, OPEN, LINK);
  });

  it("is rejected for a private channel that the bot can't see", async () => {
    const { maria } = world;
    addOpen({ kind: 'private', botIsMember: false });
    await fillShortcut(OPEN);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', OPEN);
  });

  it('is rejected in the conversation with the bot if the form was closed', async () => {
    const { maria, tom, slack } = world;
    addOpen({ members: [tom.id] });
    await fillShortcut(OPEN);
    slack.fail('conversations.members', { delay: 300 });
    await maria.submit();
    await maria.close();
    const told = await slack.until(() => slack.messages.find((each) => NO_MEMBER.test(textOf(each))));
    expect(told).toMatchObject({ visibleTo: maria.id, via: 'chat.postEphemeral' });
    expect(slack.channels.get(told.channel)).toMatchObject({ kind: 'im', botIsMember: true });
    expect(textOf(told)).toContain('acme-corp');
    expect(creates(world)).toEqual([]);
  });

  it('finds the 4,995th member of a channel but not the 6,001st, with five calls each', async () => {
    const { maria } = world;
    const crowd = Array.from({ length: 6_000 }, (_, at) => `U0CROWD${at}`);
    const open = addOpen({ members: [...crowd.slice(0, 4_994), maria.id, ...crowd.slice(4_994)] });
    await fillShortcut(OPEN);
    await maria.submit();
    await message(world, maria, OPEN, LINK);
    expect(asked()).toHaveLength(5);
    expect(new Set(asked().map(({ args }) => args.cursor)).size).toBe(5);
    await modal(world, maria, /Your link is ready/);
    await maria.close();

    open.members.delete(maria.id);
    open.members.add(maria.id);
    await fillShortcut(OPEN);
    await maria.type('connectionName', 'other-corp');
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expect(asked()).toHaveLength(10);
    expect(creates(world)).toHaveLength(1);
  });

  it("revokes a link that can't be delivered to the chosen channel", async () => {
    const { maria, slack } = world;
    addOpen({ botIsMember: false });
    await fillShortcut(OPEN);
    // The bot could still deliver it in its own conversation with Maria, but must not.
    slack.fail('response_url', { error: 'expired_url' });
    await maria.submit();
    expect(textOf(await modal(world, maria, /couldn't deliver your link/))).toMatch(/the bot revoked it/);
    expect(links()).toEqual([]);
    expect(live(world)).toEqual([]);
    expect(revokes(world)).toHaveLength(1);
    expect(audits(world, 'ticket_delivered')).toEqual([]);
    expect(audits(world, 'ticket_not_delivered')).toMatchObject([{ channel: OPEN }]);
  });
});

describe.each(MODES)('with ALLOWED_CHANNELS over %s, the bot', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode, env: { ALLOWED_CHANNELS: OPEN } });
    addOpen({ botIsMember: false });
  });

  const expectRevokedIfUndelivered = async () => {
    const { maria, slack } = world;
    slack.fail('response_url', { error: 'used_url' });
    await maria.submit();
    await modal(world, maria, /couldn't deliver your link/);
    expect(links()).toEqual([]);
    expect(live(world)).toEqual([]);
    expect(revokes(world)).toHaveLength(1);
    // The payload says where the person is, so the bot doesn't check the members.
    expect(asked()).toEqual([]);
  };

  it("revokes a link that can't be delivered after a command", async () => {
    await fillNew(world, { channel: OPEN });
    await expectRevokedIfUndelivered();
  });

  it("revokes a link that can't be delivered after a click", async () => {
    const { maria } = world;
    await maria.command(OPEN, 'edit nobody');
    const answer = await message(world, maria, OPEN, /no connection called/i);
    await maria.press(sentences.NEW_CONNECTION, answer);
    await modal(world, maria, /New SSO connection/);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await expectRevokedIfUndelivered();
  });

  it.each([
    ['a command', (payload: Json) => ({ ...payload, channel_id: '' }), ''],
    ['a click', ({ channel: _, ...payload }: Json) => ({ ...payload, container: {} }), 'click'],
  ])('rejects %s that names no conversation', async (_, alter, click) => {
    const { maria, slack } = world;
    await maria.command(OPEN, 'edit nobody');
    const answer = await message(world, maria, OPEN, /no connection called/i);
    slack.alter = alter;
    if (click) await maria.press(sentences.NEW_CONNECTION, answer);
    else await maria.command(OPEN, '');
    await message(world, maria, OPEN, ELSEWHERE);
    expect(maria.modal).toBeUndefined();
    expect(audits(world)).toMatchObject([{ event: 'access_denied', reason: 'channel' }]);
  });
});

describe("the shortcut's form, when Slack doesn't say who is in the channel,", () => {
  const says = (body: string): Fault => ({ status: 200, body });
  const FAULTS: [string, Fault][] = [
    ['an error', { error: 'fetch_members_failed' }],
    ['a missing scope', { error: 'missing_scope' }],
    ['a rate limit', { status: 429, headers: { 'retry-after': '10' } }],
    ['status 500', { status: 500 }],
    ['an HTML page', 'html'],
    ['an empty answer', 'empty'],
    ['a truncated answer', 'cut'],
    ['a connection reset', 'reset'],
    ['an answer with only “ok”', says('{"ok":true}')],
    ['a string instead of a list', says('{"ok":true,"members":"U0MARIA"}')],
    ['a timeout', 'hang'],
  ];

  it.each(FAULTS)('creates no link on %s', async (_, fault) => {
    world = await startWorld({ env: { ALLOWED_CHANNELS: OPEN } });
    const { maria, slack } = world;
    addOpen();
    await fillShortcut(OPEN);
    slack.fail('conversations.members', fault);
    expect((await maria.submit()).ms).toBeLessThan(3_000);
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', OPEN);
  });

  it.each([
    ['channels:read', 'public'],
    ['groups:read', 'private'],
  ] as const)('creates no link without the scope %s', async (scope, kind) => {
    world = await startWorld({ env: { ALLOWED_CHANNELS: OPEN } });
    const { maria, slack } = world;
    slack.scopes = slack.scopes.filter((each) => each !== scope);
    addOpen({ kind });
    await fillShortcut(OPEN);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', OPEN);
  });

  it('creates no link in a direct message, even if ALLOWED_CHANNELS lists it', async () => {
    world = await startWorld({ env: { ALLOWED_CHANNELS: 'D0DIRECT' } });
    const { maria, direct } = world;
    await fillShortcut(direct.id);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', direct.id);
  });
});

describe.each(MODES)('without ALLOWED_CHANNELS over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode });
  });

  it.each(['sales', 'secret', 'direct'] as const)(
    'the shortcut delivers the link to the conversation “%s”',
    async (place) => {
      const { maria } = world;
      await fillShortcut(world[place].id);
      await maria.submit();
      await message(world, maria, world[place].id, LINK);
      await modal(world, maria, /Your link is ready/);
      expect(asked()).toEqual([]);
      expect(audits(world, 'ticket_delivered')).toMatchObject([{ channel: world[place].id }]);
    },
  );

  it('the audit line names the conversation with the bot if the link is delivered there', async () => {
    const { maria, secret, slack } = world;
    await fillNew(world, { channel: secret.id });
    slack.fail('response_url', { error: 'used_url' });
    await maria.submit();
    await modal(world, maria, /conversation with this bot/);
    const [link] = links();
    expect(slack.channels.get(link?.channel ?? '')).toMatchObject({ kind: 'im', botIsMember: true });
    expect(audits(world, 'ticket_made')).toMatchObject([{ channel: secret.id }]);
    expect(audits(world, 'ticket_delivered')).toMatchObject([{ channel: link?.channel }]);
  });
});
