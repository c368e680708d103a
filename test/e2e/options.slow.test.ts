import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import * as sentences from '../../src/slack/sentences.ts';
import type { FieldProblem } from '../../src/tickets/errors.ts';
import { domainVerification, pendingDomains } from '../../src/tickets/form/domain-verification.ts';
import { idpClient, idpQuery } from '../../src/tickets/form/idp-login.ts';
import { showAsButton } from '../../src/tickets/form/login-page.ts';
import { customDomain } from '../../src/tickets/form/other.ts';
import { googleSync } from '../../src/tickets/form/provisioning.ts';
import type { Person } from '../../stand-ins/slack/server.ts';
import {
  ANY_NUMBER,
  CONTEXT,
  expectClean,
  labelsOf,
  like,
  MODES,
  message,
  modal,
  settled,
  startWorld,
  textOf,
  type World,
  whyNoLink,
} from '../harness.ts';

const PORTAL = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const ENTRA_ONLY = 'ssp_f6qBHtjNfq5XhM7CKTZ2xp';
const ANY_PROVIDER = 'ssp_n7SNCL8seoyV1TuSTCnAeo';

let world: World;

const sentence = (problem: FieldProblem) => sentences.fieldSentence(problem, CONTEXT);
afterEach(async () => {
  expectClean(world);
  await world.stop();
});

/** Opens the form for a new connection, fills it in, and opens “More options”. */
async function openNew(person: Person = world.maria): Promise<void> {
  await person.command(world.sales.id, 'acme-corp');
  await modal(world, person, sentences.FORM_TITLE.new);
  await person.choose('profile', ANY_PROVIDER);
  await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await person.press(sentences.MORE_OPTIONS);
  await modal(world, person, domainVerification.label);
}

/** Opens the edit form, fills it in, and opens “More options”. */
async function openEdit(person: Person = world.maria, name = 'initech-saml'): Promise<void> {
  await person.command(world.sales.id, `edit ${name}`);
  await modal(world, person, sentences.FORM_TITLE.edit);
  await person.choose('profile', ANY_PROVIDER);
  await person.press(sentences.MORE_OPTIONS);
  await modal(world, person, domainVerification.label);
}

/** Adds a connection with this strategy to the tenant. */
function addConnection(name: string, strategy: string): void {
  const [first] = world.auth0.connections;
  if (!first) throw new Error('The tenant has no connections');
  world.auth0.connections.push({ ...first, id: 'con_0therStrategy001', name, strategy, realms: [name] });
}

/** Submits the form and returns the request body that Auth0 received. */
async function submitted(person: Person = world.maria) {
  expect(await person.submit()).toMatchObject({ ok: true });
  expect(person.errors).toEqual({});
  await modal(world, person, sentences.DONE_TITLE);
  return world.auth0.tickets.at(-1)?.body;
}

