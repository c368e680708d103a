import { afterEach, describe, expect, it, vi } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { Auth0 } from '../../stand-ins/auth0/server.ts';
import {
  audits,
  buttonsIn,
  expectClean,
  holdDate,
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
import { createFollowedLink, noticesTo, receiptTo } from './followed-links.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Short, so that the tests don't wait. */
const INTERVAL_MS = 40;

let world: World;

/** Lets the bot read the log of the tenant. */
const withLog = (auth0: Auth0) => {
  auth0.scopes.push('read:logs');
  auth0.logDelay = () => 0;
};

async function start({ tenant, ...options }: WorldOptions = {}): Promise<void> {
  world = await startWorld({
    followIntervalMs: INTERVAL_MS,
    logIntervalMs: INTERVAL_MS,
    ...options,
    tenant: (auth0) => {
      withLog(auth0);
      tenant?.(auth0);
    },
  });
}

afterEach(async () => {
  vi.useRealTimers();
  isHeld = false;
  world.slack.clearFaults();
  world.auth0.clearFaults();
  expectClean(world);
  await world.stop();
});

const receipt = () => receiptTo(world, world.maria);
const notices = () => noticesTo(world, world.maria);
const waitForNotice = (words: string) =>
  eventually(() => noticesTo(world, world.maria).find((each) => readingOf(each).includes(words.trim())));
const ticketId = (at = -1) => world.auth0.tickets.at(at)?.id ?? '';
const waitForReceipt = (words: string) => eventually(() => readingOf(receipt()).includes(words));

let isHeld = false;
function hold(): void {
  holdDate();
  isHeld = true;
}

/** Waits. If the date is held, each check moves it a little, so that the bot reads the log again. */
function eventually<T>(found: () => T): Promise<NonNullable<T>> {
  return world.slack.until(() => {
    if (isHeld) pass(1);
    return found();
  }) as Promise<NonNullable<T>>; // as `until` says
}

/** The bot's searches in the log. */
const searches = () => world.auth0.requests.filter(({ path }) => path === '/api/v2/logs');
async function searchedAgain(times = 2): Promise<void> {
  const before = searches().length;
  await world.slack.until(() => searches().filter(({ status }) => status).length >= before + times);
  await settled();
}

describe('a receipt', () => {
  it('shows each step of the customer, and a notice is sent only when they finish', async () => {
    await start();
    await createFollowedLink(world);
    const { auth0 } = world;
    auth0.open(ticketId());
    await waitForReceipt(sentences.LINK_STATES.opened);
    expect(readingOf(receipt())).toContain(sentences.WORKS_UNTIL.trim());
    auth0.configure(ticketId(), 'okta');
    await waitForReceipt(sentences.LINK_STATES.configured);
    // The log doesn't name the provider. The connection does.
    await waitForReceipt(sentences.setUpWith('Okta Workforce'));
    auth0.trySignIn(ticketId(), { ends: false });
    await waitForReceipt(sentences.TEST_STARTED);
    auth0.trySignIn(ticketId(), { ends: true });
    await world.slack.until(() => !readingOf(receipt()).includes(sentences.TEST_STARTED));
    expect(readingOf(receipt())).toContain(sentences.TEST_DONE);
    expect(notices()).toEqual([]);
    auth0.enable(ticketId());
    const notice = await waitForNotice(sentences.finished('Globex Inc', ['Customer Portal']));
    expect(notice.thread).toBe(receipt()?.ts);
    const steps = ['opened', 'configured'] as const;
    for (const step of steps) expect(readingOf(receipt())).toContain(sentences.LINK_STATES[step]);
    expect(readingOf(receipt())).toContain(sentences.enabledFor(['Customer Portal', 'Globex Inc']));
    await searchedAgain();
    expect(notices()).toHaveLength(1);
    for (const event of ['ticket_in_auth0_log', 'link_opened', 'ticket_finished', 'notice_sent'] as const) {
      expect(audits(world, event)).toHaveLength(1);
    }
  });

  it('includes an event once even if the log sends it twice, late, and out of order', async () => {
    let delay = 900;
    await start({
      tenant: (auth0) => {
        auth0.logRepeats = true;
        // Earlier events have longer delays than later ones.
        auth0.logDelay = () => {
          delay = delay > 150 ? delay - 150 : 0;
          return delay;
        };
      },
    });
    await createFollowedLink(world);
    world.auth0.complete(ticketId(), 'okta');
    await waitForNotice(sentences.finished('Globex Inc', ['Customer Portal']));
    await world.slack.until(() => audits(world, 'link_opened')[0]);
    await searchedAgain();
    expect(audits(world, 'link_opened')).toHaveLength(1);
    expect(audits(world, 'ticket_finished')).toHaveLength(1);
    expect(notices()).toHaveLength(1);
  });

  it('for an edit shows that the connection changed and that the customer finished', async () => {
    await start();
    const { maria, auth0, sales, slack } = world;
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, sentences.FORM_TITLE.edit);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    auth0.complete(ticketId(), 'okta');
    const notice = await waitForNotice(sentences.changesFinished('Initech'));
    const edited = await slack.until(() =>
      slack.messages.find((each) => each.stored && textOf(each).includes(sentences.receiptTitle('Initech'))),
    );
    await slack.until(() => readingOf(edited).includes(sentences.FINISHED));
    expect(readingOf(edited)).toContain(sentences.CONNECTION_CHANGED);
    expect(notice.thread).toBe(edited.ts);
    await maria.command(sales.id, 'list');
    await message(world, maria, sales.id, sentences.FINISHED);
  });

  it('says that one of two links was opened if Auth0 does not say which one', async () => {
    hold();
    await start({ tenant: (auth0) => (auth0.tracingPer = 'session'), env: { EDITORS: 'everyone' } });
    await createFollowedLink(world);
    pass(10 * MINUTE);
    // An editor keeps the first link.
    const { maria, sales, auth0, slack } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('connectionName', 'globex');
    await maria.type('displayName', 'Globex Inc');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    await slack.until(() => maria.modal && textOf(maria.modal).includes('active link'));
    await maria.choose('existingLink', 'keep');
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    await maria.close();
    auth0.open(ticketId());
    pass(3 * MINUTE);
    await waitForReceipt(sentences.oneOfLinks(2, 'Globex Inc'));
    expect(readingOf(receipt())).toContain(sentences.LINK_STATES.opened);
    await eventually(() => audits(world, 'link_opened').length === 2);
  });
});

