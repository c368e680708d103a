import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import { Seal } from '../../src/lib/seal.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { Delivery, Message, Person } from '../../stand-ins/slack/server.ts';
import {
  audits,
  botSettings,
  CONTEXT,
  expectClean,
  fillNew,
  holdDate,
  live,
  MODES,
  message,
  modal,
  pass,
  revokes,
  says,
  startWorld,
  textOf,
  type World,
  warm,
} from '../harness.ts';

const SEAL_KEY = 'a key that only this installation has';
const OTHER_KEY = 'a key that another installation has';
const DAY = 24 * 3600_000;

const sealWith = (key: string) => new Seal({ keys: () => [key] });

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
  vi.useRealTimers();
});

/** The “Revoke link” button in a message. */
function revokeIn(shown: Message | undefined): { value?: string } {
  const button = shown?.blocks
    .flatMap(({ elements = [] }) => elements)
    .find(({ action_id }) => action_id === 'revoke_ticket');
  if (!button) throw new Error('There is no button "Revoke link"');
  return button;
}

/** Creates a link for a person in #sales, and returns the message with it and the receipt. */
async function createLink(person: Person, name: string): Promise<{ link: Message; receipt: Message }> {
  await fillNew(world, { person, name });
  await person.submit();
  const link = await message(world, person, world.sales.id, sentences.linkTitle(name));
  await modal(world, person, sentences.DONE_TITLE);
  await person.close();
  const receipt = world.slack.messages.findLast(({ via }) => via === 'chat.postMessage');
  if (!receipt) throw new Error('There is no receipt');
  return { link, receipt };
}

/** A valid sealed value with one letter changed in the middle. */
function tampered(sealed: string): string {
  const parts = sealed.split('.');
  const cipher = parts[3] ?? '';
  const at = Math.floor(cipher.length / 2);
  parts[3] = cipher.slice(0, at) + (cipher[at] === 'A' ? 'B' : 'A') + cipher.slice(at + 1);
  return parts.join('.');
}

