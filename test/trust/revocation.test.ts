import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import { Seal } from '../../src/lib/seal.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import type { Message } from '../../stand-ins/slack/server.ts';
import {
  ANY_NUMBER,
  audits,
  botSettings,
  buttonsIn,
  CONTEXT,
  createLink,
  creates,
  expectClean,
  fillNew,
  like,
  live,
  message,
  modal,
  revokes,
  says,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';

let world: World;
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const buttonOf = (shown: Message) => {
  const button = shown.blocks
    .flatMap(({ elements = [] }) => elements)
    .find(({ action_id }) => action_id === 'revoke_ticket');
  if (!button) throw new Error('There is no button');
  return button;
};

/** Restarts the bot with other settings. */
async function restart(env: Record<string, string>): Promise<void> {
  const { slack, auth0, app, database, log } = world;
  await app.stop();
  const settings = readConfig({ ...botSettings(slack, auth0, 'http'), ...database, ...env });
  world.app = createApp(settings, createLog('debug', { write: (line) => log.push(line) }));
  const { port } = await world.app.start();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
}

describe('a link', () => {
  it('can be revoked by its requester, even after a restart and without access to the bot', async () => {
    world = await startWorld();
    const { maria, tom, slack } = world;
    const link = await createLink(world);
    await restart({ ALLOWED: tom.id, EDITORS: 'nobody' });
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(link), sentences.revoked('acme-corp', CONTEXT)));
    expect(live(world)).toEqual([]);
  });

  it('can be revoked by an editor, and the receipt names them', async () => {
    world = await startWorld({ env: (_, slack) => ({ EDITORS: slack.addUser({ name: 'Ed' }).id }) });
    const { slack, sales } = world;
    await createLink(world);
    const receipt = slack.messages.find(({ via }) => via === 'chat.postMessage');
    const editor = [...slack.users.values()].find(({ name }) => name === 'Ed');
    if (!receipt || !editor) throw new Error('There is no receipt');
    sales.members.add(editor.id);
    const ed = slack.as(editor.id);
    // The editor's own button, with the ID of Maria's record.
    const own = await createLink(world, { person: ed, name: 'globex' });
    buttonOf(own).value = buttonOf(receipt).value ?? '';
    await ed.press(sentences.REVOKE_LINK, own);
    await slack.until(() => says(textOf(receipt), sentences.revoked('acme-corp', CONTEXT)));
    expect(JSON.stringify(receipt.blocks)).toContain(`"user_id":"${ed.id}"`);
    expect(buttonsIn(receipt)).toEqual([]);
    expect(textOf(receipt)).toContain('Customer Portal');
    expect(live(world)).toHaveLength(1);
  });

  it("can't be revoked by anyone else, even with its record ID", async () => {
    world = await startWorld({ env: (_, slack) => ({ EDITORS: slack.addUser({ name: 'Ed' }).id }) });
    const { tom, sales } = world;
    const link = await createLink(world);
    const own = await createLink(world, { person: tom, name: 'globex' });
    buttonOf(own).value = buttonOf(link).value ?? '';
    await tom.press(sentences.REVOKE_LINK, own);
    await message(world, tom, sales.id, sentences.accessSentence('revoke', CONTEXT));
    expect(revokes(world)).toEqual([]);
    expect(live(world)).toHaveLength(2);
    expect(audits(world, 'access_denied')).toMatchObject([{ user: tom.id, reason: 'revoke' }]);
  });
});

it('a button from the previous version, sealed with the bot token, still revokes its link', async () => {
  world = await startWorld();
  const { maria, slack, auth0 } = world;
  const link = await createLink(world);
  const [ticket] = auth0.tickets;
  const before = new Seal({ keys: () => [slack.botToken] });
  const facts = { connection: 'acme-corp', requester: maria.id };
  const profileId = creates(world)[0]?.path.split('/').at(-2);
  const value = { profileId, ticketId: ticket?.id, facts };
  buttonOf(link).value = await before.seal('ticket', value, 3_600);
  await maria.press(sentences.REVOKE_LINK, link);
  await slack.until(() => says(textOf(link), sentences.revoked('acme-corp', CONTEXT)));
  expect(live(world)).toEqual([]);
});

it("a person's link over MAX_LINKS_PER_HOUR is refused with a message and an audit line", async () => {
  world = await startWorld({ env: { MAX_LINKS_PER_HOUR: '2' } });
  const { maria, tom } = world;
  await createLink(world, { name: 'acme-1' });
  await createLink(world, { name: 'acme-2' });
  await fillNew(world, { name: 'acme-3' });
  await maria.submit();
  const error = new TicketError({ code: 'too_many_links', max: 2, nextAt: Date.now() + ANY_NUMBER * 60_000 });
  await modal(world, maria, like(whyNoLink(error)));
  expect(maria.value('connectionName').value).toBe('acme-3');
  expect(creates(world)).toHaveLength(2);
  expect(audits(world, 'limit_reached')).toMatchObject([{ user: maria.id, connection: 'acme-3' }]);
  await createLink(world, { person: tom, name: 'acme-4' });
});
