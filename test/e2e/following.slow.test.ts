import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { runRevoke } from '../../src/commands.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { customerReminder } from '../../src/tickets/customer-message.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import {
  audits,
  botSettings,
  buttonsIn,
  CONTEXT,
  creates,
  expectClean,
  holdDate,
  linkIn,
  message,
  modal,
  pass,
  readingOf,
  settled,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
} from '../harness.ts';
import { createFollowedLink, noticesTo, noticeTo, receiptTo } from './followed-links.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Short, so that the tests don't wait a minute. */
const INTERVAL_MS = 40;

let world: World;

async function start(options: WorldOptions = {}): Promise<void> {
  world = await startWorld({ followIntervalMs: INTERVAL_MS, ...options });
}

afterEach(async () => {
  vi.useRealTimers();
  world.slack.clearFaults();
  world.auth0.clearFaults();
  expectClean(world);
  await world.stop();
});

const createLink = (options?: Parameters<typeof createFollowedLink>[1]) => createFollowedLink(world, options);
const receipt = (person = world.maria) => receiptTo(world, person);
const notices = (person = world.maria) => noticesTo(world, person);
const waitForNotice = (words: string, person = world.maria) => noticeTo(world, person, words);

/** Shows the details of the link with its current state in Auth0. */
async function details(person: Person): Promise<Message> {
  const { slack, sales } = world;
  const before = person.sees(sales.id).length;
  await person.command(sales.id, 'list globex');
  return slack.until(() =>
    person
      .sees(sales.id)
      .slice(before)
      .find((each) => textOf(each).includes(sentences.NOW_IN_AUTH0)),
  );
}

const ticketId = () => world.auth0.tickets.at(-1)?.id ?? '';
const configure = () => world.auth0.configure(ticketId(), 'okta');
const complete = () => world.auth0.complete(ticketId(), 'okta');
/** Enables the connection, which the company's own team can do without a link. */
const enable = () =>
  world.auth0.connections
    .find(({ name }) => name === 'globex')
    ?.enabled_clients.push('q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A');
const SET_UP = sentences.setUpWith('Okta Workforce');
const ENABLED = sentences.enabledFor(['Customer Portal', 'Globex Inc']);
const FINISHED = sentences.finished('Globex Inc', ['Customer Portal']);

/** The calls that read the state of connections. */
const stateCalls = () =>
  world.auth0.requests.filter(
    ({ path, query }) =>
      /\/connections\/[^/]+\/clients$|enabled_connections$/.test(path) ||
      (path === '/api/v2/connections' && query.name),
  );

/** Waits for this many more successful calls. */
async function waitForStateCalls(times = 2): Promise<void> {
  const before = stateCalls().filter(({ status }) => status === 200).length;
  await world.slack.until(() => stateCalls().filter(({ status }) => status === 200).length >= before + times);
  await settled();
}