const unsigned = (value: object) =>
  [{ alg: 'none' }, { value, aud: 'origin', exp: 4_000_000_000 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.');

/** What a forger can use. */
interface Material {
  /** The valid sealed value. */
  own: string;
  /** What the sealed value contains. */
  content: object;
  purpose: 'origin' | 'ticket';
  /** Sealed by this bot for this person, but for the other purpose. */
  moved: string;
}

const FORGERIES: [string, (material: Material) => string | Promise<string>][] = [
  ['a word', () => 'forged'],
  ['the content as it is', ({ content }) => JSON.stringify(content)],
  ['the content in a token without a signature', ({ content }) => unsigned(content)],
  ['the right value with one letter changed', ({ own }) => tampered(own)],
  ['the right value without its end', ({ own }) => own.slice(0, -4)],
  [
    'the right content, sealed with another key',
    ({ purpose, content }) => sealWith(OTHER_KEY).seal(purpose, content, 3600),
  ],
  [
    'the right content, sealed with the bot token, which is not the key',
    ({ purpose, content }) => sealWith(world.slack.botToken).seal(purpose, content, 3600),
  ],
  ['a value that was sealed for another purpose', ({ moved }) => moved],
  ['something else under the right seal', ({ purpose }) => sealWith(SEAL_KEY).seal(purpose, { user: 1 }, 60)],
];

describe.each(MODES)('the bot over %s', (mode) => {
  beforeEach(async () => {
    holdDate();
    world = await startWorld({ mode, env: { SEAL_KEY } });
  });

  /** Expects one audit line, no call to Auth0's API, and no change of a ticket. */
  async function expectRefused(act: () => Promise<Delivery>, line: object) {
    const before = {
      requests: world.auth0.requests.length,
      live: live(world).length,
      audits: audits(world).length,
    };
    const delivery = await act();
    expect(delivery).toMatchObject({ ok: true });
    // The checks after the start may need a new token.
    const calls = world.auth0.requests.slice(before.requests).filter(({ path }) => path !== '/oauth/token');
    expect(calls).toEqual([]);
    expect(live(world)).toHaveLength(before.live);
    expect(audits(world).slice(before.audits)).toMatchObject([{ event: 'seal_refused', ...line }]);
  }

  /** Submits the form, and expects an error at its first field and unchanged values. */
  async function expectFormRefused(person: Person, reason = 'forged') {
    const state = JSON.stringify(person.modal?.state);
    await expectRefused(
      async () => {
        const delivery = await person.submit();
        expect(Object.keys(person.errors)).toEqual([
          person.modal?.blocks.find(({ type }) => type === 'input')?.block_id,
        ]);
        expect(Object.values(person.errors)[0]).toBe(sentences.sealInvalid(CONTEXT));
        return delivery;
      },
      { user: person.id, what: 'view_submission', reason },
    );
    expect(JSON.stringify(person.modal?.state)).toBe(state);
  }

  async function expectButtonRefused(person: Person, shown: Message, sentence: string, reason = 'forged') {
    const before = person.sees(shown.channel).length;
    await expectRefused(
      async () => {
        const delivery = await person.press(sentences.REVOKE_LINK, shown);
        const told = await world.slack.until(() => person.sees(shown.channel)[before]);
        expect(textOf(told)).toBe(sentence);
        expect(told.visibleTo).toBe(person.id);
        return delivery;
      },
      { user: person.id, channel: shown.channel, what: 'revoke_ticket', reason },
    );
    expect(revokeIn(shown)).toBeDefined();
  }

  it('rejects a form whose sealed value is forged, foreign or moved, and then accepts the right one', async () => {
    const { maria, sales } = world;
    const { link } = await createLink(maria, 'first');
    await fillNew(world, { name: 'second' });
    await warm(world);
    const view = maria.modal;
    if (!view) throw new Error('There is no form');
    const own = view.private_metadata;
    const material: Material = {
      own,
      content: { user: maria.id, channel: sales.id },
      purpose: 'origin',
      moved: revokeIn(link).value ?? '',
    };
    for (const [name, forge] of [...FORGERIES, ['nothing', () => ''] as const]) {
      view.private_metadata = await forge(material);
      expect(view.private_metadata, name).not.toBe(own);
      await expectFormRefused(maria);
    }
    view.private_metadata = own;
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('second'));
    expect(live(world)).toHaveLength(2);
  });

  it("rejects an edit form with another person's sealed value", async () => {
    const { maria, tom, sales } = world;
    for (const person of [maria, tom]) {
      await person.command(sales.id, 'edit initech-saml');
      await modal(world, person, sentences.FORM_TITLE.edit);
    }
    await warm(world);
    if (!maria.modal || !tom.modal) throw new Error('There is no form');
    tom.modal.private_metadata = maria.modal.private_metadata;
    await expectFormRefused(tom);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(tom.sees(sales.id)).toEqual([]);
  });

  it("rejects the shortcut's form with another person's sealed value", async () => {
    const { maria, tom, sales } = world;
    await fillNew(world);
    tom.goTo(sales.id);
    await tom.shortcut('create_sso_ticket');
    await modal(world, tom, sentences.FORM_TITLE.new);
    await tom.type('connectionName', 'acme-2');
    await tom.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await warm(world);
    if (!maria.modal || !tom.modal) throw new Error('There is no form');
    tom.modal.private_metadata = maria.modal.private_metadata;
    await expectFormRefused(tom);
  });

  it('rejects a form that was open for more than a week', async () => {
    const { maria } = world;
    await fillNew(world);
    await warm(world);
    pass(7 * DAY + 1_000);
    await expectFormRefused(maria, 'expired');
  });

  it('rejects "Try again" in a modal whose sealed value is forged or moved', async () => {
    const { maria, tom, sales, auth0, slack } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 });
    for (const person of [maria, tom]) {
      await person.command(sales.id, '');
      await modal(world, person, sentences.PROBLEM_TITLE);
    }
    auth0.clearFaults();
    // Only the profiles failed; the other lists have arrived.
    await slack.until(() => auth0.requests.every(({ status }) => status > 0));
    if (!maria.modal || !tom.modal) throw new Error('There is no modal');
    for (const value of ['forged', maria.modal.private_metadata]) {
      tom.modal.private_metadata = value;
      const before = tom.modal.blocks;
      await expectRefused(
        async () => {
          const delivery = await tom.press(sentences.TRY_AGAIN);
          await slack.until(() => tom.modal?.blocks !== before);
          expect(textOf(tom.modal).trim()).toBe(sentences.sealInvalid(CONTEXT));
          return delivery;
        },
        { user: tom.id, what: 'block_actions', reason: 'forged' },
      );
      tom.modal.blocks = before;
    }
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.new);
  });

  it('rejects "Revoke link" with a sealed value that is forged, foreign or moved, in both messages', async () => {
    const { maria, slack, sales } = world;
    const { link, receipt } = await createLink(maria, 'acme');
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    const moved = maria.modal?.private_metadata ?? '';
    await maria.close();
    await warm(world);
    const [ticket] = world.auth0.tickets;
    for (const shown of [link, receipt]) {
      const button = revokeIn(shown);
      const own = button.value ?? '';
      const material: Material = {
        own,
        content: {
          profileId: ticket?.profileId,
          ticketId: ticket?.id,
          connection: 'acme',
          requester: maria.id,
        },
        purpose: 'ticket',
        moved,
      };
      for (const [name, forge] of FORGERIES) {
        // The content in plain text would put the ticket into a stored message, the receipt.
        if (shown === receipt && /content (as|in)/.test(name)) continue;
        button.value = await forge(material);
        expect(button.value, name).not.toBe(own);
        await expectButtonRefused(maria, shown, sentences.revokeButtonInvalid(CONTEXT));
      }
      button.value = own;
    }
    await maria.press(sentences.REVOKE_LINK, receipt);
    await slack.until(() => live(world).length === 0);
  });

  it('says that nothing is left to revoke when a button has expired', async () => {
    const { maria } = world;
    const { link, receipt } = await createLink(maria, 'acme');
    await warm(world);
    // Keep the button. The bot would remove it from an expired receipt.
    world.slack.fail('chat.update', { error: 'fatal_error' });
    pass(5 * DAY + 5 * 3600_000 + 1_000);
    for (const shown of [link, receipt])
      await expectButtonRefused(maria, shown, sentences.REVOKE_EXPIRED, 'expired');
  });

  it('revokes a link until the last setup that was started with it is over', async () => {
    const { maria, slack } = world;
    const { receipt } = await createLink(maria, 'acme');
    pass(5 * DAY + 5 * 3600_000 - 60_000);
    await maria.press(sentences.REVOKE_LINK, receipt);
    await slack.until(() => revokes(world).length === 1);
    await slack.until(() => says(textOf(receipt), sentences.revoked('acme', CONTEXT)));
  });

  it("lets another editor revoke with the requester's button, and logs who it was", async () => {
    const { maria, tom, slack, sales } = world;
    const { link, receipt } = await createLink(maria, 'acme');
    const { link: other } = await createLink(tom, 'globex');
    revokeIn(other).value = revokeIn(link).value ?? '';
    await tom.press(sentences.REVOKE_LINK, other);
    await slack.until(() => says(textOf(receipt), sentences.revoked('acme', CONTEXT)));
    expect(live(world)).toHaveLength(1);
    expect(audits(world, 'ticket_revoked')).toMatchObject([
      { user: tom.id, channel: sales.id, connection: 'acme' },
    ]);
  });

  it('accepts what was sealed before a restart, and nothing after the key changes', async () => {
    const { maria, tom, sales, slack, auth0, app } = world;
    const { receipt } = await createLink(maria, 'acme');
    const { link, receipt: second } = await createLink(tom, 'globex');
    await fillNew(world, { name: 'initech' });
    await fillNew(world, { person: tom, name: 'hooli' });
    await warm(world);
    await app.stop();

    const restart = async (key: string) => {
      const settings = readConfig({
        ...botSettings(slack, auth0, mode),
        ...world.database,
        LOG_LEVEL: 'debug',
        SEAL_KEY: key,
      });
      const log = createLog('debug', { write: (line) => world.log.push(line) });
      world.app = createApp(settings, log);
      const before = auth0.requests.length;
      const { port } = await world.app.start();
      if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
      // At startup, the bot checks its own permissions.
      await slack.until(() => auth0.requests[before]?.status);
    };
    await restart(SEAL_KEY);
    await maria.press(sentences.REVOKE_LINK, receipt);
    await slack.until(() => says(textOf(receipt), sentences.revoked('acme', CONTEXT)));
    await maria.submit();
    expect(maria.errors).toEqual({});
    await message(world, maria, sales.id, sentences.linkTitle('initech'));
    await modal(world, maria, sentences.DONE_TITLE);
    await world.app.stop();

    await restart(OTHER_KEY);
    await expectFormRefused(tom);
    await expectButtonRefused(tom, link, sentences.revokeButtonInvalid(CONTEXT));
    await expectButtonRefused(tom, second, sentences.revokeButtonInvalid(CONTEXT));
    expect(live(world)).toHaveLength(2);
  });
});