describe('a new connection', () => {
  beforeEach(async () => {
    world = await startWorld();
  });

  it('sends only the basic fields if no options are changed', async () => {
    await openNew();
    expect(await submitted()).toEqual({
      connection_config: { name: 'acme-corp', display_name: 'acme-corp' },
      enabled_clients: [PORTAL],
      ttl_sec: 432_000,
    });
  });

  it('keeps what was entered when “More options” opens, and removes the button', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, '');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.type('connectionName', 'typed-before');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('lifetime', '3600');
    await maria.press(sentences.MORE_OPTIONS);
    await modal(world, maria, showAsButton.label);
    expect(maria.value('connectionName').value).toBe('typed-before');
    expect(maria.value('organizations').selected_options?.[0]?.text.text).toBe('Globex Inc');
    expect(maria.value('lifetime').selected_option?.value).toBe('3600');
    expect(() => maria.press(sentences.MORE_OPTIONS)).toThrow();
  });

  it('sends the login page button and its icon', async () => {
    await openNew();
    await world.maria.choose('showAsButton', 'show');
    await world.maria.type('iconUrl', 'https://acme.com/logo.png');
    expect((await submitted())?.connection_config).toEqual({
      name: 'acme-corp',
      display_name: 'acme-corp',
      show_as_button: true,
      options: { icon_url: 'https://acme.com/logo.png' },
    });
  });

  it('normalizes domains before it sends and shows them', async () => {
    const { maria, sales } = world;
    await openNew();
    await maria.choose('domainVerification', 'required');
    await maria.type(
      'pendingDomains',
      'Acme.COM, @acme.co.uk\nhttps://www.acme.de/login münchen.example;it@acme.com',
    );
    await maria.type('verifiedDomains', 'checked.example');
    const body = await submitted();
    expect(body?.domain_aliases_config).toEqual({
      domain_verification: 'required',
      pending_domains: ['acme.com', 'acme.co.uk', 'www.acme.de', 'xn--mnchen-3ya.example'],
    });
    expect(body?.connection_config?.options?.domain_aliases).toEqual(['checked.example']);
    const link = textOf(await message(world, maria, sales.id, sentences.linkTitle('')));
    expect(link).toContain('acme.com, acme.co.uk, www.acme.de, xn--mnchen-3ya.example');
    expect(link).toContain('checked.example');
  });

  it.each([
    ['acme', { code: 'domains_invalid', texts: ['acme'] }],
    [
      'acme.com, co.uk, 10.0.0.1, local_host',
      { code: 'domains_invalid', texts: ['co.uk', '10.0.0.1', 'local_host'] },
    ],
    ['gmail.com, acme.com, outlook.com', { code: 'domains_public', domains: ['gmail.com', 'outlook.com'] }],
  ] satisfies [string, FieldProblem][])(
    'rejects the domains %j and names each wrong one',
    async (typed, problem) => {
      const { maria } = world;
      await openNew();
      await maria.choose('domainVerification', 'optional');
      await maria.type('pendingDomains', typed);
      await maria.type('verifiedDomains', typed);
      await maria.submit();
      expect(maria.errors.pendingDomains).toBe(sentence(problem));
      expect(maria.errors.verifiedDomains).toBe(sentence(problem));
      expect(world.auth0.tickets).toEqual([]);
    },
  );

  const domains = (count: number, text = 'acme') =>
    Array.from({ length: count }, (_, index) => `${text}${index}.com`).join(' ');

  it('rejects more domains than Auth0 accepts', async () => {
    const { maria } = world;
    await openNew();
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('domainVerification', 'optional');
    await maria.type('pendingDomains', domains(60));
    await maria.type('verifiedDomains', domains(41, 'other'));
    await maria.submit();
    const tooMany = { code: 'domains_too_many', max: 100, count: 101, oneOrganization: true } as const;
    expect(maria.errors.pendingDomains).toBe(sentence(tooMany));

    await maria.type('verifiedDomains', domains(40));
    expect((await submitted())?.domain_aliases_config).toMatchObject({ domain_verification: 'optional' });
  });

  it('rejects more verified domains than organization discovery allows', async () => {
    const { maria } = world;
    await openNew();
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.type('verifiedDomains', domains(6));
    await maria.choose('organizationDiscovery', 'use');
    await maria.submit();
    expect(maria.errors.organizationDiscovery).toBe(
      sentence({ code: 'discovery_domains_too_many', max: 5, count: 6 }),
    );
    await maria.type('verifiedDomains', domains(5));
    expect((await submitted())?.use_for_organization_discovery).toBe(true);
  });

  it('lets an editor use a domain that may be public, and warns in the message', async () => {
    const { maria, sales } = world;
    await openNew();
    await maria.choose('domainVerification', 'optional');
    await maria.type('pendingDomains', 'telstra.com');
    await submitted();
    const seen = await message(world, maria, sales.id, sentences.linkTitle('acme-corp'));
    expect(textOf(seen)).toContain('telstra.com');
    expect(textOf(seen)).toContain('Make sure that it belongs to the customer.');
  });

  it('hides the domains to verify and does not send them after verification is turned off', async () => {
    const { maria, slack } = world;
    await openNew();
    await maria.choose('domainVerification', 'optional');
    await maria.type('pendingDomains', 'acme.com');
    await maria.choose('domainVerification', 'none');
    await slack.until(() => maria.modal && !labelsOf(maria.modal).includes(pendingDomains.label));
    expect(await submitted()).not.toHaveProperty('domain_aliases_config');
  });

  it('rejects domains to verify if the form was submitted before their field was hidden', async () => {
    const { maria, slack } = world;
    await openNew();
    await maria.choose('domainVerification', 'optional');
    await maria.type('pendingDomains', 'acme.com');
    // Slack doesn't update the form.
    slack.fail('views.update', { error: 'internal_error' });
    await maria.choose('domainVerification', 'none');
    await maria.submit();
    expect(maria.errors.pendingDomains).toBe(sentence({ code: 'domain_verification_off' }));
    slack.clearFaults();
  });

  it('sends the choice of organization discovery, which needs domains', async () => {
    const { maria } = world;
    await openNew();
    await maria.choose('domainVerification', 'optional');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('organizationDiscovery', 'use');
    expect((await submitted())?.use_for_organization_discovery).toBe(true);

    await maria.close();
    await openNew();
    await maria.type('connectionName', 'second');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('domainVerification', 'optional');
    expect((await submitted())?.use_for_organization_discovery).toBe(false);

    await maria.close();
    await openNew();
    await maria.type('connectionName', 'third');
    await maria.pick('organizations', { type: 'glob', take: 'Globex Inc' });
    await maria.choose('organizationDiscovery', 'use');
    await maria.submit();
    expect(maria.errors.organizationDiscovery).toBe(sentence({ code: 'discovery_needs_domains' }));
  });

  it('sends an IdP-initiated login with its application, protocol, and query', async () => {
    const { maria, slack } = world;
    await openNew();
    await maria.choose('idpInitiated', 'enabled');
    await maria.submit();
    expect(maria.errors.idpInitiated).toBe(sentence({ code: 'idp_login_needs_application' }));
    await maria.pick('idpClient', { type: 'portal', take: 'Customer Portal' });
    await maria.type('idpQuery', 'redirect_uri=https://app.acme.com&prompt=none');
    await maria.submit();
    const allowed = ['redirect_uri', 'scope', 'response_type'];
    expect(maria.errors.idpQuery).toBe(
      sentence({ code: 'idp_query_unknown_parameters', unknown: ['prompt'], allowed }),
    );
    await maria.choose('idpProtocol', 'samlp');
    await slack.until(() => maria.modal && !labelsOf(maria.modal).includes(idpQuery.label));
    await maria.choose('idpProtocol', 'oauth2');
    await maria.type('idpQuery', 'redirect_uri=https://app.acme.com&scope=openid email');
    expect((await submitted())?.connection_config?.options?.idpinitiated).toEqual({
      enabled: true,
      client_id: PORTAL,
      client_protocol: 'oauth2',
      client_authorizequery: 'redirect_uri=https://app.acme.com&scope=openid email',
    });
  });

  it('sends no IdP-initiated login after it is turned off', async () => {
    const { maria, slack } = world;
    await openNew();
    await maria.choose('idpInitiated', 'enabled');
    await maria.pick('idpClient', { type: 'portal', take: 'Customer Portal' });
    await maria.choose('idpInitiated', []);
    await slack.until(() => maria.modal && !labelsOf(maria.modal).includes(idpClient.label));
    expect((await submitted())?.connection_config).not.toHaveProperty('options');
  });

  it.each([
    ['users', 5, { token_lifetime: 31_536_000 }],
    ['all', 10, { token_lifetime: 31_536_000 }],
  ])('sends SCIM scopes for “%s” with a token that lasts a year', async (choice, scopes, rest) => {
    await openNew();
    await world.maria.choose('scim', choice);
    const config = (await submitted())?.provisioning_config;
    expect(config).toMatchObject(rest);
    expect(config?.scopes).toHaveLength(scopes);
  });

  it('requires all user scopes for custom SCIM, and can send a token that never expires', async () => {
    const { maria } = world;
    await openNew();
    await maria.choose('scim', 'custom');
    await maria.choose('scimScopes', ['get:users', 'get:groups']);
    await maria.submit();
    expect(maria.errors.scim).toBe(sentence({ code: 'scim_needs_user_scopes' }));
    const scopes = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users', 'get:groups'];
    await maria.choose('scimScopes', scopes);
    await maria.choose('tokenLifetime', 'never');
    const config = (await submitted())?.provisioning_config;
    expect(config?.scopes?.toSorted()).toEqual(scopes.toSorted());
    expect(config).not.toHaveProperty('token_lifetime');
  });

  it('sends a directory sync only if the profile offers Google Workspace', async () => {
    const { maria } = world;
    await openNew();
    await maria.choose('googleSync', 'all');
    await maria.choose('profile', ENTRA_ONLY);
    await maria.submit();
    expect(maria.errors.googleSync).toBe(
      sentence({ code: 'google_not_offered', profile: 'Microsoft and Okta' }),
    );
    await maria.choose('profile', ANY_PROVIDER);
    expect((await submitted())?.provisioning_config).toEqual({
      google_workspace: { sync_users: true, sync_groups: true },
    });
  });

  it.each([
    ['yes', { connection_config: { name: 'acme-corp', is_domain_connection: true } }],
    ['admin', { third_party_client_access_config: { allow_configuration: true } }],
  ])('sends the choice “%s” for third-party applications', async (choice, part) => {
    await openNew();
    await world.maria.choose('thirdParty', choice);
    expect(await submitted()).toMatchObject(part);
  });

  it('checks and sends metadata', async () => {
    const { maria } = world;
    await openNew();
    await maria.type('metadata', 'region: emea\nno colon here');
    await maria.submit();
    expect(maria.errors.metadata).toBe(sentence({ code: 'metadata_not_a_pair', line: 'no colon here' }));
    await maria.type('metadata', 'region: emea\n\n url: https://x.example/a:b ');
    expect((await submitted())?.connection_config?.metadata).toEqual({
      region: 'emea',
      url: 'https://x.example/a:b',
    });
  });

  it('offers no custom domains if there are none', async () => {
    await openNew();
    expect(textOf(world.maria.modal)).not.toContain(customDomain.label);
  });

  it('returns the form with “More options” still open if Auth0 fails', async () => {
    const { maria, auth0 } = world;
    await openNew();
    await maria.type('metadata', 'region: emea');
    auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { status: 503 }, 1);
    await maria.submit();
    await modal(world, maria, whyNoLink(new Auth0Error('failed', { status: 503, mayHaveHappened: true })));
    expect(maria.value('metadata').value).toBe('region: emea');
    expect((await submitted())?.connection_config?.metadata).toEqual({ region: 'emea' });
  });
});

