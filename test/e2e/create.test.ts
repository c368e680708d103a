import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import * as basics from '../../src/tickets/form/basics.ts';
import { fieldOptions } from '../arbitrary.ts';
import type { WorldOptions } from '../harness.ts';
import {
  CONTEXT,
  creates,
  expectClean,
  expectInert,
  fillNew,
  labelsOf,
  linkIn,
  MODES,
  message,
  modal,
  NOTHING_MADE,
  optionsIn,
  readingOf,
  startWorld,
  textOf,
  type World,
  warm,
  whyNoLink,
} from '../harness.ts';

const PORTAL = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const ANALYTICS = 't8GhY2jUk6Mn4Bv0Cx3Za9Qw1Es7Rd5P';
const MACHINE = 'm4KjH8gFd2Sa6Pl0Ok1Ij3Uh5Yg7Tf9R';
const GLOBEX = 'org_Glx3uBq7Ns5Vt1Ke';
const STANDARD = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const MICROSOFT = 'ssp_f6qBHtjNfq5XhM7CKTZ2xp';

let world: World;
async function start(options: WorldOptions = {}) {
  world = await startWorld(options);
}
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

describe.each(MODES)('a link for a new connection (%s)', (mode) => {
  beforeEach(() => start({ mode }));

  it('is requested with the command and shown only to the requester', async () => {
    const { maria, tom, sales, auth0, slack } = world;
    expect(await maria.command(sales.id, '')).toMatchObject({ ok: true });
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('connectionName', ' acme-corp ');
    await maria.type('displayName', 'Acme Corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    expect(await maria.submit()).toMatchObject({ ok: true });

    const link = await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    expect(link.visibleTo).toBe(maria.id);
    expect(tom.sees(sales.id)).toEqual([]);
    expect(linkIn(link)).toContain(auth0.tickets[0]?.id);
    await modal(world, maria, sentences.DONE_TITLE);
    expect(auth0.tickets).toHaveLength(1);
    expect(auth0.tickets[0]).toMatchObject({
      profileId: MICROSOFT,
      body: {
        connection_config: { name: 'acme-corp', display_name: 'Acme Corp' },
        enabled_clients: [PORTAL],
        enabled_organizations: [
          { organization_id: GLOBEX, assign_membership_on_login: true, show_as_button: true },
        ],
        ttl_sec: 432_000,
      },
    });
    expect(textOf(link)).toContain('(Europe/Berlin)');
    expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(1);
  });

  it('takes one Auth0 call with a correlation ID after the lists are loaded', async () => {
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await warm(world);
    await maria.close();
    const before = auth0.requests.length;
    await fillNew(world);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    const calls = auth0.requests.slice(before);
    expect(calls.map(({ method }) => method)).toEqual(['POST']);
    expect(calls[0]?.headers['x-correlation-id']).toMatch(/^[\w-]{8,64}$/);
  });

  it('is acknowledged before a slow create call ends, and the modal shows progress', async () => {
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 2_500 });
    const delivery = await maria.submit();
    expect(delivery).toMatchObject({ ok: true });
    expect(delivery.ms).toBeLessThan(2_500);
    expect(maria.modal?.title.text).toBe(sentences.PROGRESS_TITLE);
    expect(readingOf(maria.modal)).toContain(`${sentences.PROGRESS_BEFORE_NAME}acme-corp`);
    await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    expect(creates(world)).toHaveLength(1);
  });

  it('is requested with the shortcut in a private channel and a direct message', async () => {
    const { maria, tom, slack, secret, direct } = world;
    for (const channel of [secret, direct]) {
      maria.goTo(channel.id);
      expect(await maria.shortcut('create_sso_ticket')).toMatchObject({ ok: true });
      const view = await modal(world, maria, sentences.FORM_TITLE.new);
      expect(labelsOf(view)).toContain(basics.conversation.label);
      const conversation = view.blocks.find(({ block_id }) => block_id === 'conversation')?.element;
      expect(conversation).toMatchObject({
        type: 'conversations_select',
        response_url_enabled: true,
        default_to_current_conversation: true,
      });
      expect(maria.value('conversation').selected_conversation).toBe(channel.id);
      await maria.type('connectionName', `acme-${channel.kind}`);
      await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
      expect(await maria.submit()).toMatchObject({ ok: true });
      const link = await message(world, maria, channel.id, sentences.linkTitle(`acme-${channel.kind}`));
      expect(link).toMatchObject({ visibleTo: maria.id, via: 'response_url' });
      expect(tom.sees(channel.id)).toEqual([]);
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();
    }
    expect(slack.calls.filter(({ method }) => method === 'views.open')).toHaveLength(2);
  });

  it('goes to the conversation chosen in the form of the shortcut', async () => {
    const { maria, sales, secret } = world;
    maria.goTo(sales.id);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.choose('conversation', secret.id);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    await maria.submit();
    await message(world, maria, secret.id, sentences.linkTitle('acme-corp'));
    expect(maria.sees(sales.id)).toEqual([]);
  });

  it('goes to the chosen conversation even if the first create call fails', async () => {
    const { maria, secret, auth0 } = world;
    maria.goTo(secret.id);
    await maria.shortcut('create_sso_ticket');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('connectionName', 'acme-corp');
    await maria.pick('clients', { type: 'portal', take: 'Customer Portal' });
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { status: 500 }, 1);
    await maria.submit();
    await modal(world, maria, whyNoLink(new Auth0Error('failed', { status: 500, mayHaveHappened: true })));
    expect(maria.value('conversation').selected_conversation).toBe(secret.id);
    expect(maria.value('connectionName').value).toBe('acme-corp');
    await maria.submit();
    await message(world, maria, secret.id, sentences.linkTitle('acme-corp'));
  });
});