describe('a receipt', () => {
  it('shows each step, and a reply in its thread says that the customer finished', async () => {
    await start();
    const { maria } = world;
    await createLink();
    configure();
    await world.slack.until(() => readingOf(receipt()).includes(SET_UP));
    expect(notices()).toEqual([]);
    expect(readingOf(receipt())).toContain(sentences.WORKS_UNTIL.trim());
    complete();
    const notice = await waitForNotice(FINISHED);
    expect(notice.thread).toBe(receipt()?.ts);
    expect(JSON.stringify(notice.blocks)).toContain(`"user_id":"${maria.id}"`);
    expect(buttonsIn(notice)).toEqual([sentences.MUTE_LINK]);
    expect(readingOf(receipt())).toContain(SET_UP);
    expect(readingOf(receipt())).toContain(ENABLED);
    expect(readingOf(receipt())).toContain(FINISHED);
    await world.slack.until(() => audits(world, 'notice_sent')[0]);
    const steps = audits(world).map(({ event }) => event);
    expect(steps.slice(-4)).toEqual([
      'connection_set_up',
      'connection_enabled',
      'ticket_finished',
      'notice_sent',
    ]);
  });

  it('says that your own team has to enable a connection without an application', async () => {
    await start({ env: { APPLICATIONS_OPTIONAL: 'true' } });
    await createLink({ application: false });
    configure();
    await waitForNotice(sentences.finishedWithoutApplication('Globex Inc'));
    expect(readingOf(receipt())).toContain(sentences.OWN_TEAM_ENABLES);
  });

  it('is updated with NOTIFICATIONS=off, but no notice is sent', async () => {
    await start({ env: { NOTIFICATIONS: 'off' } });
    await createLink();
    complete();
    await world.slack.until(() => readingOf(receipt()).includes(ENABLED));
    await world.slack.until(() => audits(world, 'ticket_finished')[0]);
    expect(notices()).toEqual([]);
    expect(audits(world, 'notice_sent')).toEqual([]);
  });

  it('leaves out organizations without the permission to read their connections', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:organization_connections');
      },
      env: { EDITORS: 'everyone' },
    });
    await createLink();
    complete();
    await waitForNotice(FINISHED);
    expect(readingOf(receipt())).toContain(sentences.enabledFor(['Customer Portal']));
    expect(stateCalls().filter(({ path }) => path.endsWith('enabled_connections'))).toEqual([]);
  });

  it('does not call Auth0 without the permission to read connections', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:connections');
      },
    });
    await createLink();
    await world.slack.until(() => world.log.some((line) => line.includes('The records are open')));
    const before = stateCalls().length;
    await sleep(20 * INTERVAL_MS);
    expect(stateCalls().length).toBe(before);
    expect(readingOf(receipt())).toContain('Globex Inc');
  });
});

it('retries the update of a receipt that failed in Slack, and removes its button when the link expires', async () => {
  holdDate();
  await start();
  await createLink();
  const { slack } = world;
  slack.fail('chat.update', { status: 500 });
  complete();
  await waitForNotice(FINISHED);
  expect(readingOf(receipt())).not.toContain(ENABLED);
  slack.clearFaults();
  await slack.until(() => readingOf(receipt()).includes(ENABLED));
  expect(buttonsIn(receipt())).toContain(sentences.REVOKE_LINK);
  pass(6 * HOUR);
  await slack.until(() => !buttonsIn(receipt()).includes(sentences.REVOKE_LINK));
});

describe('Auth0', () => {
  it('is not called about a link that is finished and revoked', async () => {
    await start();
    await createLink();
    await waitForStateCalls();
    complete();
    await waitForNotice(FINISHED);
    const { maria } = world;
    await maria.press(sentences.REVOKE_LINK, receipt());
    const before = stateCalls().length;
    // A call about another link shows that the bot has checked its links since then.
    await createLink({ name: 'globex-two' });
    await waitForStateCalls(1);
    const names = stateCalls()
      .slice(before)
      .map(({ query }) => query.name);
    expect(new Set(names)).toEqual(new Set(['globex-two']));
  });

  it('is called once per interval, about each open link in turn', async () => {
    await start({ followIntervalMs: 200 });
    for (const name of ['one', 'two', 'three']) await createLink({ name });
    const from = stateCalls().length;
    await world.slack.until(() => stateCalls().length >= from + 6, 20_000);
    const calls = stateCalls().slice(from, from + 6);
    expect(new Set(calls.slice(0, 3).map(({ query }) => query.name)).size).toBe(3);
    expect(new Set(calls.slice(3).map(({ query }) => query.name)).size).toBe(3);
    const [first, last] = [calls[0]?.at ?? 0, calls[5]?.at ?? 0];
    expect(last - first).toBeGreaterThan(4 * 200);
  });

  it('is called again after a failure, and the notice is sent once', async () => {
    await start();
    await createLink();
    const { auth0 } = world;
    auth0.fail({ path: /^\/api\/v2\/connections$/ }, { status: 500 }, 2);
    auth0.fail({ path: /\/connections\/[^/]+\/clients$/ }, { status: 503 }, 2);
    auth0.fail({ path: /enabled_connections$/ }, 'reset', 2);
    complete();
    await waitForNotice(FINISHED);
    expect(notices()).toHaveLength(1);
  });

  it('is called once a day about a connection that is not enabled, until the setup expires', async () => {
    holdDate();
    await start();
    await createLink();
    configure();
    await world.slack.until(() => readingOf(receipt()).includes(SET_UP));
    pass(11 * HOUR);
    await waitForNotice(sentences.unfinishedNotice('Globex Inc'));
    const before = stateCalls().length;
    await world.slack.until(() => {
      pass(6 * HOUR);
      return audits(world, 'ticket_expired')[0];
    });
    const times = stateCalls()
      .slice(before)
      .map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(DAY - 6 * HOUR);
    expect(times.length).toBeGreaterThan(4);
    await world.slack.until(() => readingOf(receipt()).includes(sentences.SETUP_EXPIRED));
    expect(notices()).toHaveLength(1);
  });
});

