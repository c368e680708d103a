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

/** The conversation in which links may arrive. Maria is a member. */
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

/** The messages that hold a link. */
const links = () => world.slack.messages.filter((each) => linkIn(each));
const asked = () => world.slack.calls.filter(({ method }) => method === 'conversations.members');

/** No link was made, and the form is back as it was. */
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
  ])('brings the link to %s', async (_, channel) => {
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

  it('is refused for a channel that is not allowed, and asks Slack nothing about it', async () => {
    const { maria, slack } = world;
    slack.addChannel({ id: SHUT, kind: 'public', members: [maria.id], botIsMember: true });
    await fillShortcut(SHUT);
    await maria.submit();
    expect(maria.errors).toEqual({ conversation: expect.stringMatching(ELSEWHERE) });
    expectNoLink('channel', SHUT);
    expect(asked()).toEqual([]);
  });

  it('is refused if it names no conversation: the field is not in the payload', async () => {
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

  it('is refused for an allowed channel that the person is not a member of', async () => {
    const { maria, tom } = world;
    addOpen({ members: [tom.id] });
    await fillShortcut(OPEN);
    await maria.submit();
    expect(textOf(await modal(world, maria, NO_MEMBER))).toMatch(NO_MEMBER);
    expectNoLink('not_member', OPEN);
    expect(links()).toEqual([]);

    // Once they have joined, the same form does it.
    world.slack.channels.get(OPEN)?.members.add(maria.id);
    await maria.submit();
    await message(world, maria, OPEN, LINK);
  });

  it('is refused for a private channel without the bot, of which Slack tells it nothing', async () => {
    const { maria } = world;
    addOpen({ kind: 'private', botIsMember: false });
    await fillShortcut(OPEN);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', OPEN);
  });

  it('is refused in a message, in the conversation with the bot, if it is closed meanwhile', async () => {
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

  it('finds the person among 4,995 members, and asks no further', async () => {
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

  it('brings the link there or nowhere: what cannot be delivered is revoked', async () => {
    const { maria, slack } = world;
    addOpen({ botIsMember: false });
    await fillShortcut(OPEN);
    // The conversation with the bot would take it.
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

describe.each(MODES)(
  'with ALLOWED_CHANNELS, over %s, a link goes where it was asked for or nowhere',
  (mode) => {
    beforeEach(async () => {
      world = await startWorld({ mode, env: { ALLOWED_CHANNELS: OPEN } });
      addOpen({ botIsMember: false });
    });

    const undeliverable = async () => {
      const { maria, slack } = world;
      slack.fail('response_url', { error: 'used_url' });
      await maria.submit();
      await modal(world, maria, /couldn't deliver your link/);
      expect(links()).toEqual([]);
      expect(live(world)).toEqual([]);
      expect(revokes(world)).toHaveLength(1);
      // Slack has said where the person is, so it is not asked.
      expect(asked()).toEqual([]);
    };

    it('after a command', async () => {
      await fillNew(world, { channel: OPEN });
      await undeliverable();
    });

    it('after a click', async () => {
      const { maria } = world;
      await maria.command(OPEN, 'edit nobody');
      const answer = await message(world, maria, OPEN, /no connection called/i);
      await maria.press(sentences.NEW_CONNECTION, answer);
      await modal(world, maria, /New SSO connection/);
      await maria.type('connectionName', 'acme-corp');
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      await undeliverable();
    });

    it.each([
      ['a command', (payload: Json) => ({ ...payload, channel_id: '' }), ''],
      ['a click', ({ channel: _, ...payload }: Json) => ({ ...payload, container: {} }), 'click'],
    ])('and %s that names no conversation is refused', async (_, alter, click) => {
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
  },
);

describe('while Slack does not say who is in a channel', () => {
  const says = (body: string): Fault => ({ status: 200, body });
  const FAULTS: [string, Fault][] = [
    ['an error', { error: 'fetch_members_failed' }],
    ['a missing scope', { error: 'missing_scope' }],
    ['the rate limit', { status: 429, headers: { 'retry-after': '10' } }],
    ['a status 500', { status: 500 }],
    ['a web page', 'html'],
    ['nothing', 'empty'],
    ['half an answer', 'cut'],
    ['a broken connection', 'reset'],
    ['ok alone', says('{"ok":true}')],
    ['no list', says('{"ok":true,"members":"U0MARIA"}')],
    ['no answer', 'hang'],
  ];

  it.each(FAULTS)('but answers with %s, no link is made', async (_, fault) => {
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
  ] as const)('for want of the scope %s, no link is made', async (scope, kind) => {
    world = await startWorld({ env: { ALLOWED_CHANNELS: OPEN } });
    const { maria, slack } = world;
    slack.scopes = slack.scopes.filter((each) => each !== scope);
    addOpen({ kind });
    await fillShortcut(OPEN);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', OPEN);
  });

  it('so it is with a direct message, even if it is in ALLOWED_CHANNELS', async () => {
    world = await startWorld({ env: { ALLOWED_CHANNELS: 'D0DIRECT' } });
    const { maria, direct } = world;
    await fillShortcut(direct.id);
    await maria.submit();
    await modal(world, maria, UNKNOWN);
    expectNoLink('membership_unknown', direct.id);
  });
});

describe.each(MODES)('without ALLOWED_CHANNELS, over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode });
  });

  it.each(['sales', 'secret', 'direct'] as const)('the shortcut brings the link to %s', async (place) => {
    const { maria } = world;
    await fillShortcut(world[place].id);
    await maria.submit();
    await message(world, maria, world[place].id, LINK);
    await modal(world, maria, /Your link is ready/);
    expect(asked()).toEqual([]);
    expect(audits(world, 'ticket_delivered')).toMatchObject([{ channel: world[place].id }]);
  });

  it('a link that arrives in the conversation with the bot has its ID in the audit line', async () => {
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
