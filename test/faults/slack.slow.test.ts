import { describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import type { Fault } from '../../stand-ins/slack/server.ts';
import {
  buttonsIn,
  CONTEXT,
  fillNew,
  like,
  message,
  modal,
  RESPONSE_TIMEOUT_MS,
  revokes,
  textOf,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';
import { expectLive, inWorld, logged, NOTHING_HANGS_MS, reads, untilReads } from './scenario.ts';

/** Each fault, and whether Slack still carried out the call. */
const FAULTS: [name: string, fault: Fault, done: boolean][] = [
  ['400', { status: 400 }, false],
  ['401', { status: 401 }, false],
  ['a token_revoked error', { error: 'token_revoked' }, false],
  ['403', { status: 403 }, false],
  ['a missing scope', { error: 'missing_scope' }, false],
  ['404', { status: 404 }, false],
  ['409', { status: 409 }, false],
  ['429 with headers', { status: 429, headers: { 'retry-after': '30' } }, false],
  ['429 without headers', { status: 429 }, false],
  ['500', { status: 500 }, false],
  ['503', { status: 503 }, false],
  ['HTML', 'html', false],
  ['an empty body', 'empty', false],
  ['a truncated body', 'cut', true],
  ['a body that never ends', 'stall', true],
  ['a connection reset', 'reset', false],
  ['no answer', 'hang', false],
  ['an answer after 8 seconds', { delay: 8_000 }, true],
];

const LINK = sentences.OPEN_BY;
const ONLY_WAY = sentences.receiptLost('acme-corp');
const REFUSED = whyNoLink(new Auth0Error('rejected', { reason: 'No' }));
const UNDELIVERED = whyNoLink(new TicketError({ code: 'not_delivered', revoked: true, correlationId: '' }));

/** Expects that the requester sees the link, and nobody else. */
async function expectLink(world: World): Promise<void> {
  await untilReads(world, LINK);
  expectLive(world, { seen: 1 });
  for (const { visibleTo, blocks } of world.slack.messages) {
    if (JSON.stringify(blocks).includes('connections-flow')) expect(visibleTo).toBe(world.maria.id);
  }
}

// This comes first, because it waits the longest.
describe.concurrent('a lost Socket Mode connection', () => {
  it.each(FAULTS)('is reopened after apps.connections.open gets %s', (_, fault) =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack } = world;
      const opens = () => slack.calls.filter(({ method }) => method === 'apps.connections.open').length;
      const before = opens();
      slack.fail('apps.connections.open', fault);
      slack.disconnectSockets();
      await slack.until(() => slack.socketCount === 0);
      await slack.until(() => opens() > before);
      slack.clearFaults();
      await slack.until(() => slack.socketCount === 1, 90_000);
    }),
  );

  it("doesn't stop a link that is being created", () =>
    inWorld({ mode: 'socket' }, async (world) => {
      const { slack, maria, auth0 } = world;
      await fillNew(world);
      auth0.fail({ path: /sso-ticket$/ }, { delay: 500 });
      await maria.submit();
      slack.disconnectSockets();
      await expectLink(world);
      await slack.until(() => slack.socketCount === 1);
    }));
});

describe.concurrent.each(['users.info', 'usergroups.users.list'])('when %s', (method) => {
  const GROUP = 'S0ALLOWED';
  const env = method.startsWith('usergroups') ? { ALLOWED: GROUP } : {};
  it.each(FAULTS)('gets %s, access is denied with a message', (_, fault) =>
    inWorld({ env }, async (world) => {
      const { maria, tom, sales, slack } = world;
      slack.userGroups.set(GROUP, new Set([maria.id, tom.id]));
      slack.fail(method, fault);
      const { ms } = await maria.command(sales.id, '');
      expect(ms).toBeLessThan(3_000);
      await untilReads(world, sentences.accessSentence('unknown', CONTEXT));
      expect(maria.modal).toBeUndefined();
      expect(logged(world, { msg: "Slack didn't say who a user is, so they have no access" })).toHaveLength(
        1,
      );
      expect(logged(world, { event: 'access_denied', reason: 'unknown' })).toHaveLength(1);
    }),
  );
});