it('reopens a failed form with the options that were entered', async () => {
  world = await startWorld();
  const { maria, sales, auth0 } = world;
  await openNew();
  await maria.type('metadata', 'region: emea');
  auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { status: 503 }, 1);
  auth0.latency = 300;
  await maria.submit();
  await maria.close();
  auth0.latency = 0;
  await message(world, maria, sales.id, sentences.aboutLink('acme-corp', ''));
  await maria.press(sentences.OPEN_FORM_AGAIN);
  await modal(world, maria, showAsButton.label);
  expect(maria.value('metadata').value).toBe('region: emea');
  expect(maria.value('clients').selected_options?.[0]?.text.text).toBe('Customer Portal');
  expect((await submitted())?.connection_config?.metadata).toEqual({ region: 'emea' });
});

it('updates the progress view while Auth0 is slow', async () => {
  world = await startWorld({ env: { DEFAULT_CLIENT_IDS: PORTAL } });
  const { maria, sales, auth0 } = world;
  await maria.command(sales.id, 'acme-corp');
  await modal(world, maria, sentences.FORM_TITLE.new);
  auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { delay: 9_000 });
  await maria.submit();
  await modal(world, maria, like(sentences.progressSentence({ step: 'creating' }, ANY_NUMBER)));
  await modal(world, maria, sentences.DONE_TITLE);
});

