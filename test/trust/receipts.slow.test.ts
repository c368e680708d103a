import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import {
  ANY,
  audits,
  botSettings,
  buttonsIn,
  CONTEXT,
  expectClean,
  expectInert,
  fillNew,
  holdDate,
  like,
  linkIn,
  live,
  MODES,
  message,
  modal,
  pass,
  readingOf,
  revokes,
  says,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';

const REVOKED = sentences.revoked('acme-corp', CONTEXT);

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

/** The receipts, which are the only stored messages that the bot posts here. */
function receipts(): Message[] {
  return world.slack.messages.filter(({ via, deleted }) => via === 'chat.postMessage' && !deleted);
}

function receipt(): Message {
  const [first, ...others] = receipts();
  if (!first || others.length > 0) throw new Error(`There are ${receipts().length} receipts`);
  return first;
}

/** Waits for the message with the link, and until the receipt is complete. */
async function linkOf(person: Person): Promise<Message> {
  const link = await message(world, person, world.sales.id, sentences.linkTitle(''));
  await modal(world, person, sentences.DONE_TITLE);
  return link;
}

async function submitNew(): Promise<Message> {
  await fillNew(world);
  await world.maria.submit();
  return linkOf(world.maria);
}

/** The expiry that a message shows, in seconds since 1970. */
const shownExpiry = (shown: Message) => Number(/"timestamp":(\d+)/.exec(JSON.stringify(shown.blocks))?.[1]);

describe.each(MODES)('a receipt over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode, env: { TENANT_LABEL: 'Production EU' } });
  });

  it('shows the details and the expiry, but not the link', async () => {
    const { maria, tom, auth0, slack } = world;
    await fillNew(world);
    await maria.type('displayName', 'Acme <!channel> Corp');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('lifetime', '3600');
    await maria.submit();
    const link = await linkOf(maria);
    const stored = receipt();
    expect(stored.visibleTo).toBeUndefined();
    expect(stored.stored).toBe(true);
    expect(slack.channels.get(stored.channel)).toMatchObject({ kind: 'im', botIsMember: true });
    expect(maria.sees(stored.channel)).toEqual([stored]);
    expect(tom.sees(stored.channel)).toEqual([]);

    const labels = sentences.DETAIL_LABELS;
    expect(textOf(stored)).toContain(sentences.receiptTitle('Globex Inc'));
    expect(readingOf(stored)).toContain(`${labels.connection.new}: acme-corp`);
    expect(readingOf(stored)).toContain(`${labels.profile}: Microsoft and Okta`);
    expect(readingOf(stored)).toContain(`${labels.organizations}: Globex Inc`);
    expect(readingOf(stored)).toContain(`${labels.applications}: Customer Portal`);
    expect(textOf(stored)).toContain('Production EU');
    expect(stored.text).toBe(sentences.receiptNotification('Globex Inc'));
    const [ticket] = auth0.tickets;
    expect(Math.abs(shownExpiry(stored) - (ticket?.expiresAt ?? 0) / 1000)).toBeLessThan(5);
    expect(buttonsIn(stored)).toEqual([sentences.REVOKE_LINK]);
    expectInert(stored);

    expect(linkIn(stored)).toBeUndefined();
    expect(JSON.stringify(stored)).not.toContain(ticket?.id);
    expect(JSON.stringify(stored)).not.toContain('ticket=');
    expect(textOf(link)).toContain(sentences.LINK_HAS_RECEIPT);
  });

  it('names the connection of an edit link', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.submit();
    await linkOf(maria);
    const labels = sentences.DETAIL_LABELS.connection;
    expect(readingOf(receipt())).toContain(`${labels.edit}: initech-saml`);
    expect(textOf(receipt())).not.toContain(labels.new);
  });

  it('and the message with the link both say that it was revoked', async () => {
    const { maria, slack, tom, sales } = world;
    const link = await submitNew();
    await maria.close();
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(receipt()), REVOKED) && says(textOf(link), REVOKED));
    expect(maria.confirmed).toHaveLength(1);
    for (const shown of [receipt(), link]) {
      expect(buttonsIn(shown)).toEqual([]);
      expect(shown.text).toBe(REVOKED);
    }
    expect(linkIn(link)).toBeUndefined();
    expect(live(world)).toEqual([]);
    expect(revokes(world)).toHaveLength(1);
    expect(maria.sees(sales.id)).toEqual([link]);
    expect(tom.sees(sales.id)).toEqual([]);
  });

  it('can revoke the link after the message with the link is gone', async () => {
    const { maria, slack, auth0, sales } = world;
    const link = await submitNew();
    await maria.close();
    const fromLink = structuredClone(link);
    link.deleted = true;
    await maria.press(sentences.REVOKE_LINK, receipt());
    await slack.until(() => says(textOf(receipt()), REVOKED));
    expect(buttonsIn(receipt())).toEqual([]);
    expect(auth0.tickets).toMatchObject([{ state: 'revoked' }]);
    expect(maria.sees(sales.id)).toEqual([]);

    // Pressing the other button afterwards does no harm.
    link.deleted = false;
    expect(buttonsIn(fromLink)).toEqual([sentences.REVOKE_LINK]);
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(link), REVOKED));
    expect(audits(world, 'ticket_revoked')).toHaveLength(1);
    expect(revokes(world)).toHaveLength(1);
  });
});