describe.concurrent.each(['conversations.open', 'chat.postMessage'])('when %s', (method) => {
  it.each(FAULTS)(
    'gets %s, the link still arrives, and a message says that the receipt is missing',
    (_, fault) =>
      inWorld({}, async (world) => {
        const { maria, slack } = world;
        await fillNew(world);
        await warm(world);
        slack.fail(method, fault);
        await maria.submit();
        await expectLink(world);
        await modal(world, maria, sentences.DONE_TITLE, NOTHING_HANGS_MS);
        await untilReads(world, ONLY_WAY);
        await slack.until(
          () => logged(world, { msg: 'The receipt could not be posted' })[0],
          NOTHING_HANGS_MS,
        );
      }),
  );
});

/** Timeouts, and Slack's errors for a trigger that has expired or was used by an attempt whose answer was lost. */
const TOO_LATE: [name: string, fault: Fault][] = [
  ...FAULTS.flatMap(([name, fault]): [string, Fault][] =>
    fault === 'stall' || fault === 'hang' || (typeof fault === 'object' && 'delay' in fault)
      ? [[name, fault]]
      : [],
  ),
  ['an expired_trigger_id error', { error: 'expired_trigger_id' }],
  ['an exchanged_trigger_id error', { error: 'exchanged_trigger_id' }],
];

describe.concurrent('when views.open', () => {
  it.each(TOO_LATE)('gets %s, a message says so and has a button that opens the form', (_, fault) =>
    inWorld(
      {},
      async (world) => {
        const { maria, slack, sales } = world;
        slack.fail('views.open', fault);
        // A late call must find the trigger expired, as it would in Slack.
        slack.responseTimeoutMs = 3_000;
        await maria.command(sales.id, 'Globex Inc');
        await untilReads(world, sentences.FORM_NOT_OPENED);
        const told = await message(world, maria, sales.id, sentences.FORM_NOT_OPENED);
        expect(buttonsIn(told)).toEqual([sentences.OPEN_FORM_AGAIN]);
        expect(logged(world, { msg: "Slack didn't open the form", level: 'warn' })).toHaveLength(1);
        slack.clearFaults();
        slack.responseTimeoutMs = RESPONSE_TIMEOUT_MS;
        if (maria.modal) await maria.close();
        await maria.press(sentences.OPEN_FORM_AGAIN, told);
        await modal(world, maria, sentences.FORM_TITLE.new);
        expect(maria.value('displayName').value).toBe('Globex Inc');
      },
      { violations: true },
    ),
  );

  it.each(['token_revoked', 'invalid_arguments', 'missing_scope', 'invalid_trigger_id', 'fatal_error'])(
    'gets %s, a message says who to ask and has no button',
    (code) =>
      inWorld({ env: { ACCESS_CONTACT: '#help-sso' } }, async (world) => {
        const { maria, slack, sales } = world;
        slack.fail('views.open', { error: code }, 1);
        await maria.command(sales.id, 'Globex Inc');
        const told = await message(world, maria, sales.id, /open the form/);
        expect(textOf(told)).toBe(sentences.formRefused(code, { ...CONTEXT, contact: '#help-sso' }));
        expect(buttonsIn(told)).toEqual([]);
        expect(logged(world, { msg: "Slack didn't open the form", level: 'error', code })).toHaveLength(1);
      }),
  );

  it.each(
    FAULTS.filter(([, fault]) => !(typeof fault === 'object' && 'error' in fault)).filter(
      ([name]) => !TOO_LATE.some(([late]) => late === name),
    ),
  )('gets %s, a message says so and has no button', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, slack, sales } = world;
      slack.fail('views.open', fault);
      await maria.command(sales.id, 'Globex Inc');
      const told = await message(world, maria, sales.id, sentences.formRefused(undefined, CONTEXT));
      expect(buttonsIn(told)).toEqual([]);
      expect(logged(world, { msg: "Slack didn't open the form", level: 'error' })).toHaveLength(1);
    }),
  );
});