describe('the form for a new connection', () => {
  it('has the expected fields and lifetimes', async () => {
    await start();
    const view = await fillNew(world);
    const { profile, connectionName, displayName, clients, organizations, lifetime } = basics;
    expect(labelsOf(view)).toEqual(
      [displayName, connectionName, clients, organizations, lifetime, profile].map(({ label }) => label),
    );
    expect(view.blocks.filter(({ optional }) => optional).map(({ label }) => label?.text)).toEqual(
      [displayName, connectionName, organizations].map(({ label }) => label),
    );
    const lifetimes = fieldOptions('new', 'lifetime').map(({ name }) => name);
    expect(optionsIn(view, 'lifetime')).toEqual(lifetimes);
    expect(world.maria.value('lifetime').selected_option?.text.text).toBe(lifetimes.at(-1));
    expectInert(view);
  });

  it('offers every profile and selects the first by name', async () => {
    await start();
    const view = await fillNew(world);
    expect(optionsIn(view, 'profile').toSorted()).toEqual(['Microsoft and Okta', 'Standard']);
    expect(world.maria.value('profile').selected_option?.value).toBe(MICROSOFT);
  });

  it('selects the default profile and applications from the settings', async () => {
    await start({
      env: { DEFAULT_PROFILE_ID: STANDARD, DEFAULT_CLIENT_IDS: `${PORTAL}, ${ANALYTICS},gone` },
    });
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, 'acme-corp');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.press(sentences.MORE_OPTIONS);
    await modal(world, maria, basics.profile.label);
    expect(maria.value('profile').selected_option?.value).toBe(STANDARD);
    expect(maria.value('clients').selected_options).toMatchObject([
      { value: PORTAL, text: { text: 'Customer Portal' } },
      { value: ANALYTICS, text: { text: 'Analytics' } },
    ]);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    expect(auth0.tickets).toMatchObject([
      { profileId: STANDARD, body: { enabled_clients: [PORTAL, ANALYTICS] } },
    ]);
  });

  it('is labeled with the tenant, like all other views and messages', async () => {
    await start({ env: { TENANT_LABEL: 'Production EU' } });
    const { maria, sales, auth0, slack } = world;
    const view = await fillNew(world);
    expect(textOf(view)).toContain('Production EU');
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 200 });
    await maria.submit();
    expect(textOf(maria.modal)).toContain('Production EU');
    expect(textOf(await message(world, maria, sales.id, sentences.linkTitle('')))).toContain('Production EU');
    expect(textOf(await modal(world, maria, sentences.DONE_TITLE))).toContain('Production EU');
    for (const typed of ['help', 'profiles', 'edit nobody']) {
      const before = maria.sees(sales.id).length;
      await maria.command(sales.id, typed);
      const answer = await slack.until(() => maria.sees(sales.id)[before]);
      expect(textOf(answer)).toContain('Production EU');
    }
  });

  it('requires an application by default', async () => {
    await start();
    const { maria, sales } = world;
    const view = await fillNew(world);
    expect(view.blocks.find(({ block_id }) => block_id === 'clients')).toMatchObject({ optional: false });
    await maria.clear('clients');
    expect(await maria.submit()).toMatchObject({ error: 'client_refused' });
    expect(maria.errors.clients).toBeDefined();
    expect(creates(world)).toEqual([]);
    expect(maria.sees(sales.id)).toEqual([]);
  });

  it('needs no application with APPLICATIONS_OPTIONAL, but the message warns about it', async () => {
    await start({ env: { APPLICATIONS_OPTIONAL: 'true' } });
    const { maria, sales, auth0 } = world;
    await fillNew(world);
    await maria.clear('clients');
    expect(await maria.submit()).toMatchObject({ ok: true });
    const link = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    expect(textOf(link)).toContain(sentences.LINK_WITHOUT_APPLICATION);
    expect(auth0.tickets[0]?.body).not.toHaveProperty('enabled_clients');
  });

  it('causes no warning about applications if one is selected', async () => {
    await start({ env: { APPLICATIONS_OPTIONAL: 'true' } });
    await fillNew(world);
    await world.maria.submit();
    const link = await message(world, world.maria, world.sales.id, sentences.linkTitle('acme-corp'));
    expect(textOf(link)).not.toContain(sentences.LINK_WITHOUT_APPLICATION);
  });

  it.each([
    [[], false, false],
    [['assign_membership_on_login'], true, false],
    [['show_as_button'], false, true],
    [['assign_membership_on_login', 'show_as_button'], true, true],
  ])('sends the selected membership options %j for each organization', async (ticked, assign, show) => {
    await start();
    const { maria, auth0 } = world;
    await fillNew(world);
    await maria.pick('organizations', { type: 'GLOB', take: GLOBEX }, { type: 'nitec', take: 'Initech' });
    await maria.choose('membership', ticked);
    await maria.submit();
    await modal(world, maria, sentences.DONE_TITLE);
    const flags = { assign_membership_on_login: assign, show_as_button: show };
    expect(auth0.tickets[0]?.body.enabled_organizations).toEqual([
      { organization_id: GLOBEX, ...flags },
      { organization_id: 'org_Int8wDr2Pf6Hy4Mj', ...flags },
    ]);
  });

  it('sends no organizations and no display name if they are empty', async () => {
    await start();
    await fillNew(world);
    await world.maria.type('displayName', '   ');
    await world.maria.submit();
    await modal(world, world.maria, sentences.DONE_TITLE);
    expect(world.auth0.tickets[0]?.body).toEqual({
      connection_config: { name: 'acme-corp' },
      enabled_clients: [PORTAL],
      ttl_sec: 432_000,
    });
  });

  it('sends each lifetime in seconds', async () => {
    await start();
    const { maria, auth0 } = world;
    const seconds = [3_600, 28_800, 86_400, 259_200, 432_000];
    for (const [index, each] of seconds.entries()) {
      const view = await fillNew(world, { name: `acme-${index}` });
      const label = optionsIn(view, 'lifetime')[index];
      await maria.choose('lifetime', String(each));
      expect(maria.value('lifetime').selected_option?.text.text).toBe(label);
      await maria.submit();
      await modal(world, maria, sentences.DONE_TITLE);
      await maria.close();
    }
    expect(auth0.tickets.map(({ body }) => body.ttl_sec)).toEqual(seconds);
  });
});