describe("when a receipt can't be sent", () => {
  const FAULTS: [string, (slack: World['slack']) => void][] = [
    [
      'because the scope im:write is missing',
      (slack) => {
        slack.scopes = slack.scopes.filter((scope) => scope !== 'im:write');
      },
    ],
    [
      'because the messages tab is off',
      (slack) => {
        slack.messagesTab = false;
      },
    ],
    [
      'because conversations.open fails',
      (slack) => slack.fail('conversations.open', { error: 'user_disabled' }),
    ],
    ['because conversations.open answers with HTML', (slack) => slack.fail('conversations.open', 'html')],
    [
      'because conversations.open returns no conversation',
      (slack) => slack.fail('conversations.open', { status: 200, body: '{"ok":true}' }),
    ],
    [
      'because Slack refuses chat.postMessage',
      (slack) => slack.fail('chat.postMessage', { error: 'restricted_action' }),
    ],
    ['because chat.postMessage fails', (slack) => slack.fail('chat.postMessage', { status: 500 })],
    ['because chat.postMessage resets the connection', (slack) => slack.fail('chat.postMessage', 'reset')],
    [
      'because of a rate limit',
      (slack) => slack.fail('chat.postMessage', { status: 429, headers: { 'retry-after': '30' } }),
    ],
    ['because chat.postMessage never answers', (slack) => slack.fail('chat.postMessage', 'hang')],
  ];

  it.each(FAULTS)(
    '%s, the link still arrives, and a message says that only its button can revoke it',
    async (_, fail) => {
      world = await startWorld();
      const { maria, slack, sales, auth0 } = world;
      fail(slack);
      await fillNew(world);
      await maria.submit();
      const link = await slack.until(
        () => maria.sees(sales.id).find((each) => says(textOf(each), sentences.linkTitle(''))),
        10_000,
      );
      expect(linkIn(link)).toContain(auth0.tickets[0]?.id);
      await message(world, maria, sales.id, sentences.receiptLost('acme-corp'));
      expect(receipts()).toEqual([]);
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();

      await maria.press(sentences.REVOKE_LINK, link);
      await slack.until(() => says(textOf(link), REVOKED));
      expect(live(world)).toEqual([]);
      expect(audits(world).map(({ event }) => event)).toEqual([
        'ticket_requested',
        'ticket_made',
        'ticket_delivered',
        'ticket_revoked',
      ]);
    },
  );
});

describe("when a link can't be delivered", () => {
  const undelivered = ({ revoked }: { revoked: boolean }) =>
    like(whyNoLink(new TicketError({ code: 'not_delivered', revoked, correlationId: ANY })));

  function failEveryDelivery(slack: World['slack']) {
    slack.fail('response_url', { error: 'expired_url' });
    slack.fail('chat.postEphemeral', { error: 'user_not_in_channel' });
  }

  it.each(MODES)('the form says that it was revoked, and there is no receipt, over %s', async (mode) => {
    world = await startWorld({ mode });
    const { maria, slack, sales } = world;
    await fillNew(world);
    failEveryDelivery(slack);
    await maria.submit();
    await modal(world, maria, undelivered({ revoked: true }));
    expect(maria.value('connectionName').value).toBe('acme-corp');
    expect(maria.sees(sales.id)).toEqual([]);
    expect(live(world)).toEqual([]);
    expect(receipts()).toEqual([]);
    expect(audits(world).map(({ event }) => event)).toEqual([
      'ticket_requested',
      'ticket_made',
      'ticket_not_delivered',
      'ticket_revoked',
    ]);
  });

  it('and revoking fails too, the receipt can still revoke it later', async () => {
    world = await startWorld();
    const { maria, slack, auth0 } = world;
    await fillNew(world);
    failEveryDelivery(slack);
    auth0.fail({ path: /revoke$/ }, { status: 500 });
    await maria.submit();
    await modal(world, maria, undelivered({ revoked: false }));
    expect(live(world)).toHaveLength(1);
    expect(buttonsIn(receipt())).toEqual([sentences.REVOKE_LINK]);
    await maria.close();
    auth0.clearFaults();
    slack.clearFaults();
    await maria.press(sentences.REVOKE_LINK, receipt());
    await slack.until(() => says(textOf(receipt()), REVOKED));
    expect(live(world)).toEqual([]);
  });
});