describe.concurrent('when views.update', () => {
  it.each(FAULTS)('gets %s, the link still arrives', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, slack } = world;
      await fillNew(world);
      await warm(world);
      slack.fail('views.update', fault);
      await maria.submit();
      await expectLink(world);
    }),
  );

  it.each(FAULTS)('gets %s, a message says that no link was created and can reopen the form', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, slack, auth0, sales } = world;
      await fillNew(world);
      await warm(world);
      slack.fail('views.update', fault);
      auth0.fail({ path: /sso-ticket$/ }, { status: 400, body: { message: 'No' } });
      await maria.submit();
      await untilReads(world, sentences.aboutLink('acme-corp', REFUSED));
      const told = await message(world, maria, sales.id, sentences.aboutLink('acme-corp', ''));
      slack.clearFaults();
      await maria.close();
      await maria.press(sentences.OPEN_FORM_AGAIN, told);
      await modal(world, maria, sentences.FORM_TITLE.new);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expectLive(world, { seen: 0 });
    }),
  );
});

it('the final view is shown after a short rate limit', () =>
  inWorld({}, async (world) => {
    const { maria, slack } = world;
    await fillNew(world);
    slack.fail('views.update', { status: 429, headers: { 'retry-after': '1' } }, 1);
    await maria.submit();
    await expectLink(world);
    await modal(world, maria, sentences.DONE_TITLE);
  }));

const LIMIT: Fault = { status: 429, headers: { 'retry-after': '1' } };

describe.concurrent('a short rate limit', () => {
  it.each(['conversations.open', 'chat.postMessage', 'chat.update'])(
    'on %s only delays the receipt and its button',
    (method) =>
      inWorld({}, async (world) => {
        const { maria, slack } = world;
        await fillNew(world);
        await warm(world);
        slack.fail(method, LIMIT, 2);
        await maria.submit();
        await expectLink(world);
        const receipt = () =>
          slack.messages.find(({ stored, blocks }) => stored && /"Revoke link"/.test(JSON.stringify(blocks)));
        expect(textOf(await slack.until(receipt))).toMatch(/^Receipt: SSO link for acme-corp/);
        await modal(world, maria, /Your link is ready/);
        expect(reads(world)).not.toMatch(/is being created/);
        expect(reads(world)).not.toMatch(/couldn't deliver the receipt/);
      }),
  );

  it('on the last way to deliver a link only delays it', () =>
    inWorld({}, async (world) => {
      const { maria, slack } = world;
      await fillNew(world);
      slack.fail('response_url', { error: 'used_url' });
      // First in the channel, and then in the direct message.
      slack.fail('chat.postEphemeral', LIMIT, 2);
      await maria.submit();
      await expectLink(world);
      await modal(world, maria, /Your link is ready.*in your conversation with this bot/);
    }));

  it('on a response_url only delays the list of profiles', () =>
    inWorld({}, async (world) => {
      const { maria, tom, slack, sales } = world;
      slack.fail('response_url', LIMIT, 1);
      await maria.command(sales.id, 'profiles');
      await message(world, tom, sales.id, /self-service profiles/);
    }));

  it('on views.update only delays the form after a loading view, and the form that comes back', () =>
    inWorld({}, async (world) => {
      const { maria, slack, auth0, sales } = world;
      auth0.fail({ path: '/self-service-profiles' }, { delay: 1_500 }, 1);
      slack.fail('views.update', LIMIT, 1);
      await maria.command(sales.id, '');
      await modal(world, maria, /One moment/);
      await modal(world, maria, /New SSO connection/);
      await maria.type('connectionName', 'acme-corp');
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      auth0.fail({ path: /sso-ticket$/ }, { status: 400, body: { message: 'No' } });
      slack.fail('views.update', LIMIT, 1);
      await maria.submit();
      await modal(world, maria, /New SSO connection.*Auth0 refused the request/);
    }));
});

const SPENT: [string, Fault, boolean][] = [
  ['a used_url error', { error: 'used_url' }, false],
  ['an expired_url error', { error: 'expired_url' }, false],
];

describe.concurrent('when a post to the response_url', () => {
  it.each([...FAULTS, ...SPENT])('gets %s, the link still arrives', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, slack } = world;
      await fillNew(world);
      await warm(world);
      slack.fail('response_url', fault);
      await maria.submit();
      await expectLink(world);
      await modal(world, maria, sentences.DONE_TITLE);
    }),
  );
});

