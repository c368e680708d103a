import { afterEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import { TicketError } from '../../src/tickets/errors.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import type { WorldOptions } from '../harness.ts';
import {
  ANY,
  buttonsIn,
  CONTEXT,
  creates,
  expectClean,
  labelsOf,
  like,
  linkIn,
  MODES,
  message,
  modal,
  optionsIn,
  startWorld,
  textOf,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';

const INITECH = 'con_In6tEc2Hs8Ml4Pq0';
const PORTAL = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const VERBS = ['get', 'post', 'put', 'patch', 'delete'];
const SCIM = [...VERBS.map((verb) => `${verb}:users`), ...VERBS.map((verb) => `${verb}:groups`)];
// The default token lifetime is one year.
const PROVISIONING = { scopes: SCIM, token_lifetime: 31_536_000 };

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

async function openEdit(typed = 'edit initech-saml') {
  await world.maria.command(world.sales.id, typed);
  return modal(world, world.maria, sentences.FORM_TITLE.edit);
}

describe.each(MODES)('a link that edits a connection (%s)', (mode) => {
  it('is requested with the command and shown only to the requester', async () => {
    await start({ mode });
    const { maria, tom, sales, auth0 } = world;
    const view = await openEdit();
    const { profile, connection, features, clients, organizations, lifetime } = basics;
    expect(labelsOf(view)).toEqual(
      [connection, features, clients, organizations, lifetime, profile].map(({ label }) => label),
    );
    expect(optionsIn(view, 'features')).toEqual(features.options.map(({ name }) => name));
    expect(maria.value('features').selected_options?.map(({ text }) => text.text)).toEqual(
      features.options.slice(0, 2).map(({ name }) => name),
    );
    expect(await maria.submit()).toMatchObject({ ok: true });
    const link = await message(world, maria, sales.id, sentences.linkTitle('Initech'));
    expect(link.visibleTo).toBe(maria.id);
    expect(tom.sees(sales.id)).toEqual([]);
    expect(linkIn(link)).toContain(auth0.tickets[0]?.id);
    expect(textOf(link)).toContain(sentences.LINK_PURPOSE.edit);
    await modal(world, maria, sentences.DONE_TITLE);
    // There is no connection_config, and no applications or organizations.
    expect(creates(world).map(({ body }) => body)).toEqual([
      {
        connection_id: INITECH,
        enabled_features: { sso: true, domain_verification: true, provisioning: false },
        domain_aliases_config: { domain_verification: 'optional' },
        ttl_sec: 86_400,
      },
    ]);
  });
});

describe('an edit', () => {
  it.each([
    [['sso'], {}],
    [['domain_verification'], { domain_aliases_config: { domain_verification: 'optional' } }],
    [['provisioning'], { provisioning_config: PROVISIONING }],
    [['sso', 'provisioning'], { provisioning_config: PROVISIONING }],
    [
      ['sso', 'domain_verification', 'provisioning'],
      {
        domain_aliases_config: { domain_verification: 'optional' },
        provisioning_config: PROVISIONING,
      },
    ],
  ])('sends the features %j with their configuration', async (ticked, more) => {
    await start();
    await openEdit();
    await world.maria.choose('features', ticked);
    await world.maria.submit();
    await modal(world, world.maria, sentences.DONE_TITLE);
    expect(creates(world).map(({ body }) => body)).toEqual([
      {
        connection_id: INITECH,
        enabled_features: {
          sso: ticked.includes('sso'),
          domain_verification: ticked.includes('domain_verification'),
          provisioning: ticked.includes('provisioning'),
        },
        ...more,
        ttl_sec: 86_400,
      },
    ]);
  });

  it('does not preselect default applications, and sends what is selected', async () => {
    await start({ env: { DEFAULT_CLIENT_IDS: PORTAL } });
    const { maria } = world;
    const view = await openEdit();
    expect(maria.value('clients').selected_options).toEqual([]);
    for (const field of ['clients', 'organizations']) {
      expect(view.blocks.find(({ block_id }) => block_id === field)).toMatchObject({ optional: true });
    }
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.pick('organizations', { type: 'initech', take: 'Initech' });
    await maria.submit();
    const link = await message(world, maria, world.sales.id, sentences.linkTitle('Initech'));
    expect(textOf(link)).toContain('Customer Portal');
    expect(creates(world)[0]?.body).toMatchObject({
      connection_id: INITECH,
      enabled_clients: [PORTAL],
      enabled_organizations: [{ organization_id: 'org_Int8wDr2Pf6Hy4Mj' }],
    });
  });

  it('shows an error and sends nothing if no feature is selected', async () => {
    await start();
    const { maria } = world;
    await openEdit();
    await maria.choose('features', []);
    // Slack's client requires a selection. The bot checks it too.
    const delivery = await maria.submit();
    expect(delivery).toMatchObject({ error: 'client_refused' });
    const { modal: view } = maria;
    const tick = view?.blocks.find(({ block_id }) => block_id === 'features');
    if (!tick) throw new Error('There is no such field');
    tick.optional = true;
    await maria.submit();
    expect(Object.keys(maria.errors)).toEqual(['features']);
    expect(creates(world)).toEqual([]);
  });
});

describe('the connection to edit', () => {
  it('is found by name, display name, or ID, ignoring case, if links can edit its type', async () => {
    await start();
    const { maria } = world;
    await openEdit('edit');
    await warm(world);
    const suggested = async (typed: string) => {
      const result = await maria.suggest('connection', typed);
      if (!result.ok) throw new Error(result.error);
      return result.options.map(({ text }) => text.text);
    };
    for (const typed of ['initech', 'INITECH-S', 'saml', INITECH]) {
      expect(await suggested(typed)).toEqual(['initech-saml']);
    }
    expect(await suggested('soylent foods')).toEqual(['soylent-oidc']);
    expect(await suggested('')).toEqual(['hooli-okta', 'initech-saml', 'soylent-oidc', 'umbrella-entra']);
    expect(await suggested('google')).toEqual([]);
    expect(await suggested('Username')).toEqual([]);
    const named = await maria.suggest('connection', 'initech');
    expect(named.ok && named.options[0]?.description?.text).toBe(`${INITECH} · Initech · SAML`);
  });

  it('cannot be one that the settings protect by name or ID', async () => {
    await start({ env: { PROTECTED_CONNECTIONS: `hooli-okta, ${INITECH}` } });
    const { maria, sales, slack } = world;
    await openEdit('edit');
    await warm(world);
    const all = await maria.suggest('connection', '');
    expect(all.ok && all.options.map(({ text }) => text.text)).toEqual(['soylent-oidc', 'umbrella-entra']);
    await maria.close();
    for (const typed of ['hooli-okta', 'Hooli', 'con_Ho3oLi7Ok1Ta5Zx9', 'initech-saml', INITECH]) {
      const before = maria.sees(sales.id).length;
      await maria.command(sales.id, `edit ${typed}`);
      const answer = await slack.until(() => maria.sees(sales.id)[before]);
      expect(textOf(answer)).toMatch(
        like(sentences.editSentence({ code: 'resource_protected', name: ANY }, CONTEXT)),
      );
      expect(buttonsIn(answer)).toEqual([sentences.FIND_CONNECTION]);
      expect(maria.modal).toBeUndefined();
    }
  });

  it.each([
    ['protected', { code: 'resource_protected', name: 'hooli-okta' }],
    [
      'a database connection',
      { code: 'connection_not_editable', name: 'Username-Password-Authentication', strategy: 'auth0' },
    ],
  ] as const)('is rejected on submit if it is %s', async (_, problem) => {
    await start({ env: { PROTECTED_CONNECTIONS: 'hooli-okta' } });
    const { maria, auth0 } = world;
    await openEdit();
    await warm(world);
    const id = auth0.connections.find(({ name }) => name === problem.name)?.id ?? '';
    const option = maria.value('connection').selected_option;
    if (!option) throw new Error('No connection is chosen');
    option.value = id;
    await maria.submit();
    expect(maria.errors.connection).toBe(sentences.fieldSentence(problem, CONTEXT));
    expect(creates(world)).toEqual([]);
  });

  it('is checked in Auth0 if the list does not contain it', async () => {
    await start({ env: { PROTECTED_CONNECTIONS: 'workforce' } });
    const { maria, auth0 } = world;
    await openEdit();
    await warm(world);
    const id = 'con_Wo1rKf2Or3Ce4Xy5';
    auth0.connections.push({ id, name: 'workforce', strategy: 'okta', enabled_clients: [] });
    const option = maria.value('connection').selected_option;
    if (!option) throw new Error('No connection is chosen');
    option.value = id;
    await maria.submit();
    await modal(world, maria, whyNoLink(new TicketError({ code: 'resource_protected', name: 'workforce' })));
    expect(creates(world)).toEqual([]);
  });

  it('is reported as missing, and the form returns, if it was deleted before the submit', async () => {
    await start();
    const { maria, auth0 } = world;
    await openEdit();
    await warm(world);
    auth0.connections = auth0.connections.filter(({ id }) => id !== INITECH);
    await maria.submit();
    const reason = 'The connection does not exist';
    await modal(world, maria, whyNoLink(new Auth0Error('not_found', { reason })));
    expect(maria.value('connection').selected_option).toMatchObject({ value: INITECH });
    expect(auth0.tickets).toEqual([]);
  });
});