describe('a revocation', () => {
  beforeEach(async () => {
    world = await startWorld();
  });

  it("is shown in the link's message if the receipt can't be updated", async () => {
    const { maria, slack } = world;
    const link = await submitNew();
    await maria.close();
    slack.fail('chat.update', { error: 'edit_window_closed' });
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(link), REVOKED));
    expect(live(world)).toEqual([]);
  });

  it("is shown in a new message if the receipt with the clicked button can't be updated", async () => {
    const { maria, slack } = world;
    await submitNew();
    await maria.close();
    slack.fail('chat.update', { error: 'edit_window_closed' });
    await maria.press(sentences.REVOKE_LINK, receipt());
    const told = await message(world, maria, receipt().channel, REVOKED);
    expect(told.visibleTo).toBe(maria.id);
    expect(live(world)).toEqual([]);
  });

  it("is shown in the receipt and a new message if the link's message can't be updated", async () => {
    const { maria, slack, sales } = world;
    const link = await submitNew();
    await maria.close();
    slack.fail('response_url', { error: 'used_url' });
    await maria.press(sentences.REVOKE_LINK, link);
    await message(world, maria, sales.id, REVOKED);
    await slack.until(() => says(textOf(receipt()), REVOKED));
    expect(live(world)).toEqual([]);
  });
});

it.each([
  [{ status: 500 }, new Auth0Error('failed', { status: 500, mayHaveHappened: true })],
  [
    { status: 403, body: { message: 'Insufficient scope' } },
    new Auth0Error('missing_permission', { permission: 'delete:sso_access_tickets' }),
  ],
])('when revoking fails with %j, the bot says why and keeps the button', async (fault, error) => {
  world = await startWorld();
  const { maria, auth0, slack } = world;
  await submitNew();
  await maria.close();
  auth0.fail({ path: /revoke$/ }, fault);
  await maria.press(sentences.REVOKE_LINK, receipt());
  await message(world, maria, receipt().channel, sentences.revokeSentence(error, 'acme-corp', CONTEXT));
  expect(buttonsIn(receipt())).toEqual([sentences.REVOKE_LINK]);
  expect(audits(world, 'ticket_revoked')).toEqual([]);
  auth0.clearFaults();
  await maria.press(sentences.REVOKE_LINK, receipt());
  await slack.until(() => says(textOf(receipt()), REVOKED));
});

describe('when the link expires, a receipt', () => {
  const HOUR = 3_600_000;
  /** How often the bot tried to update a receipt. */
  const updates = () => world.slack.calls.filter(({ method }) => method === 'chat.update').length;
  const hasExpired = () => says(textOf(receipt()), sentences.RECEIPT_EXPIRED) || undefined;

  beforeEach(async () => {
    holdDate();
    world = await startWorld();
    const { maria } = world;
    await fillNew(world);
    await maria.choose('lifetime', '3600');
    await maria.submit();
    await linkOf(maria);
    expect(buttonsIn(receipt())).toEqual([sentences.REVOKE_LINK]);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Starts the bot again with the same settings. */
  async function restart() {
    const { slack, auth0, database, log } = world;
    const config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
    world.app = createApp(config, createLog('info', { write: (line) => log.push(line) }), {
      startedAt: Date.now(),
    });
    const { port } = await world.app.start();
    slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  }

  it('loses its button, keeps its details, and is updated only once', async () => {
    const { slack, maria } = world;
    pass(HOUR + 1_000);
    await slack.until(hasExpired, 20_000);
    expect(buttonsIn(receipt())).toEqual([]);
    expect(readingOf(receipt())).toContain(`${sentences.DETAIL_LABELS.connection.new}: acme-corp`);
    expect(updates()).toBe(1);
    // When another receipt expires later, this one isn't updated again.
    await maria.close();
    await fillNew(world, { name: 'globex' });
    await maria.choose('lifetime', '3600');
    await maria.submit();
    const [, other] = await slack.until(() => (receipts().length === 2 ? receipts() : undefined));
    await modal(world, maria, sentences.DONE_TITLE);
    pass(HOUR + 1_000);
    await slack.until(() => other && buttonsIn(other).length === 0, 20_000);
    expect(updates()).toBe(2);
  });

  it('loses its button at startup if the bot was down, and is not updated at the next startup', async () => {
    const { slack } = world;
    await world.app.stop();
    pass(HOUR + 1_000);
    await restart();
    await slack.until(hasExpired, 20_000);
    await world.app.stop();
    const opens = () => world.log.filter((line) => line.includes('The records are open')).length;
    const before = opens();
    await restart();
    await slack.until(() => opens() > before);
    await world.app.stop();
    expect(updates()).toBe(1);
  });

  it('is updated an hour later if the first update fails', async () => {
    const { slack, log } = world;
    slack.fail('chat.update', { error: 'internal_error' });
    pass(HOUR + 1_000);
    await slack.until(() => log.some((line) => line.includes('A message could not be updated')), 20_000);
    slack.clearFaults();
    const before = updates();
    expect(buttonsIn(receipt())).toEqual([sentences.REVOKE_LINK]);
    pass(HOUR + 1_000);
    await slack.until(hasExpired, 20_000);
    expect(updates()).toBe(before + 1);
  });
});
