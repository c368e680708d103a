import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../stand-ins/auth0/faults.ts';
import type { WorldOptions } from '../harness.ts';
import {
  creates,
  expectClean,
  expectInert,
  fillNew,
  linkIn,
  live,
  MODES,
  message,
  modal,
  startWorld,
  textOf,
  type World,
  warm,
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

/** Fills in a form with something in every field, and sends it off. */
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

/** Everything that was typed stands there again. */
function expectAllThere() {
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
    membership: ['Add users to the organization when they log in'],
    lifetime: '8 hours',
    profile: 'Standard',
  });
}

const NOTHING_MADE = /No link was made/;
const MAYBE_MADE = /may have made one all the same; nobody has seen it, and it expires by itself/;

/** What goes wrong, what the person reads, and how many tickets Auth0 has made by then. */
const failures: [string, Fault, RegExp[], number][] = [
  [
    '400',
    { status: 400, body: { statusCode: 400, message: 'Payload <!channel> error: too odd' } },
    [/refused it: “Payload <!channel> error: too odd”/, NOTHING_MADE],
    0,
  ],
  [
    '403 for want of a scope',
    {
      status: 403,
      body: { statusCode: 403, message: 'Insufficient scope', errorCode: 'insufficient_scope' },
    },
    [/lacks the permission create:sso_access_tickets/, NOTHING_MADE],
    0,
  ],
  [
    '404',
    { status: 404, body: { message: 'Profile gone' } },
    [/does not know.*Profile gone/, NOTHING_MADE],
    0,
  ],
  ['409', { status: 409, body: { message: 'Name is taken' } }, [/Name is taken/, /edit/, NOTHING_MADE], 0],
  [
    '500',
    { status: 500, body: { message: 'secret internals' } },
    [/error of its own \(500\)/, MAYBE_MADE],
    0,
  ],
  ['503', { status: 503 }, [/error of its own \(503\)/, MAYBE_MADE], 0],
  ['a web page for an answer', 'html', [/no answer that makes sense/, MAYBE_MADE], 1],
  ['an empty answer', 'empty', [/no answer that makes sense/, MAYBE_MADE], 1],
  ['an answer cut off', 'cut', [/Auth0 did not answer, or not completely/, MAYBE_MADE], 1],
  ['a connection broken before', 'reset', [/Auth0 did not answer, or not completely/, MAYBE_MADE], 0],
  ['a connection broken after', 'reset-after', [/Auth0 did not answer, or not completely/, MAYBE_MADE], 1],
  ['201 without a URL', { status: 201, body: { ticket: 'oops' } }, [/no answer/, MAYBE_MADE], 0],
  [
    '201 with a URL without a ticket',
    { status: 201, body: { ticket: 'https://localhost/' } },
    [/no answer/, MAYBE_MADE],
    0,
  ],
  ['201 with another body', { status: 201, body: [] }, [/no answer/, MAYBE_MADE], 0],
];

describe.each(MODES)('a create call that fails, over %s', (mode) => {
  it.each(failures)('%s: the form comes back, nothing is repeated', async (_, behaviour, words, tickets) => {
    await start({ mode });
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, behaviour);
    expect(await submitAll()).toMatchObject({ ok: true, ack: { response_action: 'update' } });
    const view = await modal(
      world,
      maria,
      /refused|lacks|does not know|error of its own|no answer|did not answer/,
    );
    expect(view.title.text).toBe('New SSO connection');
    for (const pattern of words) expect(textOf(view)).toMatch(pattern);
    expectInert({ blocks: view.blocks });
    expectAllThere();
    expect(creates(world)).toHaveLength(1);
    expect(auth0.tickets).toHaveLength(tickets);
    expect(maria.sees(sales.id)).toEqual([]);

    // And it can be sent off again as it stands.
    auth0.clearFaults();
    await maria.submit();
    await message(world, maria, sales.id, /SSO link for Globex Inc/);
    expect(creates(world)).toHaveLength(2);
  });
});