describe('the details of a link', () => {
  it('show the current state in Auth0', async () => {
    // The interval is longer than this test, so the bot calls Auth0 only for the details.
    await start({ followIntervalMs: HOUR });
    const { maria, sales } = world;
    await createLink();
    const before = await details(maria);
    expect(readingOf(before)).toContain(`${sentences.NOW_IN_AUTH0.trim()} ${sentences.NO_CONNECTION}`);
    complete();
    const after = await details(maria);
    expect(readingOf(after)).toContain(ENABLED);
    expect(readingOf(after)).toContain(SET_UP);
    expect(readingOf(after)).toContain(
      sentences.connectionState('Okta Workforce', ['Customer Portal', 'Globex Inc'], true),
    );
    await waitForNotice(FINISHED);
    await maria.command(sales.id, 'list');
    const list = await message(world, maria, sales.id, sentences.listTitle({ whose: 'mine', page: 0 }));
    expect(readingOf(list)).toContain(ENABLED);
  });

  it('show the state of the connection for an edit', async () => {
    await start({ followIntervalMs: HOUR });
    const { maria, sales } = world;
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.command(sales.id, 'list initech');
    await message(world, maria, sales.id, sentences.connectionState('SAML', [], true));
    expect(audits(world, 'connection_set_up')).toEqual([]);
  });

  it('show the recorded state if Auth0 fails', async () => {
    await start({ followIntervalMs: HOUR });
    const { maria, sales, auth0 } = world;
    await createLink();
    auth0.fail({ path: /^\/api\/v2\/connections$/ }, { status: 500 });
    await maria.command(sales.id, 'list globex');
    const shown = await message(world, maria, sales.id, sentences.STATE_UNKNOWN);
    expect(readingOf(shown)).toContain(sentences.LINK_STATES.delivered);
  });
});

describe('a link that nobody uses', () => {
  it('triggers one notice before it expires, with a text for the customer, and one after', async () => {
    holdDate();
    await start();
    await createLink();
    const expiresAt = world.auth0.tickets[0]?.expiresAt ?? 0;
    await waitForStateCalls();
    expect(notices()).toEqual([]);
    pass(expiresAt - Date.now() - 23 * HOUR);
    const warning = await waitForNotice(sentences.nothingSetUpNotice('Globex Inc').before);
    const until = /by (\w+day, [^.]+\(Europe\/Berlin\))/.exec(textOf(warning))?.[1] ?? '';
    expect(textOf(warning)).toContain(
      customerReminder('expiring', { kind: 'new', customer: 'Globex Inc', expiry: until, isLive: true }),
    );
    expect(readingOf(receipt())).toContain(sentences.ATTENTION.expiring);
    pass(24 * HOUR);
    await waitForStateCalls();
    expect(notices()).toHaveLength(1);
    pass(5 * HOUR);
    const over = await waitForNotice(sentences.unusedNotice('Globex Inc'));
    expect(buttonsIn(over)).toEqual([sentences.CREATE_AGAIN, sentences.MUTE_LINK]);
    await world.slack.until(() => readingOf(receipt()).includes(sentences.SETUP_EXPIRED));
    expect(notices()).toHaveLength(2);
    await world.maria.press(sentences.CREATE_AGAIN, over);
    await modal(world, world.maria, sentences.FORM_TITLE.new);
  });

  it('triggers no notice after it is revoked', async () => {
    holdDate();
    await start();
    await createLink();
    await world.maria.press(sentences.REVOKE_LINK, receipt());
    await world.slack.until(() => audits(world, 'ticket_revoked')[0]);
    pass(6 * DAY);
    await createLink({ name: 'another' });
    await waitForStateCalls();
    expect(notices()).toEqual([]);
  });

  it('triggers no notice if it is revoked while another link is shown', async () => {
    holdDate();
    await start();
    const { tom, slack, auth0, database } = world;
    await createLink();
    await createLink({ person: tom, name: 'of-tom' });
    const correlationId = creates(world)[1]?.headers['x-correlation-id'] ?? '';
    // The bot waits for Slack with the first receipt, and tries again.
    slack.fail('chat.update', 'hang', 1);
    const isShown = () => slack.calls.some(({ method }) => method === 'chat.update');
    pass(4 * DAY + HOUR);
    await slack.until(isShown);
    const config = readConfig({ ...botSettings(slack, auth0, 'http'), ...database });
    await runRevoke(config, [correlationId]);
    await slack.until(() => notices().length === 1);
    await slack.until(() => buttonsIn(receipt(tom)).length === 0);
    expect(notices(tom)).toEqual([]);
  });
});

