import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { Fault, Message, NewChannel } from '../../stand-ins/slack/server.ts';
import {
  audits,
  buttonsIn,
  CONTEXT,
  expectClean,
  expectInert,
  MODES,
  message,
  modal,
  says,
  startWorld,
  textOf,
  type World,
} from '../harness.ts';

const LIST = sentences.profileCount(2);

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

/** A new channel with Maria, Tom and Carl, who works for a customer. */
function addChannel(channel: Partial<NewChannel>) {
  const { slack, maria, tom } = world;
  const carl = slack.addUser({ name: 'Carl', foreign: true });
  const members = [maria.id, tom.id, carl.id];
  const { id } = slack.addChannel({ kind: 'public', botIsMember: true, members, ...channel });
  return { id, carl: slack.as(carl.id) };
}

async function list(channel: string): Promise<Message> {
  await world.maria.command(channel, 'profiles');
  return world.slack.until(() => world.maria.sees(channel).find((each) => says(textOf(each), LIST)));
}

function expectOnlyRequesterSees(shown: Message) {
  const { maria, tom } = world;
  expect(shown).toMatchObject({ visibleTo: maria.id, stored: false });
  expect(textOf(shown)).toContain(sentences.PROFILES_ONLY_YOU);
  const canPost = !shown.channel.startsWith('D');
  const create = [sentences.FORM_SUBMIT, sentences.FORM_SUBMIT];
  expect(buttonsIn(shown)).toEqual(canPost ? [sentences.POST_PROFILES, ...create] : create);
  expect(tom.sees(shown.channel)).toEqual([]);
  expectInert(shown);
}

function expectEveryoneSees(shown: Message) {
  expect(shown.visibleTo).toBeUndefined();
  expect(textOf(shown)).not.toContain(sentences.PROFILES_ONLY_YOU);
  expect(buttonsIn(shown)).toEqual([sentences.FORM_SUBMIT, sentences.FORM_SUBMIT]);
  expect(world.tom.sees(shown.channel)).toContain(shown);
}

describe.each(MODES)('the list of profiles over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode });
  });

  it.each([
    ['a public channel', { kind: 'public' }],
    ['a public channel without the bot', { kind: 'public', botIsMember: false }],
    ['a private channel with the bot', { kind: 'private' }],
    ['a channel shared within the company', { kind: 'public', shared: 'org' }],
  ] satisfies [string, Partial<NewChannel>][])('is visible to everyone in %s', async (_, channel) => {
    expectEveryoneSees(await list(addChannel(channel).id));
  });

  it('is visible only to the requester in a direct message', async () => {
    const { id } = addChannel({ kind: 'im', botIsMember: false });
    expectOnlyRequesterSees(await list(id));
  });

  it.each([
    ['a channel shared with another company', { kind: 'public', shared: 'external' }],
    ['a private channel shared with another company', { kind: 'private', shared: 'external' }],
    ['a channel that is about to be shared', { kind: 'public', shared: 'pending' }],
    ["a private channel that the bot can't see", { kind: 'private', botIsMember: false }],
  ] satisfies [string, Partial<NewChannel>][])(
    'is visible only to the requester in %s until they post it',
    async (_, channel) => {
      const { maria, tom, slack } = world;
      const { id } = addChannel(channel);
      const onlyForMaria = await list(id);
      expectOnlyRequesterSees(onlyForMaria);
      await maria.press(sentences.POST_PROFILES, onlyForMaria);
      const posted = await slack.until(() => tom.sees(id)[0]);
      expect(textOf(posted)).toContain(LIST);
      expectEveryoneSees(posted);
      expect(onlyForMaria.replaced).toEqual([]);
      expect(slack.messages.filter((each) => each.channel === id)).toHaveLength(2);

      await tom.press(sentences.FORM_SUBMIT, posted);
      await modal(world, tom, sentences.FORM_TITLE.new);
    },
  );

  it('denies “Create link” to guests and people from other companies', async () => {
    const { maria, slack, auth0 } = world;
    const { id, carl } = addChannel({ shared: true });
    const guest = slack.addUser({ name: 'Gil', guest: true });
    slack.channels.get(id)?.members.add(guest.id);
    await maria.press(sentences.POST_PROFILES, await list(id));
    const posted = await slack.until(() => carl.sees(id)[0]);
    await slack.until(() => auth0.requests.every(({ status }) => status > 0));
    const requests = auth0.requests.length;
    for (const person of [carl, slack.as(guest.id)]) {
      await person.press(sentences.FORM_SUBMIT, posted);
      const told = await message(world, person, id, sentences.accessSentence('user', CONTEXT));
      expect(told.visibleTo).toBe(person.id);
      expect(person.modal).toBeUndefined();
      expect(maria.sees(id)).not.toContain(told);
    }
    expect(auth0.requests).toHaveLength(requests);
    expect(audits(world)).toMatchObject(
      [carl.id, guest.id].map((user) => ({
        event: 'access_denied',
        user,
        channel: id,
        what: 'open_form',
        reason: 'user',
      })),
    );
  });
});

describe("when conversations.info doesn't say whether a channel is shared", () => {
  const says = (body: string): Fault => ({ status: 200, body });
  const FAULTS: [string, Fault][] = [
    ['it fails', { error: 'fatal_error' }],
    ['it is rate limited', { status: 429, headers: { 'retry-after': '10' } }],
    ['it answers 500', { status: 500 }],
    ['it answers with an HTML page', 'html'],
    ['its answer is empty', 'empty'],
    ['the connection is reset', 'reset'],
    ['it names no channel', says('{"ok":true}')],
    ['it says nothing about the channel', says('{"ok":true,"channel":{}}')],
    ['it never answers', 'hang'],
  ];

  it.each(FAULTS)('because %s, only the requester sees the list', async (_, fault) => {
    world = await startWorld();
    const { id } = addChannel({ kind: 'public' });
    world.slack.fail('conversations.info', fault);
    expectOnlyRequesterSees(await list(id));
  });

  it.each([
    ['channels:read', 'public'],
    ['groups:read', 'private'],
  ] as const)(
    'because the scope %s is missing, only the requester sees the list in a %s channel',
    async (scope, kind) => {
      world = await startWorld();
      world.slack.scopes = world.slack.scopes.filter((each) => each !== scope);
      expectOnlyRequesterSees(await list(addChannel({ kind }).id));
    },
  );
});
