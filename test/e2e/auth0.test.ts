import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import * as sentences from '../../src/slack/sentences.ts';
import type { Connection } from '../../stand-ins/auth0/tenant.ts';
import {
  buttonsIn,
  creates,
  expectClean,
  fillNew,
  live,
  message,
  modal,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
  warm,
} from '../harness.ts';

let world: World;

async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}

afterEach(async () => {
  world.auth0.clearFaults();
  expectClean(world);
  await world.stop();
});

const SSO_TICKET = { method: 'POST', path: /sso-ticket$/ };
const json = (status: number, body: object, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body,
});

/** Submits a new connection, lets Auth0 reject the create call, and returns the error that the user sees. */
async function submitRejected(status: number, body: object): Promise<string> {
  await fillNew(world);
  world.auth0.fail(SSO_TICKET, json(status, body));
  await world.maria.submit();
  return textOf(await modal(world, world.maria, /No link was created/));
}

describe('if Auth0 rejects the create call', () => {
  it('names the field and the setting that choose one of several custom domains', async () => {
    await start();
    const error = await submitRejected(409, {
      statusCode: 409,
      error: 'Conflict',
      message: 'The tenant has multiple verified custom domains.',
      errorCode: 'custom_domain_conflict',
    });
    expect(error).toMatch(/custom domains.*“Link opens on”.*AUTH0_CUSTOM_DOMAINS/);
    expect(error).not.toMatch(/Choose another name/);
  });

  it('says that the connection name is taken', async () => {
    await start();
    const error = await submitRejected(409, { message: 'A connection with this name already exists.' });
    expect(error).toMatch(/A connection with this name already exists.*Choose another name/);
  });

  it('shows what the Auth0 plan does not include', async () => {
    await start();
    const error = await submitRejected(403, {
      message: 'Please upgrade your subscription to use self-service SSO',
      errorCode: 'insufficient_entitlement',
    });
    expect(error).toMatch(/plan doesn't include this: “Please upgrade your subscription/);
  });

  it.each([400, 403, 409])(
    'shows the reason from Auth0 without guessing at the cause (%i)',
    async (status) => {
      await start();
      const error = await submitRejected(status, {
        message: 'The moon is full',
        errorCode: 'never_heard_of',
      });
      expect(error).toMatch(/Auth0 refused the request: “The moon is full”/);
      expect(error).not.toMatch(/Choose another name|custom domains|subscription/i);
    },
  );
});

describe('if Auth0 limits requests', () => {
  it('requests tokens less and less often, and does not blame the credentials', async () => {
    await start();
    const { auth0, maria, sales } = world;
    auth0.dropTokens();
    auth0.fail(
      { path: '/oauth/token' },
      json(429, { error: 'too_many_requests', error_description: 'Quota used up' }),
    );
    await maria.command(sales.id, '');
    const view = await modal(world, maria, /Auth0 is getting too many requests/);
    expect(textOf(view)).not.toMatch(/credentials/);
    await maria.close();
    const before = auth0.requests.length;
    const until = performance.now() + 4_000;
    while (performance.now() < until) {
      await maria.command(sales.id, '');
      await sleep(100);
      if (maria.modal) await maria.close();
    }
    const tokens = auth0.requests.slice(before).filter(({ path }) => path === '/oauth/token');
    // The bot tries again after 1, 2, 4, and 8 seconds.
    expect(tokens.length).toBeLessThanOrEqual(4);
  });

  it('waits as long as Retry-After says before it creates the link', async () => {
    await start();
    const { auth0, maria } = world;
    await fillNew(world);
    auth0.fail(SSO_TICKET, json(429, {}, { 'retry-after': '3' }), 1);
    const from = performance.now();
    await maria.submit();
    await modal(world, maria, /Your link is ready/);
    expect(performance.now() - from).toBeGreaterThan(2_900);
    expect(creates(world)).toHaveLength(2);
  });
});

it('retries the lookup of a connection in a command after a rate limit', async () => {
  await start();
  const { auth0, maria, sales } = world;
  await maria.command(sales.id, '');
  await modal(world, maria, /New SSO connection/);
  await warm(world);
  await maria.close();
  auth0.connections.push(connection('con_Ne1wOn2Eo3Ne4Wo5', 'brand-new', 'samlp'));
  auth0.fail({ path: '/connections' }, json(429, {}, { 'retry-after': '1' }), 1);
  await maria.command(sales.id, 'edit brand-new');
  await modal(world, maria, /Edit SSO connection/);
  expect(maria.value('connection').selected_option).toMatchObject({ value: 'con_Ne1wOn2Eo3Ne4Wo5' });
});

describe('options that would look the same', () => {
  it('show the IDs of two profiles with the same name', async () => {
    await start({
      tenant: ({ profiles }) => {
        for (const profile of profiles) profile.name = 'Standard';
      },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    const view = await modal(world, maria, /New SSO connection/);
    const options = view.blocks.find(({ block_id }) => block_id === 'profile')?.element?.options ?? [];
    expect(options.map(({ text }) => text.text).toSorted()).toEqual([
      'ssp_f6qBHtjNfq5XhM7CKTZ2xp · Standard',
      'ssp_n7SNCL8seoyV1TuSTCnAeo · Standard',
    ]);
  });

  it('start with the IDs of two connections whose names share their first 75 characters', async () => {
    const long = `acme-${'x'.repeat(80)}`;
    await start({
      tenant: ({ connections }) => {
        connections.push(connection('con_Lo1nGa2Aa3Aa4Aa5', `${long}-a`, 'okta'));
        connections.push(connection('con_Lo1nGb2Bb3Bb4Bb5', `${long}-b`, 'okta'));
      },
    });
    const { maria, sales } = world;
    await maria.command(sales.id, 'edit');
    await modal(world, maria, /Edit SSO connection/);
    await warm(world);
    const suggested = await maria.suggest('connection', 'acme-x');
    expect(suggested.ok && suggested.options.map(({ text }) => text.text.slice(0, 20))).toEqual([
      'con_Lo1nGa2Aa3Aa4Aa5',
      'con_Lo1nGb2Bb3Bb4Bb5',
    ]);
  });
});

describe('provisioning in an edit', () => {
  it.each([
    ['adfs', /Provisioning doesn't work with Microsoft AD FS/],
    ['pingfederate', /Provisioning doesn't work with PingFederate/],
    ['google-apps', /SCIM doesn't work with Google Workspace.*“Google Workspace directory sync”/],
    ['okta', undefined],
  ])('is accepted only if the provider supports it (%s)', async (strategy, problem) => {
    await start({
      tenant: ({ connections }) => connections.push(connection('con_Ed1iTm2Em3Em4Em5', 'edit-me', strategy)),
    });
    const { maria, sales, slack } = world;
    await maria.command(sales.id, 'edit edit-me');
    await modal(world, maria, /Edit SSO connection/);
    await warm(world);
    await maria.press('More options');
    await slack.until(() => !buttonsIn(maria.modal).includes(sentences.MORE_OPTIONS));
    await maria.choose('features', ['sso', 'provisioning']);
    await modal(world, maria, /Provisioning \(SCIM\)/);
    await maria.submit();
    if (problem) expect(maria.errors.scim).toMatch(problem);
    else await modal(world, maria, /Your link is ready/);
    expect(live(world)).toHaveLength(problem ? 0 : 1);
  });
});

function connection(id: string, name: string, strategy: string): Connection {
  return { id, name, strategy, enabled_clients: [] };
}

it('skips an unreadable record in a list, shows the others, and logs it', async () => {
  await start({
    tenant: ({ organizations }) => {
      // An error in Auth0 could send such a record.
      organizations.unshift({ id: null, name: null } as never);
    },
  });
  const { maria, sales, slack } = world;
  await maria.command(sales.id, 'Globex Inc');
  await modal(world, maria, /New SSO connection/);
  expect(maria.value('organizations').selected_options).toHaveLength(1);
  await slack.until(() => world.log.some((line) => line.includes('Auth0 sent unreadable records')));
  await maria.close();
  await maria.command(sales.id, 'help');
  await message(world, maria, sales.id, /You can type/);
});