describe('“Create a link to continue”', () => {
  async function unfinished(options: WorldOptions = {}): Promise<Message> {
    holdDate();
    await start(options);
    await createLink();
    configure();
    await world.slack.until(() => readingOf(receipt()).includes(SET_UP));
    pass(6 * HOUR);
    return waitForNotice(sentences.unfinishedNotice('Globex Inc'));
  }

  it('creates a link for what is missing, even if the requester is not an editor', async () => {
    const notice = await unfinished({ env: { EDITORS: 'U0TOM' } });
    const { maria, auth0, slack } = world;
    expect(buttonsIn(notice)).toEqual([sentences.CONTINUE_SETUP, sentences.MUTE_LINK]);
    expect(textOf(notice)).toContain(
      customerReminder('unfinished', { kind: 'new', customer: 'Globex Inc', expiry: '', isLive: false }),
    );
    await slack.until(() => buttonsIn(receipt()).includes(sentences.CONTINUE_SETUP));
    await maria.press(sentences.CONTINUE_SETUP, notice);
    await slack.until(() => maria.sees(notice.channel).some((each) => linkIn(each)));
    const connection = auth0.connections.find(({ name }) => name === 'globex');
    expect(creates(world).at(-1)?.body).toMatchObject({
      connection_id: connection?.id,
      enabled_features: { sso: true, domain_verification: false, provisioning: false },
      enabled_clients: [expect.any(String)],
      enabled_organizations: [{ organization_id: 'org_Glx3uBq7Ns5Vt1Ke' }],
    });
    // After a second click, the bot says that the link still works.
    await maria.press(sentences.CONTINUE_SETUP, notice);
    await message(world, maria, notice.channel, sentences.linkStillWorks('Globex Inc'));
    expect(creates(world)).toHaveLength(2);
    // While that link works, the bot checks its connection more often than once a day.
    complete();
    await waitForNotice(FINISHED);
  });

  it('is not offered to someone who is neither the requester nor an editor', async () => {
    await unfinished({ env: { EDITORS: 'U0MARIA' } });
    const { tom } = world;
    const shown = await details(tom);
    expect(buttonsIn(shown)).toEqual([sentences.FOLLOW_LINK]);
  });

  it('creates nothing if the connection is already enabled or was deleted', async () => {
    const notice = await unfinished();
    const { maria, auth0 } = world;
    enable();
    await maria.press(sentences.CONTINUE_SETUP, notice);
    await message(world, maria, notice.channel, sentences.alreadyEnabled('Globex Inc'));
    auth0.connections = auth0.connections.filter(({ name }) => name !== 'globex');
    await maria.press(sentences.CONTINUE_SETUP, notice);
    await message(world, maria, notice.channel, sentences.NOTHING_TO_CONTINUE);
    expect(creates(world)).toHaveLength(1);
  });

  it('creates nothing and shows the error if Auth0 fails', async () => {
    const notice = await unfinished();
    const { maria, auth0 } = world;
    auth0.fail({ path: /^\/api\/v2\/connections$/ }, { status: 500 });
    await maria.press(sentences.CONTINUE_SETUP, notice);
    const error = new Auth0Error('failed', { status: 500 });
    const sentence = sentences.auth0Sentence(error, 'read', CONTEXT);
    await message(world, maria, notice.channel, sentences.notContinued('Globex Inc', sentence));
    expect(creates(world)).toHaveLength(1);
  });
});

