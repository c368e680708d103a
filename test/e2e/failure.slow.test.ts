import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error, type Auth0ErrorCode } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import type { Fault } from '../../stand-ins/auth0/faults.ts';
import { fieldOptions } from '../arbitrary.ts';
import type { WorldOptions } from '../harness.ts';
import {
  ANY_NUMBER,
  CONTEXT,
  creates,
  expectClean,
  expectInert,
  fillNew,
  like,
  linkIn,
  live,
  MODES,
  message,
  modal,
  STILL_LOADING,
  startWorld,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

const CREATE = { method: 'POST', path: /sso-ticket$/ };

/** Fills in every field and submits the form. */
async function submitAll() {
  const { maria } = world;
  await fillNew(world);
  await maria.type('displayName', 'Acme & Co');
  await maria.pick('clients', { type: 'analyt', take: 'Analytics' });
  await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
  await maria.choose('membership', ['assign_membership_on_login']);
  await maria.choose('lifetime', '28800');
  await maria.choose('profile', 'ssp_n7SNCL8seoyV1TuSTCnAeo');
  await warm(world);
  return maria.submit();
}

/** Expects the form to contain everything that was entered. */
function expectAllKept() {
  const { maria } = world;
  const texts = (field: string) => maria.value(field).selected_options?.map(({ text }) => text.text);
  expect({
    name: maria.value('connectionName').value,
    display: maria.value('displayName').value,
    clients: texts('clients'),
    organizations: texts('organizations'),
    membership: texts('membership'),
    lifetime: maria.value('lifetime').selected_option?.text.text,
    profile: maria.value('profile').selected_option?.text.text,
  }).toEqual({
    name: 'acme-corp',
    display: 'Acme & Co',
    clients: ['Customer Portal', 'Analytics'],
    organizations: ['Globex Inc'],
    membership: [basics.membership.options[0]?.name],
    lifetime: fieldOptions('new', 'lifetime')[1]?.name,
    profile: 'Standard',
  });
}

/** The failure, the error that the bot derives from it, and the number of tickets that Auth0 created. */
const failures: [string, Fault, Auth0Error, number][] = [
  [
    '400',
    { status: 400, body: { statusCode: 400, message: 'Payload <!channel> error: too odd' } },
    new Auth0Error('rejected', { reason: 'Payload <!channel> error: too odd' }),
    0,
  ],
  [
    '403 for a missing scope',
    {
      status: 403,
      body: { statusCode: 403, message: 'Insufficient scope', errorCode: 'insufficient_scope' },
    },
    new Auth0Error('missing_permission', { permission: 'create:sso_access_tickets' }),
    0,
  ],
  [
    '404',
    { status: 404, body: { message: 'Profile gone' } },
    new Auth0Error('not_found', { reason: 'Profile gone' }),
    0,
  ],
  ['409', { status: 409, body: { message: 'Name is taken' } }, new Auth0Error('name_taken'), 0],
  ['500', { status: 500, body: { message: 'secret internals' } }, maybe('failed', 500), 0],
  ['503', { status: 503 }, maybe('failed', 503), 0],
  ['an HTML response', 'html', maybe('failed'), 1],
  ['an empty response', 'empty', maybe('failed'), 1],
  ['a truncated response', 'cut', maybe('no_answer'), 1],
  ['a connection reset before Auth0 created the ticket', 'reset', maybe('no_answer'), 0],
  ['a connection reset after Auth0 created the ticket', 'reset-after', maybe('no_answer'), 1],
  ['201 without a URL', { status: 201, body: { ticket: 'oops' } }, maybe('failed'), 0],
  [
    '201 with a URL without a ticket',
    { status: 201, body: { ticket: 'https://localhost/' } },
    maybe('failed'),
    0,
  ],
  ['201 with an unexpected body', { status: 201, body: [] }, maybe('failed'), 0],
];

/** An error after which Auth0 may have created a ticket anyway. */
function maybe(code: Auth0ErrorCode, status?: number): Auth0Error {
  return new Auth0Error(code, { status, mayHaveHappened: true });
}

describe.each(MODES)('a failed create call (%s)', (mode) => {
  it.each(failures)('returns the form and is not retried after %s', async (_, behaviour, error, tickets) => {
    await start({ mode });
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, behaviour);
    expect(await submitAll()).toMatchObject({ ok: true, ack: { response_action: 'update' } });
    const view = await modal(world, maria, whyNoLink(error));
    expect(view.title.text).toBe(sentences.FORM_TITLE.new);
    expectInert({ blocks: view.blocks });
    expectAllKept();
    expect(creates(world)).toHaveLength(1);
    expect(auth0.tickets).toHaveLength(tickets);
    expect(maria.sees(sales.id)).toEqual([]);

    // The form can be submitted again without changes.
    auth0.clearFaults();
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    expect(creates(world)).toHaveLength(2);
  });
});