const INVALID = sentences.fieldSentence({ code: 'connection_name_invalid' }, CONTEXT);
const MISSING = sentences.fieldSentence(
  { code: 'one_text_missing', labels: [basics.displayName.label, basics.connectionName.label] },
  CONTEXT,
);

describe('the validation of a new connection', () => {
  beforeEach(() => start());

  it.each([
    ['-acme', INVALID],
    ['acme-', INVALID],
    ['acme--corp', INVALID],
    ['acme corp', INVALID],
    ['acmé', INVALID],
    ['acme_corp', INVALID],
    ['   ', MISSING],
  ])('rejects the connection name %j', async (name, words) => {
    const { maria } = world;
    await fillNew(world, { name });
    expect(await maria.submit()).toMatchObject({ ok: true, ack: { response_action: 'errors' } });
    expect(Object.values(maria.errors)).toEqual([words]);
    expect(maria.value('connectionName').value).toBe(name);
    expect(creates(world)).toEqual([]);
  });

  it('lets Slack limit the connection name to 128 characters', async () => {
    const { maria } = world;
    await fillNew(world, { name: 'a'.repeat(129) });
    expect(await maria.submit()).toMatchObject({ error: 'client_refused' });
    await maria.type('connectionName', 'a'.repeat(128));
    expect(await maria.submit()).toMatchObject({ ok: true });
    await modal(world, maria, sentences.DONE_TITLE);
  });

  it.each(['initech-saml', 'Username-Password-Authentication', 'google-oauth2'])(
    'rejects the connection name %s, which is taken',
    async (name) => {
      const { maria } = world;
      await fillNew(world, { name });
      await warm(world);
      await maria.submit();
      expect(maria.errors.connectionName).toBe(
        sentences.fieldSentence(
          { code: 'connection_name_taken', name, customer: '', isEditor: true },
          CONTEXT,
        ),
      );
      expect(creates(world)).toEqual([]);

      await maria.type('connectionName', 'another-one');
      await maria.submit();
      await modal(world, maria, sentences.DONE_TITLE);
      expect(creates(world)).toHaveLength(1);
    },
  );

  it('rejects a suggestion that is only an error message', async () => {
    const { maria, auth0, slack } = world;
    auth0.fail({ path: '/organizations' }, { status: 403, body: { message: 'Insufficient scope' } });
    await fillNew(world);
    await slack.until(() => auth0.requests.some(({ path }) => path.endsWith('/organizations')));
    const suggested = await maria.suggest('organizations', 'glo');
    if (!suggested.ok) throw new Error(suggested.error);
    const [sentence] = suggested.options;
    expect(`${sentence?.text.text} ${sentence?.description?.text}`).toContain('read:organizations');
    await maria.pick('organizations', { type: 'glo', take: sentence?.value ?? '' });
    await maria.submit();
    expect(Object.keys(maria.errors)).toEqual(['organizations']);
    expect(creates(world)).toEqual([]);
  });

  it('returns the form with its values if only Auth0 knows that the name is taken', async () => {
    const { maria, auth0, sales } = world;
    await fillNew(world, { name: 'late-comer' });
    await maria.type('displayName', 'Late & <Comer>');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('membership', ['show_as_button']);
    await maria.choose('lifetime', '3600');
    await maria.choose('profile', STANDARD);
    await warm(world);
    auth0.connections.push({
      id: 'con_La1tEc2Om3Er4Ab5',
      name: 'late-comer',
      strategy: 'auth0',
      enabled_clients: [],
    });
    expect(await maria.submit()).toMatchObject({ ok: true, ack: { response_action: 'update' } });
    const view = await modal(world, maria, whyNoLink(new Auth0Error('name_taken')));
    expect(view.title.text).toBe(sentences.FORM_TITLE.new);
    expect(textOf(view)).toContain(NOTHING_MADE);
    expect(maria.value('connectionName').value).toBe('late-comer');
    expect(maria.value('displayName').value).toBe('Late & <Comer>');
    expect(maria.value('profile').selected_option?.value).toBe(STANDARD);
    expect(maria.value('clients').selected_options).toMatchObject([{ value: PORTAL }]);
    expect(maria.value('organizations').selected_options).toMatchObject([{ value: GLOBEX }]);
    expect(maria.value('membership').selected_options).toMatchObject([{ value: 'show_as_button' }]);
    expect(maria.value('lifetime').selected_option?.value).toBe('3600');
    expect(creates(world)).toHaveLength(1);
    expect(maria.sees(sales.id)).toEqual([]);

    await maria.type('connectionName', 'late-comer-2');
    await maria.submit();
    await message(world, maria, sales.id, sentences.linkTitle('Globex Inc'));
    expect(auth0.tickets).toHaveLength(1);
  });
});