it('keeps the form and what was entered if a click is denied', async () => {
  world = await startWorld({ env: { ALLOWED: 'S0CREW' } });
  const { maria, sales, slack } = world;
  slack.userGroups.set('S0CREW', new Set([maria.id]));
  await maria.command(sales.id, 'acme-corp');
  await modal(world, maria, sentences.FORM_TITLE.new);
  await maria.type('displayName', 'Typed by hand');
  slack.userGroups.set('S0CREW', new Set());
  const now = Date.now();
  vi.useFakeTimers({ now: now + 61_000, toFake: ['Date'] });
  try {
    await maria.press(sentences.MORE_OPTIONS);
    await slack.until(() =>
      slack.messages.find(({ text }) => text.includes(sentences.accessSentence('user', CONTEXT))),
    );
  } finally {
    vi.useRealTimers();
  }
  expect(maria.modal?.title.text).toBe(sentences.FORM_TITLE.new);
  expect(maria.value('displayName').value).toBe('Typed by hand');
});

it('recognizes a taken name if Auth0 returns 400', async () => {
  world = await startWorld({ env: { DEFAULT_CLIENT_IDS: PORTAL } });
  const { maria, sales, auth0 } = world;
  await maria.command(sales.id, 'acme-corp');
  await modal(world, maria, sentences.FORM_TITLE.new);
  const message400 = 'A connection with this name already exists';
  auth0.fail({ method: 'POST', path: /sso-ticket$/ }, { status: 400, body: { message: message400 } }, 1);
  await maria.submit();
  await modal(world, maria, whyNoLink(new Auth0Error('name_taken')));
});

