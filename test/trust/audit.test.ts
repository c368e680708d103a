import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import { fingerprint } from '../../src/tickets/ticket.ts';
import {
  audits,
  CONTEXT,
  creates,
  expectClean,
  fillNew,
  live,
  MODES,
  message,
  modal,
  revokes,
  says,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';

const PORTAL = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const GLOBEX = 'org_Glx3uBq7Ns5Vt1Ke';
const MICROSOFT = 'ssp_f6qBHtjNfq5XhM7CKTZ2xp';

let world: World;

afterEach(async () => {
  world.slack.clearFaults();
  expectClean(world);
  await world.stop();
});

const correlationOf = (request: { headers: { 'x-correlation-id'?: string } } | undefined) =>
  request?.headers['x-correlation-id'];

/** What an audit line must say about the newest ticket. */
function factsOfLast() {
  const { auth0, maria, sales } = world;
  const ticket = auth0.tickets.at(-1);
  if (!ticket) throw new Error('There is no ticket');
  return {
    ticket,
    facts: {
      user: maria.id,
      channel: sales.id,
      profile: MICROSOFT,
      ticket: createHash('sha256').update(ticket.id).digest('hex').slice(0, 16),
    },
  };
}

function expectExpiry(line: Record<string, unknown> | undefined, expiresAt: number) {
  expect(line?.expires).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  expect(Math.abs(Date.parse(String(line?.expires)) - expiresAt)).toBeLessThan(5_000);
}

describe.each(MODES)('the audit log at LOG_LEVEL=error over %s', (mode) => {
  beforeEach(async () => {
    world = await startWorld({ mode, env: { LOG_LEVEL: 'error' } });
  });

  it('records the request, creation, delivery and revocation of a link in detail', async () => {
    const { maria, sales, slack } = world;
    await fillNew(world);
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('lifetime', '86400');
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle(''));
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    const { ticket, facts } = factsOfLast();
    const [create] = creates(world);
    const all = {
      ...facts,
      what: 'new',
      connection: 'acme-corp',
      clients: [PORTAL],
      organizations: [GLOBEX],
      correlationId: correlationOf(create),
    };
    const [requested, created, delivered, ...others] = audits(world);
    // Written before the call. If the bot is killed during it, this line says whose ticket is in Auth0's log.
    const { ticket: _, ...wanted } = all;
    expect(requested).toMatchObject({ event: 'ticket_requested', ...wanted });
    expect(requested).not.toHaveProperty('ticket');
    expect(created).toMatchObject({ event: 'ticket_made', ...all });
    expect(delivered).toMatchObject({ event: 'ticket_delivered', ...all });
    expect(others).toEqual([]);
    expectExpiry(created, ticket.expiresAt);
    expect(delivered?.expires).toBe(created?.expires);
    expect(all.correlationId).toMatch(/^[\w-]{8,64}$/);

    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(link), sentences.revoked('Globex Inc', CONTEXT)));
    const [revoked, ...more] = audits(world).slice(3);
    const [revoke] = revokes(world);
    expect(more).toEqual([]);
    expect(revoked).toMatchObject({
      event: 'ticket_revoked',
      ...facts,
      connection: 'acme-corp',
      correlationId: correlationOf(revoke),
    });
    expect(correlationOf(revoke)).toMatch(/^[\w-]{8,64}$/);
    expect(correlationOf(revoke)).not.toBe(all.correlationId);
    expect(revoked?.ticket).toBe(fingerprint(ticket.id));
  });

  it('records the kind and expiry of a revoked link', async () => {
    const { maria, sales, slack } = world;
    await fillNew(world);
    await maria.submit();
    const link = await message(world, maria, sales.id, sentences.linkTitle(''));
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    await maria.press(sentences.REVOKE_LINK, link);
    await slack.until(() => says(textOf(link), sentences.revoked('acme-corp', CONTEXT)));
    const [, created, , revoked] = audits(world);
    expect(revoked).toMatchObject({ event: 'ticket_revoked', what: 'new', expires: created?.expires });
  });

  it('names the connection of an edit link', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    const { facts } = factsOfLast();
    const all = { ...facts, what: 'edit', connection: 'initech-saml', clients: [], organizations: [] };
    const { ticket: _, ...wanted } = all;
    expect(audits(world)).toMatchObject([
      { event: 'ticket_requested', ...wanted },
      { event: 'ticket_made', ...all },
      { event: 'ticket_delivered', ...all },
    ]);
  });

  it('records that a link was revoked because it was not delivered', async () => {
    const { maria, slack } = world;
    await fillNew(world);
    slack.fail('response_url', { error: 'expired_url' });
    slack.fail('chat.postEphemeral', { error: 'user_not_in_channel' });
    await maria.submit();
    await modal(
      world,
      maria,
      whyNoLink(new TicketError({ code: 'not_delivered', revoked: true, correlationId: '' })),
    );
    const { facts } = factsOfLast();
    const correlationId = correlationOf(creates(world)[0]);
    const all = { ...facts, what: 'new', connection: 'acme-corp', correlationId };
    const { ticket: _, ...wanted } = all;
    expect(audits(world)).toMatchObject([
      { event: 'ticket_requested', ...wanted },
      { event: 'ticket_made', ...all },
      { event: 'ticket_not_delivered', ...all },
      { event: 'ticket_revoked', ...all, reason: 'not delivered' },
    ]);
    expect(correlationOf(revokes(world)[0])).toBe(correlationId);
    expect(live(world)).toEqual([]);
  });

  it('records who was denied what, where and why', async () => {
    const { slack, sales } = world;
    const guest = slack.addUser({ name: 'Gil', guest: true });
    sales.members.add(guest.id);
    await slack.as(guest.id).command(sales.id, 'edit initech-saml');
    await message(world, slack.as(guest.id), sales.id, sentences.accessSentence('user', CONTEXT));
    expect(audits(world)).toMatchObject([
      { event: 'access_denied', user: guest.id, channel: sales.id, what: 'command', reason: 'user' },
    ]);
  });

  it('is written as JSON lines with a time and without the ticket ID', async () => {
    const { maria, auth0, log } = world;
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    const [ticket] = auth0.tickets;
    expect(log.length).toBeGreaterThan(0);
    for (const line of log) {
      expect(line).toMatch(/^\{.*\}\n$/);
      expect(line).not.toContain(ticket?.id);
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
    }
    // At this level, only the audit is logged.
    expect(log.map((line) => JSON.parse(line).audit)).toEqual([true, true, true]);
  });
});

describe('the audit lines of a ticket', () => {
  beforeEach(async () => {
    world = await startWorld();
  });

  it('share one fingerprint, which no other ticket has', async () => {
    const { maria, sales, slack } = world;
    for (const name of ['acme', 'globex']) {
      await fillNew(world, { name });
      await maria.submit();
      const link = await message(world, maria, sales.id, sentences.linkTitle(name));
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();
      await maria.press(sentences.REVOKE_LINK, link);
      await slack.until(() => says(textOf(link), sentences.revoked(name, CONTEXT)));
    }
    const prints = audits(world)
      .filter(({ event }) => event !== 'ticket_requested')
      .map(({ ticket }) => ticket);
    const [first, second] = [prints[0], prints[3]];
    expect(prints).toEqual([first, first, first, second, second, second]);
    expect(first).not.toBe(second);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  it('keep the correlation ID of a create call that is retried', async () => {
    const { maria, auth0 } = world;
    await fillNew(world);
    auth0.fail(
      { method: 'POST', path: /sso-ticket$/ },
      { status: 401, body: { message: 'Invalid token' } },
      1,
    );
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    const ids = creates(world).map(correlationOf);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(audits(world, 'ticket_made')).toMatchObject([{ correlationId: ids[0] }]);
  });
});