describe('the search for applications and organizations', () => {
  beforeEach(() => start());

  async function texts(field: string, typed: string) {
    const suggested = await world.maria.suggest(field, typed);
    if (!suggested.ok) throw new Error(suggested.error);
    return suggested.options.map(({ text, description }) => `${text.text} | ${description?.text ?? ''}`);
  }

  it('matches the ID or part of the name, ignoring case, and shows both', async () => {
    await fillNew(world);
    await warm(world);
    const portal = [`Customer Portal | ${PORTAL}`];
    for (const typed of ['portal', 'PORTAL', 'custom', 'tomer po', PORTAL, PORTAL.toLowerCase()]) {
      expect(await texts('clients', typed)).toEqual(portal);
    }
    expect(await texts('organizations', 'GLOB')).toEqual([`Globex Inc | ${GLOBEX} · globex`]);
    expect(await texts('organizations', GLOBEX)).toEqual([`Globex Inc | ${GLOBEX} · globex`]);
    expect(await texts('organizations', 'sohne')).toEqual([
      'Van Saren & Söhne <GmbH> | org_Vns9jHg5Fd1Sa7Qe · van-saren',
    ]);
    expect(await texts('organizations', 'nobody at all')).toEqual([]);
  });

  it('offers only applications that sign users in', async () => {
    await fillNew(world);
    await warm(world);
    expect((await texts('clients', '')).map((each) => each.split(' |')[0])).toEqual([
      'Analytics',
      'Customer Portal',
      'Mobile App',
      'Partner Hub',
    ]);
    expect(await texts('clients', 'Billing')).toEqual([]);
    expect(await texts('clients', MACHINE)).toEqual([]);
    expect(await texts('clients', 'All Applications')).toEqual([]);
  });

  it('does not turn names from the tenant into mentions', async () => {
    world.auth0.organizations.push({
      id: 'org_Pn1gPn2gPn3gPn4g',
      name: 'ping',
      display_name: '<!channel> *x*',
    });
    await fillNew(world);
    await warm(world);
    await world.maria.pick('organizations', { type: 'ping', take: '<!channel> *x*' });
    await world.maria.submit();
    const link = await message(world, world.maria, world.sales.id, sentences.linkTitle('<!channel>'));
    expectInert(link);
  });
});

describe('the search in a large tenant', () => {
  it('limits suggestions to 99, and finds the last of 1,500 organizations and 300 applications', async () => {
    await start({
      tenant: (auth0) => {
        for (let number = 0; number < 1_500; number += 1) {
          const id = `org_${String(number).padStart(16, '0')}`;
          auth0.organizations.push({ id, name: `customer-${number}`, display_name: `Customer ${number}` });
        }
        for (let number = 0; number < 300; number += 1) {
          const client_id = `App${number}`.padEnd(32, 'x');
          auth0.clients.push({ client_id, name: `App ${number}`, app_type: 'spa', is_first_party: true });
        }
      },
    });
    const { maria } = world;
    await fillNew(world);
    await maria.pick('clients', { type: 'App 299', take: 'App 299' });
    // The list loads page by page. The timeout of the test ends this loop.
    for (;;) {
      const suggested = await maria.suggest('organizations', 'customer 1499');
      if (!suggested.ok) throw new Error(suggested.error);
      if (suggested.options.some(({ text }) => text.text === 'Customer 1499')) break;
    }
    const all = await maria.suggest('organizations', 'customer');
    expect(all.ok && all.options.length).toBe(99);
  });
});
