import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { Message } from '../../stand-ins/slack/server.ts';
import type { WorldOptions } from '../harness.ts';
import {
  CONTEXT,
  createLink,
  expectClean,
  fillNew,
  linkIn,
  live,
  MODES,
  message,
  revokes,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const REVOKED = sentences.revoked('acme-corp', CONTEXT);

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

function buttonOf(link: Message) {
  const button = link.blocks
    .flatMap(({ elements = [] }) => elements)
    .find(({ text }) => text?.text === sentences.REVOKE_LINK);
  if (!button) throw new Error('The message has no button to revoke');
  return button;
}

describe.each(MODES)('“Revoke link” (%s)', (mode) => {
  it.each(['sales', 'secret'] as const)(
    'asks for confirmation, revokes the link, and replaces the message in the %s channel',
    async (place) => {
      await start({ mode });
      const { maria, tom, auth0 } = world;
      const channel = world[place].id;
      const link = await createLink(world, { name: 'acme-corp', channel });
      const other = await createLink(world, { name: 'acme-2', channel });
      expect(await maria.press(sentences.REVOKE_LINK, link)).toMatchObject({ ok: true });
      expect(maria.confirmed).toHaveLength(1);
      expect(maria.confirmed[0]?.text.text).toBe(sentences.REVOKE_CONFIRMATION.text);
      await message(world, maria, channel, REVOKED);
      expect(link.replaced).toHaveLength(1);
      expect(textOf(link)).toContain(REVOKED);
      expect(linkIn(link)).toBeUndefined();
      expect(maria.sees(channel)).toEqual([link, other]);
      expect(tom.sees(channel)).toEqual([]);
      expect(linkIn(other)).toBeDefined();
      expect(auth0.tickets.map(({ state }) => state)).toEqual(['revoked', 'live']);
      expect(revokes(world)).toHaveLength(1);
      expect(revokes(world)[0]?.headers['x-correlation-id']).toMatch(/^[\w-]{8,64}$/);
    },
  );
});

describe('“Revoke link”', () => {
  it('says that the link still works if Auth0 rejects the call, and can be clicked again', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    const link = await createLink(world);
    auth0.fail({ path: /revoke$/ }, { status: 400, body: { message: 'no' } }, 1);
    await maria.press(sentences.REVOKE_LINK, link);
    const answer = await message(
      world,
      maria,
      sales.id,
      sentences.revokeSentence(new Auth0Error('rejected'), 'acme-corp', CONTEXT),
    );
    expect(answer.visibleTo).toBe(maria.id);
    expect(linkIn(link)).toBeDefined();
    expect(live(world)).toHaveLength(1);
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, REVOKED);
    expect(live(world)).toEqual([]);
  });

  it.each([
    [{ status: 500 }, new Auth0Error('failed', { status: 500, mayHaveHappened: true })],
    ['reset', new Auth0Error('no_answer', { mayHaveHappened: true })],
  ] as const)('says that the link may still work after %j', async (behaviour, error) => {
    await start();
    const { maria, sales, auth0 } = world;
    const link = await createLink(world);
    auth0.fail({ path: /revoke$/ }, behaviour);
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revokeSentence(error, 'acme-corp', CONTEXT));
    expect(linkIn(link)).toBeDefined();
    expect(revokes(world)).toHaveLength(1);
  });

  it('names the missing permission', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'delete:sso_access_tickets');
      },
    });
    const link = await createLink(world);
    await world.maria.press(sentences.REVOKE_LINK, link);
    const error = new Auth0Error('missing_permission', { permission: 'delete:sso_access_tickets' });
    await message(world, world.maria, world.sales.id, sentences.revokeSentence(error, 'acme-corp', CONTEXT));
    expect(live(world)).toHaveLength(1);
  });

  it('tries again after a rate limit', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    const link = await createLink(world);
    auth0.fail({ path: /revoke$/ }, { status: 429 }, 1);
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, REVOKED);
    expect(revokes(world).map(({ status }) => status)).toEqual([429, 202]);
  });

  it('confirms in a new message if the old one cannot be replaced', async () => {
    await start();
    const { maria, sales, slack } = world;
    const link = await createLink(world);
    slack.fail('response_url', { error: 'used_url' });
    await maria.press(sentences.REVOKE_LINK, link);
    const answer = await message(world, maria, sales.id, REVOKED);
    expect(answer).not.toBe(link);
    expect(answer).toMatchObject({ via: 'chat.postEphemeral', visibleTo: maria.id });
    expect(live(world)).toEqual([]);
  });

  it('can be clicked twice', async () => {
    await start();
    const { maria, sales } = world;
    const link = await createLink(world);
    await Promise.all([maria.press(sentences.REVOKE_LINK, link), maria.press(sentences.REVOKE_LINK, link)]);
    await message(world, maria, sales.id, REVOKED);
    expect(live(world)).toEqual([]);
  });

  it('revokes nothing if the bot has no record of the link', async () => {
    await start();
    const { maria, sales } = world;
    const link = await createLink(world);
    const elsewhere = await startWorld();
    const foreign = await createLink(elsewhere);
    buttonOf(link).value = buttonOf(foreign).value ?? '';
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revokeNoRecord(CONTEXT));
    expect(revokes(world)).toEqual([]);
    expect(live(world)).toHaveLength(1);
    expect(live(elsewhere)).toHaveLength(1);
    await elsewhere.stop();
  });

  it.each([
    ['empty', () => ''],
    ['other text', () => 'not sealed at all'],
    ['tampered with', (value: string) => `${value.slice(0, -6)}AAAAAA`],
    ['cut in half', (value: string) => value.slice(0, value.length / 2)],
    ['a list', () => '[]'],
  ])('rejects a value that is %s without calling Auth0', async (_, change) => {
    await start();
    const { maria, sales } = world;
    const link = await createLink(world);
    const button = buttonOf(link);
    button.value = change(button.value ?? '');
    expect(await maria.press(sentences.REVOKE_LINK, link)).toMatchObject({ ok: true });
    const answer = await message(world, maria, sales.id, sentences.revokeButtonInvalid(CONTEXT));
    expect(answer.visibleTo).toBe(maria.id);
    expect(revokes(world)).toEqual([]);
    expect(live(world)).toHaveLength(1);
  });

  it('rejects a value that was sealed for a view', async () => {
    await start();
    const { maria, sales } = world;
    const view = await fillNew(world);
    const origin = view.private_metadata;
    await maria.close();
    const link = await createLink(world);
    buttonOf(link).value = origin;
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revokeButtonInvalid(CONTEXT));
    expect(revokes(world)).toEqual([]);
  });
});