it('authenticates to Auth0 with a private key', async () => {
  await start({
    env: ({ clientPrivateKey }) => ({ AUTH0_CLIENT_SECRET: '', AUTH0_CLIENT_PRIVATE_KEY: clientPrivateKey }),
  });
  const { maria, sales, auth0 } = world;
  await fillNew(world);
  await maria.submit();
  await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
  const tokens = auth0.requests.filter(({ path }) => path === '/oauth/token');
  expect(JSON.stringify(tokens)).toContain('client-assertion-type:jwt-bearer');
});

describe('an access token that Auth0 rejects', () => {
  it('is replaced, and the create call is retried', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    await warm(world);
    auth0.dropTokens();
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    expect(creates(world).map(({ status }) => status)).toEqual([401, 201]);
    expect(live(world)).toHaveLength(1);
  });

  it('is reported if the new token is rejected too', async () => {
    await start();
    const { maria, auth0 } = world;
    auth0.fail(CREATE, { status: 401, body: { message: 'Invalid token' } });
    await submitAll();
    await modal(world, maria, whyNoLink(new Auth0Error('credentials_rejected')));
    expectAllKept();
    expect(creates(world)).toHaveLength(2);
    expect(auth0.tickets).toEqual([]);
  });

  it.each([
    ['wrong credentials', { status: 401, body: { error: 'access_denied' } }, 'credentials_rejected'],
    ['missing API access', { status: 403, body: { error: 'access_denied' } }, 'credentials_rejected'],
    ['a token endpoint that is down', { status: 503 }, 'unreachable'],
  ] as const)('is reported if no new token is issued because of %s', async (_, behaviour, code) => {
    await start();
    const { maria, auth0 } = world;
    await fillNew(world);
    await warm(world);
    auth0.dropTokens();
    auth0.fail({ path: '/oauth/token' }, behaviour);
    await maria.submit();
    await modal(world, maria, whyNoLink(new Auth0Error(code)));
    expect(creates(world)).toHaveLength(1);
  });
});

describe('a missing permission', () => {
  it('is named in the form', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'create:sso_access_tickets');
      },
    });
    await submitAll();
    const permission = 'create:sso_access_tickets';
    await modal(world, world.maria, whyNoLink(new Auth0Error('missing_permission', { permission })));
    expectAllKept();
    expect(creates(world)).toHaveLength(1);
  });
});

describe('the rate limit', () => {
  const limited = (seconds: number): Fault => ({
    status: 429,
    body: { statusCode: 429, message: 'Global limit has been reached' },
    headers: {
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
    },
  });

  it('delays the create call, which the modal shows, and then one link is created', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, limited(9), 1);
    auth0.fail(CREATE, { status: 429 }, 1);
    await submitAll();
    const waits = sentences.progressSentence({ step: 'rate_limited', ahead: 0 }, ANY_NUMBER);
    await modal(world, maria, like(waits));
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    expect(creates(world).map(({ status }) => status)).toEqual([429, 429, 201]);
    expect(auth0.tickets).toHaveLength(1);
    await modal(world, maria, sentences.DONE_TITLE);
  });

  it('returns the form if the wait would be too long', async () => {
    await start();
    const { maria, auth0 } = world;
    auth0.fail(CREATE, limited(120));
    await submitAll();
    await modal(world, maria, whyNoLink(new Auth0Error('rate_limited')));
    expectAllKept();
    expect(creates(world)).toHaveLength(1);
    expect(auth0.tickets).toEqual([]);
  });

  it('delays the create call even if Auth0 does not say for how long', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, { status: 429 }, 1);
    await submitAll();
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    expect(auth0.tickets).toHaveLength(1);
  });
});

