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

/** Submits a new connection while the create call is answered like this, and returns what the person reads. */
async function refused(status: number, body: object): Promise<string> {
  await fillNew(world);
  world.auth0.fail(SSO_TICKET, json(status, body));
  await world.maria.submit();
  return textOf(await modal(world, world.maria, /No link was created/));
}

describe('a refusal of the create call', () => {
  it('because of several custom domains says where to choose one, and what to set', async () => {
    await start();
    const told = await refused(409, {
      statusCode: 409,
      error: 'Conflict',
      message: 'The tenant has multiple verified custom domains.',
      errorCode: 'custom_domain_conflict',
    });
    expect(told).toMatch(/custom domains.*“Link opens on”.*AUTH0_CUSTOM_DOMAINS/);
    expect(told).not.toMatch(/Choose another name/);
  });

  it('because of the name says so', async () => {
    await start();
    const told = await refused(409, { message: 'A connection with this name already exists.' });
    expect(told).toMatch(/A connection with this name already exists.*Choose another name/);
  });

  it('because of the subscription names what is missing', async () => {
    await start();
    const told = await refused(403, {
      message: 'Please upgrade your subscription to use self-service SSO',
      errorCode: 'insufficient_entitlement',
    });
    expect(told).toMatch(/plan doesn't include this: “Please upgrade your subscription/);
  });

  it.each([400, 403, 409])(
    'for another reason (%i) shows that reason, and guesses nothing',
    async (status) => {
      await start();
      const told = await refused(status, { message: 'The moon is full', errorCode: 'never_heard_of' });
      expect(told).toMatch(/Auth0 refused the request: “The moon is full”/);
      expect(told).not.toMatch(/Choose another name|custom domains|subscription/i);
    },
  );
});

describe('a token', () => {
  it('that a quota refuses is asked for less and less often, and nobody blames the credentials', async () => {
    await start();
    const { auth0, maria, sales } = world;
    auth0.dropTokens();
    auth0.fail(
      { path: '/oauth/token' },
      json(429, { error: 'too_many_requests', error_description: 'Quota used up' }),
    );
    await maria.command(sales.id, '');
    const told = await modal(world, maria, /Auth0 is getting too many requests/);
    expect(textOf(told)).not.toMatch(/credentials/);
    await maria.close();
    const before = auth0.requests.length;
    const until = performance.now() + 4_000;
    while (performance.now() < until) {
      await maria.command(sales.id, '');
      await sleep(100);
      if (maria.modal) await maria.close();
    }
    const tokens = auth0.requests.slice(before).filter(({ path }) => path === '/oauth/token');
    // After 1, 2, 4, 8 seconds.
    expect(tokens.length).toBeLessThanOrEqual(4);
  });

  it('waits as long as Retry-After says', async () => {
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

it('a connection that a command names is looked up, even if Auth0 asks to wait for a moment', async () => {
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

describe('things that look the same', () => {
  it('two profiles of one name show their IDs', async () => {
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

  it('two connections whose names agree in their first 75 characters show their IDs, first of all', async () => {
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

describe('provisioning on an edit', () => {
  it.each([
    ['adfs', /Provisioning doesn't work with Microsoft AD FS/],
    ['pingfederate', /Provisioning doesn't work with PingFederate/],
    ['google-apps', /SCIM doesn't work with Google Workspace.*“Google Workspace directory sync”/],
    ['okta', undefined],
  ])('of a connection with %s', async (strategy, problem) => {
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

it('a list that has one odd record shows all others, and the log says how many were left out', async () => {
  await start({
    tenant: ({ organizations }) => {
      // As a defect of Auth0's could send it.
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