it('an event that does not name the connection is found by its tracing ID', async () => {
  hold();
  await start();
  await createFollowedLink(world);
  await eventually(() => audits(world, 'ticket_in_auth0_log')[0]);
  pass(10 * MINUTE);
  // From now on, searches no longer find the events that name the connection.
  const before = searches().length;
  await eventually(() => searches().length >= before + 2);
  const { auth0 } = world;
  auth0.logOther('ss_sso_failure', {
    details: {
      ss_sso_event_name: 'ss_sso_ticket_consumption',
      ss_sso_tracing_id: auth0.tickets.at(-1)?.tracingId,
    },
  });
  const failed = await eventually(() => audits(world, 'setup_step_failed')[0]);
  expect(failed).toMatchObject({ step: 'ticket_consumption', connection: 'globex' });
});

describe('a notice', () => {
  it('says which step failed, and the receipt shows it until the step succeeds', async () => {
    await start();
    await createFollowedLink(world);
    world.auth0.open(ticketId());
    world.auth0.logEvent(ticketId(), 'connection_creation', { type: 'failure' });
    const notice = await waitForNotice(sentences.stepFailedNotice('Globex Inc', 'connection_creation'));
    expect(buttonsIn(notice)).toEqual([sentences.MUTE_LINK]);
    await waitForReceipt(sentences.stepFailed("Auth0 couldn't save the connection"));
    // The step succeeds now.
    world.auth0.configure(ticketId(), 'okta');
    await waitForReceipt(sentences.LINK_STATES.configured);
    expect(readingOf(receipt())).not.toContain(sentences.ATTENTION.step_failed);
  });

  it('says that a test sign-in has not finished after 10 minutes', async () => {
    hold();
    await start();
    await createFollowedLink(world);
    world.auth0.configure(ticketId(), 'okta');
    pass(MINUTE);
    world.auth0.trySignIn(ticketId(), { ends: false });
    await waitForReceipt(sentences.TEST_STARTED);
    expect(notices()).toEqual([]);
    pass(11 * MINUTE);
    const { before, after } = sentences.testHangingNotice('Globex Inc');
    expect(readingOf(await waitForNotice(before))).toContain(after.trim());
  });

  it('says that a domain is not verified, and a new link then covers only the domain', async () => {
    hold();
    await start();
    await createFollowedLink(world);
    const { auth0, maria, slack } = world;
    auth0.configure(ticketId(), 'okta');
    auth0.addDomain(ticketId());
    auth0.verifyDomain(ticketId(), false);
    const notice = await waitForNotice(sentences.domainNotice('Globex Inc'));
    // The same link still works.
    expect(buttonsIn(notice)).toEqual([sentences.MUTE_LINK]);
    auth0.complete(ticketId(), 'okta');
    await waitForNotice(sentences.finished('Globex Inc', ['Customer Portal']));
    pass(6 * HOUR);
    await eventually(() => buttonsIn(receipt()).includes(sentences.CONTINUE_SETUP));
    await maria.press(sentences.CONTINUE_SETUP, receipt());
    await slack.until(() => auth0.tickets.length === 2);
    expect(auth0.tickets[1]?.body.enabled_features).toEqual({
      sso: false,
      domain_verification: true,
      provisioning: false,
    });
    await message(world, maria, receipt()?.channel ?? '', sentences.OPEN_BY);
  });

  it('says that the customer left before they finished', async () => {
    hold();
    await start();
    await createFollowedLink(world);
    world.auth0.configure(ticketId(), 'okta');
    pass(MINUTE);
    world.auth0.leave(ticketId());
    await waitForReceipt(sentences.SESSION_ENDED);
    expect(notices()).toEqual([]);
    // Earlier steps may appear in the log later, so the bot waits.
    pass(6 * MINUTE);
    const { before } = sentences.leftNotice('Globex Inc');
    const notice = await waitForNotice(before);
    expect(buttonsIn(notice)).toEqual([sentences.MUTE_LINK]);
  });

  it('says that nothing was set up five hours after the link was opened', async () => {
    hold();
    await start();
    await createFollowedLink(world);
    world.auth0.open(ticketId());
    await waitForReceipt(sentences.LINK_STATES.opened);
    pass(5 * HOUR + MINUTE);
    const notice = await waitForNotice(sentences.openedUnusedNotice('Globex Inc'));
    expect(buttonsIn(notice)).toEqual([sentences.CREATE_AGAIN, sentences.MUTE_LINK]);
  });

  it('says that nobody has opened a link that expires soon', async () => {
    hold();
    await start();
    await createFollowedLink(world);
    await eventually(() => audits(world, 'ticket_in_auth0_log')[0]);
    pass((world.auth0.tickets[0]?.expiresAt ?? 0) - Date.now() - HOUR);
    await waitForNotice(sentences.expiringNotice('Globex Inc').before);
  });
});