it('a private key opens Auth0 as well as a secret does', async () => {
  await start({
    env: ({ clientPrivateKey }) => ({ AUTH0_CLIENT_SECRET: '', AUTH0_CLIENT_PRIVATE_KEY: clientPrivateKey }),
  });
  const { maria, sales, auth0 } = world;
  await fillNew(world);
  await maria.submit();
  await message(world, maria, sales.id, /SSO link for acme-corp/);
  const tokens = auth0.requests.filter(({ path }) => path === '/oauth/token');
  expect(JSON.stringify(tokens)).toContain('client-assertion-type:jwt-bearer');
});

describe('a token that Auth0 has taken back', () => {
  it('is replaced by a fresh one, once', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    await warm(world);
    auth0.dropTokens();
    await maria.submit();
    await message(world, maria, sales.id, /SSO link for acme-corp/);
    expect(creates(world).map(({ status }) => status)).toEqual([401, 201]);
    expect(live(world)).toHaveLength(1);
  });

  it('is said if the fresh one is refused too', async () => {
    await start();
    const { maria, auth0 } = world;
    auth0.fail(CREATE, { status: 401, body: { message: 'Invalid token' } });
    await submitAll();
    const view = await modal(world, maria, /does not accept the bot's credentials/);
    expect(textOf(view)).toMatch(NOTHING_MADE);
    expect(textOf(view)).toMatch(/whoever runs this bot/);
    expectAllThere();
    expect(creates(world)).toHaveLength(2);
    expect(auth0.tickets).toEqual([]);
  });

  it.each([
    ['wrong credentials', { status: 401, body: { error: 'access_denied' } }, /credentials/],
    ['no access to the API', { status: 403, body: { error: 'access_denied' } }, /credentials/],
    ['a token endpoint that is down', { status: 503 }, /cannot reach Auth0/],
  ])('is said if there is none: %s', async (_, behaviour, words) => {
    await start();
    const { maria, auth0 } = world;
    await fillNew(world);
    await warm(world);
    auth0.dropTokens();
    auth0.fail({ path: '/oauth/token' }, behaviour);
    await maria.submit();
    const view = await modal(world, maria, words);
    expect(textOf(view)).toMatch(NOTHING_MADE);
    expect(creates(world)).toHaveLength(1);
  });
});

describe('a scope that is really missing', () => {
  it('is named', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'create:sso_access_tickets');
      },
    });
    await submitAll();
    await modal(world, world.maria, /lacks the permission create:sso_access_tickets/);
    expectAllThere();
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

  it('is waited for, and then there is exactly one ticket; the modal says so meanwhile', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, limited(9), 1);
    auth0.fail(CREATE, { status: 429 }, 1);
    await submitAll();
    const view = await modal(world, maria, /Auth0 limits how often it may be called/);
    expect(textOf(view)).toMatch(
      /the bot waits and tries again: \d+ seconds so far\. It gives up after half a minute/,
    );
    await message(world, maria, sales.id, /SSO link for Globex Inc/);
    expect(creates(world).map(({ status }) => status)).toEqual([429, 429, 201]);
    expect(auth0.tickets).toHaveLength(1);
    await modal(world, maria, /The link is ready/);
  });

  it('is not waited for where it lasts longer than the person would wait', async () => {
    await start();
    const { maria, auth0 } = world;
    auth0.fail(CREATE, limited(120));
    await submitAll();
    const view = await modal(world, maria, /limits how often/);
    expect(textOf(view)).toMatch(NOTHING_MADE);
    expectAllThere();
    expect(creates(world)).toHaveLength(1);
    expect(auth0.tickets).toEqual([]);
  });

  it('waits without words of how long, too', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail(CREATE, { status: 429 }, 1);
    await submitAll();
    await message(world, maria, sales.id, /SSO link for Globex Inc/);
    expect(auth0.tickets).toHaveLength(1);
  });
});

