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

describe.each(MODES)('"Revoke link", over %s', (mode) => {
  it.each(['sales', 'secret'] as const)('asks, revokes and replaces the message in %s', async (place) => {
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
  });
});

describe('"Revoke link"', () => {
  it('says that the link still works if Auth0 refuses, and works later', async () => {
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

  it('names the permission that it lacks', async () => {
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

  it('waits for the rate limit', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    const link = await createLink(world);
    auth0.fail({ path: /revoke$/ }, { status: 429 }, 1);
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, REVOKED);
    expect(revokes(world).map(({ status }) => status)).toEqual([429, 202]);
  });

  it('says so beside the message where it cannot be replaced', async () => {
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

  it('can be pressed twice', async () => {
    await start();
    const { maria, sales } = world;
    const link = await createLink(world);
    await Promise.all([maria.press(sentences.REVOKE_LINK, link), maria.press(sentences.REVOKE_LINK, link)]);
    await message(world, maria, sales.id, REVOKED);
    expect(live(world)).toEqual([]);
  });

  it('of another bot, or with an ID that is on no record, revokes nothing', async () => {
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
    ['nothing', () => ''],
    ['another text', () => 'not sealed at all'],
    ['a tampered value', (value: string) => `${value.slice(0, -6)}AAAAAA`],
    ['half a value', (value: string) => value.slice(0, value.length / 2)],
    ['a list', () => '[]'],
  ])('refuses %s in a sentence, without a call', async (_, change) => {
    await start();
    const { maria, sales } = world;
    const link = await createLink(world);
    const button = buttonOf(link);
    button.value = change(button.value ?? '');
    expect(await maria.press(sentences.REVOKE_LINK, link)).toMatchObject({ ok: true });
    const answer = await message(world, maria, sales.id, sentences.revokeForged(CONTEXT));
    expect(answer.visibleTo).toBe(maria.id);
    expect(revokes(world)).toEqual([]);
    expect(live(world)).toHaveLength(1);
  });

  it("refuses what was sealed for a view: one purpose's values do not serve another", async () => {
    await start();
    const { maria, sales } = world;
    const view = await fillNew(world);
    const origin = view.private_metadata;
    await maria.close();
    const link = await createLink(world);
    buttonOf(link).value = origin;
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, sentences.revokeForged(CONTEXT));
    expect(revokes(world)).toEqual([]);
  });
});