const FAILED_TO_READ = sentences.auth0Sentence(new Auth0Error('failed', { status: 500 }), 'read', CONTEXT);

describe('a list that is slow or fails to load', () => {
  it('shows an error with “Try again”, which opens the form', async () => {
    await start();
    const { maria, sales, auth0, slack } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
    await maria.command(sales.id, 'Globex Inc');
    const view = await modal(world, maria, FAILED_TO_READ);
    expect(view.title.text).toBe(sentences.PROBLEM_TITLE);
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('displayName').value).toBe('Globex Inc');
    expect(maria.value('organizations').selected_options).toMatchObject([{ text: { text: 'Globex Inc' } }]);
    expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(1);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    // The link is sent to the conversation of the command.
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
  });

  it('can be reloaded with “Try again” after a very long command', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
    await maria.command(sales.id, `Acme ${'long '.repeat(790)}`);
    await modal(world, maria, FAILED_TO_READ);
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('displayName').value).toMatch(/^Acme long/);
  });

  it('can be reloaded with “Try again” more than once after the shortcut', async () => {
    await start();
    const { maria, secret, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, 'reset');
    maria.goTo(secret.id);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, sentences.PROBLEM_TITLE);
    const tries = () => auth0.requests.filter(({ path }) => path.endsWith('/self-service-profiles')).length;
    const before = tries();
    await maria.press(sentences.TRY_AGAIN);
    await world.slack.until(() => tries() > before);
    await modal(world, maria, sentences.PROBLEM_TITLE);
    auth0.clearFaults();
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.new);
    expect(maria.value('conversation')).toMatchObject({ type: 'conversations_select' });
  });

  it('is reported with the missing permission', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:self_service_profiles');
      },
    });
    await world.maria.command(world.sales.id, '');
    const error = new Auth0Error('missing_permission', { permission: 'read:self_service_profiles' });
    await modal(world, world.maria, sentences.auth0Sentence(error, 'read', CONTEXT));
  });

  it('shows the entries loaded so far, and says that more are loading', async () => {
    await start();
    const { maria, sales, auth0, slack } = world;
    for (let number = 0; number < 150; number += 1) {
      auth0.organizations.push({
        id: `org_${String(number).padStart(16, '0')}`,
        name: `customer-${number}`,
        display_name: `Customer ${number}`,
      });
    }
    await slack.until(() => auth0.organizations.length > 150);
    // The first page arrives immediately, the second one late.
    auth0.fail({ path: '/organizations' }, { delay: 0 }, 1);
    auth0.fail({ path: '/organizations' }, { delay: 4_000 }, 1);
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await slack.until(() => auth0.requests.filter(({ path }) => path.endsWith('/organizations')).length >= 2);
    const suggested = await maria.suggest('organizations', 'glob');
    if (!suggested.ok) throw new Error(suggested.error);
    expect(suggested.ms).toBeLessThan(3_000);
    expect(suggested.options.map(({ text }) => text.text)).toEqual(['Globex Inc', STILL_LOADING]);
  });

  it('does not block a form that does not need it', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    for (const path of ['/organizations', '/connections']) auth0.fail({ path }, { status: 500 });
    await maria.command(sales.id, 'Globex Inc');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(linkIn(await message(world, maria, sales.id, sentences.linkTitle('Globex Inc')))).toBeDefined();
  });

  it('is reported when the command looks up a connection', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail({ path: '/connections' }, { status: 500 });
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, FAILED_TO_READ);
    auth0.clearFaults();
    await maria.press(sentences.TRY_AGAIN);
    await modal(world, maria, sentences.FORM_TITLE.edit);
    expect(maria.value('connection').selected_option).toMatchObject({ text: { text: 'initech-saml' } });
  });
});