it('accepts a name on the second try if it is free again', async () => {
  world = await startWorld({ env: { DEFAULT_CLIENT_IDS: PORTAL } });
  const { maria, sales, auth0, slack } = world;
  await maria.command(sales.id, 'hooli-okta');
  await modal(world, maria, sentences.FORM_TITLE.new);
  const lists = () =>
    auth0.requests.filter(({ path, status }) => path.endsWith('/connections') && status === 200);
  await slack.until(() => lists().length === 1);
  auth0.connections = auth0.connections.filter(({ name }) => name !== 'hooli-okta');
  await maria.submit();
  expect(maria.errors.connectionName).toBe(
    sentence({ code: 'connection_name_taken', name: 'hooli-okta', customer: '', isEditor: true }),
  );
  await slack.until(() => lists().length === 2);
  await settled();
  expect((await submitted())?.connection_config?.name).toBe('hooli-okta');
});

it('shows and logs the full name of an edited connection, even if it is long', async () => {
  const long = `acme-${'x'.repeat(110)}`;
  world = await startWorld({
    tenant: ({ connections }) =>
      connections.push({ id: 'con_Lo1nG2nA3mE4oK5x', name: long, strategy: 'samlp', enabled_clients: [] }),
  });
  const { maria, sales, auth0, log } = world;
  await maria.command(sales.id, `edit ${long}`);
  await modal(world, maria, sentences.FORM_TITLE.edit);
  await submitted();
  await message(world, maria, sales.id, `${sentences.DETAIL_LABELS.connection.edit}: ${long}`);
  const created = log.map((line) => JSON.parse(line)).find(({ event }) => event === 'ticket_made');
  expect(created).toMatchObject({ connection: long, connectionId: auth0.tickets[0]?.body.connection_id });
});