describe('notices about a link', () => {
  it('go to the colleague who follows it instead of the requester', async () => {
    await start({ env: { EDITORS: 'U0MARIA' } });
    const { tom, sales } = world;
    await createLink();
    const shown = await details(tom);
    await tom.press(sentences.FOLLOW_LINK, shown);
    await message(world, tom, sales.id, sentences.followed('Globex Inc'));
    complete();
    const notice = await waitForNotice(FINISHED, tom);
    expect(notice.thread).toBeUndefined();
    expect(notices(world.maria)).toEqual([]);
  });

  it('stop after “Mute this link” until someone follows the link', async () => {
    holdDate();
    await start();
    const { maria, sales } = world;
    await createLink();
    pass((world.auth0.tickets[0]?.expiresAt ?? 0) - Date.now() - HOUR);
    const warning = await waitForNotice(sentences.nothingSetUpNotice('Globex Inc').before);
    await maria.press(sentences.MUTE_LINK, warning);
    await message(world, maria, warning.channel, sentences.muted('Globex Inc', CONTEXT));
    configure();
    await world.slack.until(() => readingOf(receipt()).includes(SET_UP));
    pass(6 * HOUR);
    await world.slack.until(() => readingOf(receipt()).includes(sentences.ATTENTION.unfinished));
    expect(notices()).toHaveLength(1);
    const shown = await details(maria);
    await maria.press(sentences.FOLLOW_LINK, shown);
    await message(world, maria, sales.id, sentences.followed('Globex Inc'));
    enable();
    pass(DAY);
    await waitForNotice(FINISHED);
  });

  it('go to AUDIT_CHANNEL if Slack rejects the direct message', async () => {
    await start({
      env: { AUDIT_CHANNEL: 'C0AUDIT' },
      workspace: (slack) =>
        void slack.addChannel({ id: 'C0AUDIT', kind: 'private', members: ['U0MARIA'], botIsMember: true }),
    });
    const { maria, slack } = world;
    await createLink();
    slack.fail('chat.postMessage', { error: 'user_disabled' }, 1);
    complete();
    const notice = await message(world, maria, 'C0AUDIT', FINISHED);
    expect(readingOf(notice)).toContain(sentences.NOT_REACHED.trim());
    expect(buttonsIn(notice)).toEqual([]);
    expect(notices()).toEqual([]);
  });

  it('go to AUDIT_CHANNEL if the account of the recipient is deactivated', async () => {
    holdDate();
    await start({
      env: { AUDIT_CHANNEL: 'C0AUDIT' },
      workspace: (slack) =>
        void slack.addChannel({ id: 'C0AUDIT', kind: 'private', members: ['U0TOM'], botIsMember: true }),
    });
    await createLink();
    const person = world.slack.users.get('U0MARIA');
    if (person) person.deleted = true;
    pass(2 * 60_000);
    complete();
    await message(world, world.tom, 'C0AUDIT', FINISHED);
    expect(notices()).toEqual([]);
  });

  it('are retried after Slack fails, and arrive once', async () => {
    await start();
    await createLink();
    world.slack.fail('chat.postMessage', { status: 500 }, 4);
    complete();
    await waitForNotice(FINISHED);
    await waitForStateCalls(0);
    expect(notices()).toHaveLength(1);
    expect(audits(world, 'notice_sent')).toHaveLength(1);
  });
});

it('two instances that follow the same link send one notice', async () => {
  // A lease lasts three intervals, which must be longer than one call.
  const followIntervalMs = 300;
  await start({ followIntervalMs });
  await createLink();
  const settings = readConfig({ ...botSettings(world.slack, world.auth0, 'http'), ...world.database });
  const other = createApp(settings, createLog('info', { write: () => true }), {
    followIntervalMs,
  });
  await other.start();
  try {
    complete();
    await waitForNotice(FINISHED);
    await world.maria.command(world.sales.id, 'list globex');
    await message(world, world.maria, world.sales.id, ENABLED);
    expect(notices()).toHaveLength(1);
  } finally {
    await other.stop();
  }
});