describe('the log', () => {
  it('is not read without an open link or without the permission', async () => {
    await start();
    const { slack, auth0 } = world;
    await slack.until(() => auth0.requests.some(({ path }) => path === '/oauth/token'));
    await new Promise((resolve) => setTimeout(resolve, 5 * INTERVAL_MS));
    expect(searches()).toEqual([]);
    auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:logs');
    auth0.dropTokens();
    await createFollowedLink(world);
    auth0.complete(ticketId(), 'okta');
    // The bot gets this from the state of the connection.
    await waitForNotice(sentences.finished('Globex Inc', ['Customer Portal']));
    expect(readingOf(receipt())).not.toContain(sentences.LINK_STATES.opened);
    expect(searches()).toEqual([]);
  });

  it('is read beyond the limit of 1,000 results per search', async () => {
    await start();
    await createFollowedLink(world);
    await searchedAgain(1);
    const { auth0, slack } = world;
    auth0.fail({ path: '/logs' }, { status: 500 });
    for (let count = 0; count < 1_250; count += 1) auth0.logEvent(ticketId(), 'try_connection_start');
    auth0.open(ticketId());
    auth0.clearFaults();
    await slack.until(() => searches().some(({ query, status }) => query.page === '9' && status === 200));
    await waitForReceipt(sentences.LINK_STATES.opened);
  });

  it.each([
    ['rejects the search', { status: 400 }],
    ['fails', { status: 500 }],
    ['returns HTML', 'html'],
    ['returns half a response', 'cut'],
    [
      'returns unreadable entries',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '[null, {}]' },
    ],
  ] as const)('is replaced by the state of the connection if it %s', async (_, fault) => {
    await start();
    world.auth0.fail({ path: '/logs' }, fault);
    await createFollowedLink(world);
    world.auth0.complete(ticketId(), 'okta');
    await waitForNotice(sentences.finished('Globex Inc', ['Customer Portal']));
    expect(searches().length).toBeGreaterThan(0);
  });
});
