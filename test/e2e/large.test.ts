import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { Auth0 } from '../../stand-ins/auth0/server.ts';
import {
  expectClean,
  fillNew,
  message,
  modal,
  STILL_LOADING,
  startWorld,
  type World,
  type WorldOptions,
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

function fillTenant(auth0: Auth0, count: number): void {
  for (let number = 0; number < count; number += 1) {
    auth0.organizations.push({
      id: `org_${String(number).padStart(16, '0')}`,
      name: `customer-${number}`,
      display_name: `Customer ${number}`,
    });
  }
}

const texts = async (typed: string, field = 'organizations', person = world.maria) => {
  const suggested = await person.suggest(field, typed);
  if (!suggested.ok) throw new Error(suggested.error);
  expect(suggested.ms).toBeLessThan(3_000);
  return suggested.options.map(({ text }) => text.text);
};
const requests = (path: string | RegExp) =>
  world.auth0.requests.filter((each) =>
    typeof path === 'string' ? each.path === path : path.test(each.path),
  );
const BY_NAME = /organizations\/name\//;

describe('a large tenant', () => {
  it('is read one page at a time without reaching the rate limit', async () => {
    await start({
      tenant: (auth0) => {
        fillTenant(auth0, 550);
        auth0.endpointLimits = { 'GET /organizations': { perMinute: 60, burst: 8 } };
      },
    });
    const { maria, sales, auth0, slack } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    const pages = () => requests('/api/v2/organizations');
    await slack.until(
      () => pages().length >= 6 && pages().every(({ ms, status }) => status && ms >= 0),
      20_000,
    );
    expect(pages().map(({ status }) => status)).toEqual(Array(6).fill(200));
    // Each request is sent after the previous response.
    const times = pages().map(({ at, ms }) => ({ at, end: at + ms }));
    for (const [index, { at }] of times.entries())
      if (index > 0) expect(at).toBeGreaterThanOrEqual(times[index - 1]?.end ?? 0);
    // The limit adds one call a second, and the bot leaves three quarters of its eight calls to others.
    // So after three pages, it reads one page a second.
    expect((times.at(-1)?.at ?? 0) - (times[0]?.at ?? 0)).toBeGreaterThan(1_500);
    expect(await texts('customer 549')).toEqual(['Customer 549']);
    expect(auth0.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  it('is not read while nobody uses the bot', async () => {
    await start({ tenant: (auth0) => fillTenant(auth0, 300) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(requests(/^\/api/)).toEqual([]);
  });
});

describe('if Auth0 returns 404 for the create call', () => {
  it('reloads the lists, and shows the old ones until then', async () => {
    await start();
    const { maria, auth0, slack } = world;
    await fillNew(world);
    await warm(world);
    auth0.fail({ path: /sso-ticket$/ }, { status: 404, body: { message: 'No such client' } }, 1);
    auth0.clients.push({ client_id: 'Ne1wClient'.repeat(3), name: 'Portal of tomorrow', app_type: 'spa' });
    const before = requests('/api/v2/clients').length;
    await maria.submit();
    await modal(world, maria, whyNoLink(new Auth0Error('not_found', { reason: 'No such client' })));
    await slack.until(() => requests('/api/v2/clients').length > before);
    await slack.until(() => requests('/api/v2/organizations').length > 1);
    expect(await texts('portal', 'clients')).toContain('Customer Portal');
    await warm(world);
    expect(await texts('portal', 'clients')).toContain('Portal of tomorrow');
  });
});

describe('an exact name that is not in the loaded list', () => {
  it('is found while the list is still loading', async () => {
    await start({ tenant: (auth0) => fillTenant(auth0, 250) });
    const { maria, sales, auth0, slack } = world;
    auth0.fail({ path: '/organizations' }, { delay: 0 }, 1);
    auth0.fail({ path: '/organizations' }, { delay: 5_000 });
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await slack.until(() => requests('/api/v2/organizations').length >= 2);
    expect(await texts('customer-249')).toEqual(['Customer 249', STILL_LOADING]);
    expect(await texts('org_0000000000000248')).toEqual(['Customer 248', STILL_LOADING]);
  });

  it('is looked up once after the list is loaded, even if other names begin with it', async () => {
    await start({ tenant: (auth0) => fillTenant(auth0, 20) });
    const { maria, auth0, sales } = world;
    await fillNew(world);
    await warm(world);
    auth0.organizations.push({ id: 'org_Ne1wOr2Ga3Ni4Za5', name: 'customer', display_name: 'The New One' });
    expect(await texts('customer')).toContain('The New One');
    expect(await texts('customer')).toContain('The New One');
    expect(requests(BY_NAME)).toHaveLength(1);
    await maria.pick('organizations', { type: 'the new', take: 'The New One' });
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('The New One'));
  });

  it('is looked up for the last text typed, but not for every keystroke', async () => {
    await start();
    const { tom, auth0 } = world;
    await fillNew(world);
    await fillNew(world, { person: tom });
    await warm(world);
    auth0.organizations.push({ id: 'org_Ne1wOr2Ga3Ni4Za5', name: 'zebra', display_name: 'Zebra Inc' });
    const typed = ['z', 'ze', 'zeb', 'zebr', 'zebra'].map((text) => texts(text));
    const tomsResult = texts('zebra', 'organizations', tom);
    expect((await Promise.all(typed)).at(-1)).toEqual(['Zebra Inc']);
    expect(await tomsResult).toEqual(['Zebra Inc']);
    const lookedUp = requests(BY_NAME).map(({ path }) => path.split('/').at(-1));
    expect(lookedUp.filter((name) => name !== 'zebra')).toEqual(['z']);
    expect(lookedUp.length).toBeLessThanOrEqual(3);
    const mariasLookups = requests(BY_NAME).filter(
      ({ path }) => path.endsWith('/z') || path.endsWith('/zebra'),
    );
    expect(mariasLookups.length).toBeGreaterThan(1);
  });
});
