import { afterEach, describe, expect, it } from 'vitest';
import { type BotApp, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/environment.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Auth0 } from '../../stand-ins/auth0/server.ts';
import {
  botSettings,
  expectClean,
  MODES,
  type Mode,
  message,
  modal,
  startWorld,
  textOf,
  type World,
  warm,
} from '../harness.ts';

// Slack shows 75 characters of an option.
const ORGANIZATION =
  'The International Association of Independent Gadget Sellers Of Northern Europe & Friends';
const CLIENT = 'The Portal That Every Customer of Every Country Uses for Everything They Do <Production>';
const PROFILE = 'The Profile for Customers Who Bring an Identity Provider of Their Own, and Verify Domains';
const CONNECTION = 'independent-gadget-sellers-of-northern-europe-and-all-of-their-many-friends-saml';

let world: World;
let other: BotApp | undefined;

afterEach(async () => {
  await other?.stop();
  other = undefined;
  expectClean(world);
  await world.stop();
});

/** Gives the tenant names that are longer than the text of an option. */
function longNames({ profiles, clients, organizations, connections }: Auth0): void {
  const [profile] = profiles;
  const client = clients.find(({ name }) => name === 'Customer Portal');
  const organization = organizations.find(({ id }) => id === 'org_Glx3uBq7Ns5Vt1Ke');
  const connection = connections.find(({ name }) => name === 'initech-saml');
  if (!profile || !client || !organization || !connection) throw new Error('The tenant has changed');
  profile.name = PROFILE;
  client.name = CLIENT;
  organization.display_name = ORGANIZATION;
  connection.name = CONNECTION;
}

/** Replaces the bot with a new one that has nothing in memory, like after a restart. */
async function restart(mode: Mode): Promise<void> {
  const { app, auth0, slack } = world;
  await app.stop();
  const settings = readConfig({ ...botSettings(slack, auth0, mode), ...world.database });
  other = createApp(settings, createLog('debug', { write: (line) => world.log.push(line) }));
  const { port } = await other.start();
  if (mode === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  auth0.requests.length = 0;
}

async function fill(organization: string): Promise<void> {
  const { maria, sales } = world;
  await maria.command(sales.id, 'acme-corp');
  await modal(world, maria, /New SSO connection/);
  await maria.choose('profile', 'ssp_n7SNCL8seoyV1TuSTCnAeo');
  await maria.pick('clients', { type: 'the portal', take: 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A' });
  await maria.pick('organizations', { type: organization, take: 'org_Glx3uBq7Ns5Vt1Ke' });
  expect(maria.value('organizations').selected_options?.[0]?.text.text).toMatch(/^.{74}…$/);
  await warm(world);
}

async function link(): Promise<string> {
  const { maria, sales } = world;
  const shown = textOf(await message(world, maria, sales.id, /SSO link for/));
  await modal(world, maria, /Your link is ready/);
  return shown;
}

describe.each(MODES)('names that are too long for an option (%s)', (mode) => {
  it('are complete in the message, the receipt, and the text for the customer', async () => {
    const env = { CUSTOMER_MESSAGE: 'Dear {customer}: {link} for {connection}' };
    world = await startWorld({ mode, tenant: longNames, env });
    const { maria, slack } = world;
    await fill('gadget');
    await maria.submit();
    const shown = await link();
    for (const name of [PROFILE, CLIENT, ORGANIZATION]) expect(shown).toContain(name);
    expect(shown).toContain(`Dear ${ORGANIZATION}: https://`);
    const receipt = await slack.until(() =>
      slack.messages.find((each) => each.stored && /^Receipt/.test(textOf(each))),
    );
    for (const name of [PROFILE, CLIENT, ORGANIZATION]) expect(textOf(receipt)).toContain(name);
  });

  it('are complete in the message after a restart, with one lookup in Auth0', async () => {
    world = await startWorld({ mode, tenant: longNames });
    const { maria, auth0 } = world;
    await fill('gadget');
    await restart(mode);
    await maria.submit();
    expect(await link()).toContain(`SSO link for ${ORGANIZATION}`);
    expect(
      auth0.requests.filter(({ path }) => path === '/api/v2/organizations/org_Glx3uBq7Ns5Vt1Ke'),
    ).toHaveLength(1);
  });

  it('are complete for an edited connection and its customer after a restart', async () => {
    world = await startWorld({ mode, tenant: longNames });
    const { maria, sales } = world;
    await maria.command(sales.id, `edit ${CONNECTION}`);
    await modal(world, maria, /Edit SSO connection/);
    await restart(mode);
    await maria.submit();
    const shown = await link();
    expect(shown).toContain('SSO link for Initech');
    expect(shown).toContain(CONNECTION);
  });
});

it('uses the text of the option, without HTML entities, if Auth0 fails', async () => {
  world = await startWorld();
  const { maria, sales, auth0 } = world;
  await maria.command(sales.id, 'van saren &amp; söhne &lt;gmbh&gt;');
  await modal(world, maria, /New SSO connection/);
  await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await warm(world);
  await restart('http');
  auth0.fail({ path: /\/organizations\/org_\w+$/ }, { status: 500 });
  await maria.submit();
  expect(await link()).toContain('SSO link for Van Saren & Söhne <GmbH>');
});