describe('lists that fail', () => {
  it('a form that needs one opens as a sentence, and "Try again" works', async () => {
    await start();
    const { maria, sales, auth0, slack } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
    await maria.command(sales.id, 'Globex Inc');
    const view = await modal(world, maria, /error of its own \(500\)/);
    expect(view.title.text).toBe('That did not work');
    await maria.press('Try again');
    await modal(world, maria, /New SSO connection/);
    expect(maria.value('displayName').value).toBe('Globex Inc');
    expect(maria.value('organizations').selected_options).toMatchObject([{ text: { text: 'Globex Inc' } }]);
    expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(1);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    // The link still knows where it was asked for.
    await message(world, maria, sales.id, /SSO link for Globex Inc/);
  });

  it('"Try again" works however much was typed', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, { status: 500 }, 1);
    await maria.command(sales.id, `Acme ${'long '.repeat(790)}`);
    await modal(world, maria, /error of its own \(500\)/);
    await maria.press('Try again');
    await modal(world, maria, /New SSO connection/);
    expect(maria.value('displayName').value).toMatch(/^Acme long/);
  });

  it('"Try again" works for the shortcut, and may fail again', async () => {
    await start();
    const { maria, secret, auth0 } = world;
    auth0.fail({ path: '/self-service-profiles' }, 'reset');
    maria.goTo(secret.id);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, /That did not work/);
    const tries = () => auth0.requests.filter(({ path }) => path.endsWith('/self-service-profiles')).length;
    const before = tries();
    await maria.press('Try again');
    await world.slack.until(() => tries() > before);
    await modal(world, maria, /That did not work/);
    auth0.clearFaults();
    await maria.press('Try again');
    await modal(world, maria, /New SSO connection/);
    expect(maria.value('conversation')).toMatchObject({ type: 'conversations_select' });
  });

  it('names the permission that a list lacks', async () => {
    await start({
      tenant: (auth0) => {
        auth0.scopes = auth0.scopes.filter((scope) => scope !== 'read:self_service_profiles');
      },
    });
    await world.maria.command(world.sales.id, '');
    await modal(world, world.maria, /lacks the permission read:self_service_profiles/);
  });

  it('says so in the suggestions while a list is still coming, with what has arrived', async () => {
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
    // The first page comes at once, the second one late.
    auth0.fail({ path: '/organizations' }, { delay: 0 }, 1);
    auth0.fail({ path: '/organizations' }, { delay: 4_000 }, 1);
    await maria.command(sales.id, '');
    await modal(world, maria, /New SSO connection/);
    await slack.until(() => auth0.requests.filter(({ path }) => path.endsWith('/organizations')).length >= 2);
    const suggested = await maria.suggest('organizations', 'glob');
    if (!suggested.ok) throw new Error(suggested.error);
    expect(suggested.ms).toBeLessThan(3_000);
    expect(suggested.options.map(({ text }) => text.text)).toEqual([
      'Globex Inc',
      expect.stringMatching(/still loading/),
    ]);
  });

  it('goes on without a list that the form does not need', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    for (const path of ['/organizations', '/connections']) auth0.fail({ path }, { status: 500 });
    await maria.command(sales.id, 'Globex Inc');
    await modal(world, maria, /New SSO connection/);
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    expect(linkIn(await message(world, maria, sales.id, /SSO link for Globex Inc/))).toBeDefined();
  });

  it('says why a connection cannot be looked up', async () => {
    await start();
    const { maria, sales, auth0 } = world;
    auth0.fail({ path: '/connections' }, { status: 500 });
    await maria.command(sales.id, 'edit initech-saml');
    await modal(world, maria, /error of its own \(500\)/);
    auth0.clearFaults();
    await maria.press('Try again');
    await modal(world, maria, /Edit SSO connection/);
    expect(maria.value('connection').selected_option).toMatchObject({ text: { text: 'initech-saml' } });
  });
});