describe('an edit', () => {
  beforeEach(async () => {
    world = await startWorld();
  });

  it('offers only what an edit can change', async () => {
    await openEdit();
    const blocks = world.maria.modal?.blocks.map(({ block_id }) => block_id) ?? [];
    for (const id of ['showAsButton', 'iconUrl', 'verifiedDomains', 'idpInitiated', 'metadata']) {
      expect(blocks).not.toContain(id);
    }
    expect(await submitted()).toEqual({
      connection_id: 'con_In6tEc2Hs8Ml4Pq0',
      enabled_features: { sso: true, domain_verification: true, provisioning: false },
      domain_aliases_config: { domain_verification: 'optional' },
      ttl_sec: 86_400,
    });
  });

  it('sends domains, discovery, provisioning, and third-party applications', async () => {
    const { maria } = world;
    await openEdit();
    await maria.choose('features', ['sso', 'domain_verification', 'provisioning']);
    await maria.choose('domainVerification', 'required');
    await maria.type('pendingDomains', 'initech.example');
    await maria.pick('organizations', { type: 'init', take: 'Initech' });
    await maria.choose('organizationDiscovery', 'use');
    await maria.choose('scim', 'users');
    await maria.choose('thirdParty', 'admin');
    expect(await submitted()).toMatchObject({
      enabled_features: { sso: true, domain_verification: true, provisioning: true },
      domain_aliases_config: { domain_verification: 'required', pending_domains: ['initech.example'] },
      use_for_organization_discovery: true,
      provisioning_config: {
        scopes: ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'],
        token_lifetime: 31_536_000,
      },
      third_party_client_access_config: { allow_configuration: true },
    });
  });

  it('sends directory sync for a connection to Google Workspace', async () => {
    addConnection('massive-google', 'google-apps');
    const { maria } = world;
    await openEdit(maria, 'massive-google');
    await maria.choose('features', ['provisioning']);
    await maria.choose('scim', 'off');
    await maria.choose('googleSync', 'users');
    const { provisioning_config } = (await submitted()) as { provisioning_config: object };
    expect(provisioning_config).toMatchObject({ google_workspace: { sync_users: true, sync_groups: false } });
  });

  it.each([
    ['adfs', 'scim', { code: 'scim_not_supported', provider: 'Microsoft AD FS', onlySync: false }],
    ['pingfederate', 'scim', { code: 'scim_not_supported', provider: 'PingFederate', onlySync: false }],
    ['google-apps', 'scim', { code: 'scim_not_supported', provider: 'Google Workspace', onlySync: true }],
    ['samlp', 'googleSync', { code: 'sync_not_supported', provider: 'SAML' }],
    ['okta', 'googleSync', { code: 'sync_not_supported', provider: 'Okta Workforce' }],
  ] as const)(
    'rejects provisioning that %s does not support, in the field %s',
    async (strategy, field, problem) => {
      addConnection('massive', strategy);
      const { maria } = world;
      await openEdit(maria, 'massive');
      await maria.choose('features', ['provisioning']);
      await maria.choose('scim', field === 'scim' ? 'users' : 'off');
      await maria.choose('googleSync', field === 'googleSync' ? 'all' : 'off');
      await maria.submit();
      expect(maria.errors[field]).toBe(sentence(problem));
      expect(world.auth0.tickets).toEqual([]);
    },
  );

  it('shows and sends only options of the selected features, and rejects empty provisioning', async () => {
    const { maria, slack } = world;
    await openEdit();
    await maria.type('pendingDomains', 'initech.example');
    await maria.choose('features', ['provisioning']);
    await slack.until(() => maria.modal && !labelsOf(maria.modal).includes(pendingDomains.label));
    await maria.choose('scim', 'off');
    await maria.choose('googleSync', 'off');
    await maria.submit();
    expect(maria.errors).toEqual({ scim: sentence({ code: 'provisioning_is_empty' }) });
    await maria.choose('googleSync', 'users');
    await maria.choose('features', ['sso']);
    await slack.until(() => maria.modal && !labelsOf(maria.modal).includes(googleSync.label));
    const body = await submitted();
    expect(body).not.toHaveProperty('provisioning_config');
    expect(body).not.toHaveProperty('domain_aliases_config');
  });
});

describe.each(MODES)('the rules in the settings (%s)', (mode) => {
  beforeEach(async () => {
    world = await startWorld({
      mode,
      env: {
        CONNECTION_NAME_PATTERN: '^sso-',
        CONNECTION_NAME_HINT: 'Begin with sso-.',
        DEFAULT_LINK_HOURS: '48',
        DEFAULT_DOMAIN_VERIFICATION: 'required',
        REQUIRED_METADATA: 'crm_account_id: CRM account ID /^001\\w{3}$/; region: Region',
        AUTH0_CUSTOM_DOMAINS: 'login.acme.example',
        CUSTOMER_MESSAGE: 'Dear {customer},\\n{link} until {expiry}, for {connection}.\\nYours, {requester}',
        DEFAULT_CLIENT_IDS: PORTAL,
      },
    });
  });

  it('apply to the basic form', async () => {
    const { maria, sales } = world;
    await maria.command(sales.id, 'acme');
    const view = await modal(world, maria, sentences.FORM_TITLE.new);
    expect(textOf(view)).toContain('Begin with sso-.');
    await maria.type('required:crm_account_id', '1234');
    await maria.submit();
    // Slack's client rejects an empty required field.
    await maria.type('required:region', 'EMEA');
    await maria.submit();
    expect(maria.errors).toMatchObject({
      connectionName: sentence({
        code: 'connection_name_against_policy',
        name: 'acme',
        hint: 'Begin with sso-.',
      }),
      'required:crm_account_id': sentence({
        code: 'metadata_pattern_mismatch',
        label: 'CRM account ID',
      }),
    });
    await maria.type('connectionName', 'sso-acme');
    await maria.type('required:crm_account_id', '001abc');
    const body = await submitted();
    expect(body).toEqual({
      connection_config: {
        name: 'sso-acme',
        display_name: 'acme',
        metadata: { crm_account_id: '001abc', region: 'EMEA' },
      },
      domain_aliases_config: { domain_verification: 'required' },
      enabled_clients: [PORTAL],
      ttl_sec: 48 * 3600,
    });
    const link = textOf(await message(world, maria, sales.id, sentences.linkTitle('')));
    expect(link).toMatch(
      /Dear acme,\nhttps:\/\/\S+ until \w+, .* \(Europe\/Berlin\), for sso-acme\.\nYours, Maria/,
    );
  });

  it('allow a custom domain, and keep optional metadata separate from required metadata', async () => {
    const { maria, sales, auth0 } = world;
    await maria.command(sales.id, 'sso-acme');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await maria.press(sentences.MORE_OPTIONS);
    await modal(world, maria, showAsButton.label);
    await maria.type('required:crm_account_id', '001abc');
    await maria.type('required:region', 'EMEA');
    await maria.type('metadata', 'region: APAC');
    await maria.choose('customDomain', 'login.acme.example');
    await maria.submit();
    expect(maria.errors.metadata).toBe(
      sentence({ code: 'metadata_key_twice', key: 'region', hasOwnField: true }),
    );
    await maria.type('metadata', 'tier: gold');
    const body = await submitted();
    expect(body?.connection_config?.metadata).toEqual({
      crm_account_id: '001abc',
      region: 'EMEA',
      tier: 'gold',
    });
    const create = auth0.requests.findLast(({ path }) => path.endsWith('/sso-ticket'));
    expect(create?.headers['auth0-custom-domain']).toBe('login.acme.example');
  });
});