describe.concurrent('when chat.postEphemeral, the last way to deliver a link,', () => {
  it.each(FAULTS)('gets %s, the link arrives, or it is revoked and the form comes back', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, slack } = world;
      await fillNew(world);
      await warm(world);
      slack.fail('response_url', { error: 'used_url' });
      slack.fail('chat.postEphemeral', fault);
      await maria.submit();
      const outcome = await modal(world, maria, like(UNDELIVERED, sentences.DONE_TITLE), NOTHING_HANGS_MS);
      if (outcome.title.text === sentences.DONE_TITLE) expectLive(world, { seen: 1 });
      else {
        expect(textOf(outcome)).toContain(UNDELIVERED);
        expectLive(world, { seen: 0 });
        expect(revokes(world)).toHaveLength(1);
        expect(maria.value('connectionName').value).toBe('acme-corp');
      }
      expect(
        logged(world, { method: 'direct message' }).length +
          logged(world, { event: 'ticket_delivered' }).length,
      ).toBe(1);
    }),
  );
});

describe.concurrent('when conversations.info', () => {
  it.each(FAULTS)('gets %s, only the requester sees the profiles', (_, fault) =>
    inWorld({}, async (world) => {
      const { maria, tom, slack, sales } = world;
      slack.fail('conversations.info', fault);
      await maria.command(sales.id, 'profiles');
      await untilReads(world, sentences.profileCount(2));
      expect(tom.sees(sales.id)).toEqual([]);
      expect(reads(world)).toContain(sentences.PROFILES_ONLY_YOU);
      expect(logged(world, { msg: "Slack didn't say whether a channel is shared" })).toHaveLength(1);
    }),
  );
});

describe.concurrent('when bots.info', () => {
  // Without the scope, the bot checks only the workspace.
  it.each(FAULTS.filter(([name]) => name !== 'a missing scope'))(
    'gets %s, access is denied with a message',
    (_, fault) =>
      inWorld({ workspace: (slack) => slack.fail('bots.info', fault) }, async (world) => {
        const { maria, sales } = world;
        const { ms } = await maria.command(sales.id, '');
        expect(ms).toBeLessThan(3_000);
        await untilReads(world, sentences.accessSentence('unknown', CONTEXT));
        expect(maria.modal).toBeUndefined();
        expect(logged(world, { event: 'access_denied', reason: 'unknown' })).toHaveLength(1);
      }),
  );
});

describe.concurrent('when conversations.members, with ALLOWED_CHANNELS,', () => {
  it.each(FAULTS)('gets %s, no link is created and the form comes back', (_, fault) =>
    // At the end, inWorld uses the command in this channel.
    inWorld({ env: { ALLOWED_CHANNELS: 'C0SALES' } }, async (world) => {
      const { maria, slack, sales } = world;
      await maria.shortcut('create_sso_ticket');
      await modal(world, maria, /New SSO connection/);
      await maria.type('connectionName', 'acme-corp');
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      await maria.choose('conversation', sales.id);
      slack.fail('conversations.members', fault);
      await maria.submit();
      await modal(world, maria, /New SSO connection.*whether you're a member/, NOTHING_HANGS_MS);
      expect(maria.value('connectionName').value).toBe('acme-corp');
      expect(logged(world, { event: 'access_denied', reason: 'membership_unknown' })).toHaveLength(1);
      expectLive(world, { seen: 0 });
    }),
  );
});