describe('the audit channel', () => {
  it('gets a message when a link is created or revoked, without the link', async () => {
    world = await startWorld({ env: { DEFAULT_CLIENT_IDS: PORTAL, AUDIT_CHANNEL: 'C0AUDIT' } });
    const { slack, maria, tom, sales } = world;
    slack.addChannel({ id: 'C0AUDIT', name: 'audit', kind: 'public', members: [tom.id], botIsMember: true });
    await maria.command(sales.id, 'acme-corp');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await submitted();
    const created = await message(
      world,
      tom,
      'C0AUDIT',
      `${sentences.AUDIT_ACTIONS.ticket_made} for acme-corp`,
    );
    expect(JSON.stringify(created.blocks)).toContain(maria.id);
    expect(textOf(created)).toContain('profile Microsoft and Okta');
    await maria.close();
    await maria.press(sentences.REVOKE_LINK);
    const revoked = await message(
      world,
      tom,
      'C0AUDIT',
      `${sentences.AUDIT_ACTIONS.ticket_revoked} for acme-corp`,
    );
    for (const each of [created, revoked]) expect(JSON.stringify(each)).not.toContain('https://');
  });

  it('does not block a link if the bot cannot post there', async () => {
    world = await startWorld({ env: { DEFAULT_CLIENT_IDS: PORTAL, AUDIT_CHANNEL: 'C0GONE' } });
    const { maria, sales } = world;
    await maria.command(sales.id, 'acme-corp');
    await modal(world, maria, sentences.FORM_TITLE.new);
    await submitted();
    expect(world.log.join('')).toContain('The message to AUDIT_CHANNEL could not be posted');
  });
});

describe('options that widen trust', () => {
  it('are shown only to editors', async () => {
    world = await startWorld({ env: { EDITORS: 'U0TOM', DEFAULT_CLIENT_IDS: PORTAL } });
    const { slack, maria, sales } = world;
    slack.addUser({ id: 'U0TOM', name: 'Tom the editor' });
    sales.members.add('U0TOM');
    const editor = slack.as('U0TOM');
    const widening = [
      ...['showAsButton', 'verifiedDomains', 'idpInitiated'],
      ...['scim', 'googleSync', 'thirdParty'],
    ];

    await openNew(maria);
    const seen = maria.modal?.blocks.map(({ block_id }) => block_id);
    for (const id of widening) expect(seen).not.toContain(id);
    expect(seen).toContain('domainVerification');
    await submitted(maria);

    await openNew(editor);
    const all = editor.modal?.blocks.map(({ block_id }) => block_id);
    for (const id of widening) expect(all).toContain(id);
  });
});
