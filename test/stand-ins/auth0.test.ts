import { generateKeyPairSync } from 'node:crypto';
import { ManagementClient, ManagementError } from 'auth0';
import { importPKCS8, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../stand-ins/auth0/faults.ts';
import { requestToken } from '../../stand-ins/auth0/request-token.ts';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { contracts } from '../contracts.ts';
import { testCertificate } from '../setup.ts';
import { callAuth0 } from './call-auth0.ts';

const judge = contracts();
const portal = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const globex = 'org_Glx3uBq7Ns5Vt1Ke';
const initech = 'org_Int8wDr2Pf6Hy4Mj';
const saml = 'con_In6tEc2Hs8Ml4Pq0';
const standard = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const microsoft = 'ssp_f6qBHtjNfq5XhM7CKTZ2xp';

let auth0: Auth0;
let client: ManagementClient;

beforeEach(async () => {
  auth0 = await startAuth0(testCertificate());
  client = connect();
});

afterEach(() => auth0.stop());

function connect(): ManagementClient {
  const { domain, clientId, clientSecret } = auth0;
  return new ManagementClient({ domain, clientId, clientSecret, maxRetries: 0 });
}

/** The status and message with which the tenant refuses a call. */
async function refusal(call: PromiseLike<unknown>): Promise<{ status: number | undefined; message: string }> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ManagementError)) throw new Error('Expected a refusal', { cause: error });
  return { status: error.statusCode, message: JSON.stringify(error.body) };
}

/** Calls the API without the SDK: `api('GET', '/clients?take=2')`. */
function api(method: string, path: string, body?: unknown) {
  return callAuth0(auth0, method, path, { body });
}

function createTicket(body: unknown, profile = standard) {
  return api('POST', `/self-service-profiles/${profile}/sso-ticket`, body);
}

/** Submits a form of the setup assistant. Returns the next page. */
async function submit(url: string, form: Record<string, string>): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return response.text();
}

function fillOrganizations(count: number): void {
  auth0.organizations = Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(4, '0');
    return {
      id: `org_${number.padStart(16, 'X')}`,
      name: `customer-${number}`,
      display_name: `Customer ${index}`,
    };
  });
}

describe('a token', () => {
  test('is issued for a private key', async () => {
    const { domain, clientId, clientPrivateKey } = auth0;
    const keyed = new ManagementClient({ domain, clientId, clientAssertionSigningKey: clientPrivateKey });
    expect((await keyed.selfServiceProfiles.list()).data).toHaveLength(2);
  });

  test('is refused for a key, a secret, or a client that is not registered', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const otherKey = other.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { domain, clientId, clientSecret } = auth0;
    const clients = [
      new ManagementClient({ domain, clientId, clientAssertionSigningKey: otherKey }),
      new ManagementClient({ domain, clientId, clientSecret: clientSecret.toLowerCase() }),
      new ManagementClient({ domain, clientId: clientId.toLowerCase(), clientSecret }),
    ];
    for (const wrong of clients) {
      const { status, message } = await refusal(wrong.selfServiceProfiles.list());
      expect(status).toBe(401);
      expect(message).toContain('access_denied');
    }
  });

  test.each<[string, number, object]>([
    ['that is complete', 200, {}],
    ['without an expiration', 401, { exp: undefined }],
    ['that has expired', 401, { exp: 1 }],
    ['without an ID', 401, { jti: undefined }],
    ['from another issuer', 401, { iss: 'other' }],
    ['with another subject', 401, { sub: 'other' }],
    ['for another tenant', 401, { aud: 'https://other.example/' }],
  ])('for an assertion %s is answered with %i', async (_, status, change) => {
    const { domain, clientId, clientPrivateKey } = auth0;
    const exp = Math.floor(Date.now() / 1000) + 60;
    const claims = { iss: clientId, sub: clientId, aud: `https://${domain}/`, exp, jti: 'one', ...change };
    const assertion = new SignJWT(claims).setProtectedHeader({ alg: 'RS256' });
    const response = await fetch(`https://${domain}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion.sign(await importPKCS8(clientPrivateKey, 'RS256')),
        audience: `https://${domain}/api/v2/`,
      }),
    });
    expect(response.status).toBe(status);
  });

  test('is refused for another audience, or if the grant is disabled', async () => {
    const { domain, clientId, clientSecret } = auth0;
    const audience = 'https://other.example/api/v2/';
    const wrong = new ManagementClient({ domain, clientId, clientSecret, audience });
    expect(await refusal(wrong.selfServiceProfiles.list())).toMatchObject({ status: 403 });
    auth0.grantDisabled = true;
    const { status, message } = await refusal(client.selfServiceProfiles.list());
    expect(status).toBe(403);
    expect(message).toContain('unauthorized_client');
  });

  test('is refused once dropped, and can be replaced by a new one', async () => {
    await client.selfServiceProfiles.list();
    auth0.dropTokens();
    expect(await refusal(client.selfServiceProfiles.list())).toMatchObject({ status: 401 });
    expect((await connect().selfServiceProfiles.list()).data).toHaveLength(2);
  });

  test('expires', async () => {
    auth0.tokenLifetime = -1;
    expect(await refusal(client.selfServiceProfiles.list())).toMatchObject({ status: 401 });
  });

  test('is never recorded, and neither is the secret', async () => {
    await client.selfServiceProfiles.list();
    const seen = JSON.stringify(auth0.requests);
    expect(seen).toContain(auth0.clientId);
    expect(seen).not.toContain(auth0.clientSecret);
    expect(auth0.requests.at(-1)?.headers.authorization).toBe(true);
  });
});

describe('the Management API', () => {
  test('returns the default tenant', async () => {
    expect((await client.selfServiceProfiles.list()).data.map(({ name }) => name)).toEqual([
      'Standard',
      'Microsoft and Okta',
    ]);
    const clients = await client.clients.list();
    expect(clients.data.filter(({ global }) => global)).toHaveLength(1);
    const organizations = await client.organizations.list();
    expect(organizations.data.map(({ name }) => name)).toContain('globex');
    expect((await client.organizations.getByName('globex')).display_name).toBe('Globex Inc');
    expect((await client.organizations.get(globex)).name).toBe('globex');
    expect((await client.clients.get(portal)).name).toBe('Customer Portal');
    expect((await client.connections.get(saml)).name).toBe('initech-saml');
    const enabled = await client.connections.clients.get(saml);
    expect(enabled.data.map(({ client_id }) => client_id)).toEqual([portal]);
  });

  test('returns all records with checkpoint paging', async () => {
    fillOrganizations(1234);
    const names: (string | undefined)[] = [];
    for await (const { name } of await client.organizations.list({ take: 100 })) names.push(name);
    expect(names).toHaveLength(1234);
    expect(new Set(names).size).toBe(1234);
    expect(auth0.requests.filter(({ path }) => path === '/api/v2/organizations')).toHaveLength(13);
  });

  test('returns only the first 1,000 records with offset paging', async () => {
    fillOrganizations(1234);
    const last = await api('GET', '/organizations?page=9&per_page=100&include_totals=true');
    expect(last.body).toMatchObject({ start: 900, limit: 100, total: 1234 });
    expect(last.body.organizations).toHaveLength(100);
    expect((await api('GET', '/organizations?page=10&per_page=100')).status).toBe(400);
    expect((await api('GET', '/organizations?page=0&per_page=2')).body).toHaveLength(2);
  });

  test('returns applications by checkpoint when called without the SDK', async () => {
    auth0.clients = Array.from({ length: 150 }, (_, n) => ({ client_id: `client${n}`, name: `App ${n}` }));
    const first = await api('GET', '/clients?take=100&fields=client_id');
    expect(first.body.clients[0]).toEqual({ client_id: 'client0' });
    const second = await api('GET', `/clients?take=100&from=${first.body.next}`);
    expect(second.body.clients).toHaveLength(50);
    expect(second.body).not.toHaveProperty('next');
  });

  test('finds connections by strategy and by exact name', async () => {
    const enterprise = await client.connections.list({ strategy: ['okta', 'waad'] });
    expect(enterprise.data.map(({ name }) => name)).toEqual(['hooli-okta', 'umbrella-entra']);
    const named = await client.connections.list({ name: 'hooli-okta' });
    expect(named.data).toHaveLength(1);
    expect((await client.connections.list({ name: 'hooli' })).data).toHaveLength(0);
  });

  test('returns options and enabled applications for a single connection, but not in a list', async () => {
    const [listed] = (await api('GET', '/connections?name=hooli-okta')).body;
    expect(listed).not.toHaveProperty('options');
    expect(listed).not.toHaveProperty('enabled_clients');
    auth0.scopes.push('read:connections_options');
    const single = (await api('GET', `/connections/${saml}`)).body;
    expect(single.options.domain_aliases).toEqual(['initech.example']);
    expect(single.enabled_clients).toEqual([portal]);
  });

  test('can include or exclude fields', async () => {
    const chosen = await api('GET', '/clients?fields=name,app_type&per_page=1&page=1');
    expect(chosen.body).toEqual([{ name: 'Customer Portal', app_type: 'regular_web' }]);
    const without = await api('GET', `/connections/${saml}?fields=name,strategy&include_fields=false`);
    expect(without.body).not.toHaveProperty('strategy');
    expect(without.body).toHaveProperty('id');
  });

  test.each([
    '/self-service-profiles?take=10',
    '/self-service-profiles?per_page=101',
    '/self-service-profiles?page=-1',
    '/clients?search=portal',
    '/clients?fields=name,password',
    '/clients?fields=',
    '/clients?is_global=yes',
    '/clients?take=101',
    '/organizations?take=0',
    '/organizations?take=10&page=0',
    '/user-attribute-profiles?take=0',
    '/user-attribute-profiles?page=0',
    '/organizations?from=nonsense',
    '/organizations?per_page=10&per_page=20',
    '/organizations?name=globex',
    '/organizations/name/globex?fields=name',
    '/connections?strategy=okta-samlp',
    '/connections?fields=is_domain_connection',
    '/connections?per_page=0',
    `/connections/${saml}/clients?take=1001`,
  ])('answers GET %s with 400', async (path) => {
    const { status, body } = await api('GET', path);
    expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', errorCode: 'invalid_query_string' });
    expect(status).toBe(400);
  });

  test.each([
    '/clients/unknown',
    '/organizations/org_0000000000000000',
    '/organizations/org_0000000000000000/enabled_connections',
    '/organizations/name/glob',
    '/connections/con_0000000000000000',
    '/connections/con_0000000000000000/clients',
    '/self-service-profiles/ssp_unknown',
    '/nothing',
  ])('answers GET %s with 404', async (path) => {
    expect(await api('GET', path)).toMatchObject({ status: 404, body: { statusCode: 404 } });
  });

  test
    .skipIf(!judge)
    .each([
      '/self-service-profiles',
      '/self-service-profiles?include_totals=true',
      `/self-service-profiles/${microsoft}`,
      '/clients?include_totals=true',
      '/clients?take=2',
      `/clients/${portal}`,
      '/organizations?sort=name:-1',
      '/organizations?take=2',
      '/organizations?include_totals=true&per_page=50&take=2',
      '/user-attribute-profiles?take=100',
      `/organizations/${initech}/enabled_connections?include_totals=true`,
      `/organizations/${globex}`,
      '/organizations/name/globex',
      '/connections?strategy=okta&strategy=samlp',
      '/connections?take=2&fields=id,name',
      `/connections/${saml}`,
      `/connections/${saml}/clients`,
    ])('follows the contract for GET %s', async (path) => {
    auth0.scopes.push('read:connections_options');
    auth0.attributeProfiles = [{ id: 'uap_1csDj3szFsgxGS1oTZTdFm', name: 'Employees' }];
    const { status, body } = await api('GET', path);
    expect(status).toBe(200);
    const request = auth0.requests.at(-1);
    expect(request && judge?.checkRequest(request)).toEqual([]);
    expect(request && judge?.checkResponse(request, status, body)).toEqual([]);
  });
});

describe('the scope', () => {
  test.each([
    ['read:self_service_profiles', 'GET', '/self-service-profiles'],
    ['create:sso_access_tickets', 'POST', `/self-service-profiles/${standard}/sso-ticket`],
    ['delete:sso_access_tickets', 'POST', `/self-service-profiles/${standard}/sso-ticket/x/revoke`],
    ['read:clients', 'GET', '/clients'],
    ['read:user_attribute_profiles', 'GET', '/user-attribute-profiles'],
    ['read:organizations', 'GET', '/organizations/name/globex'],
    ['read:organization_connections', 'GET', `/organizations/${globex}/enabled_connections`],
    ['read:connections', 'GET', `/connections/${saml}/clients`],
  ])('%s is required for %s %s', async (scope, method, path) => {
    auth0.scopes = auth0.scopes.filter((granted) => granted !== scope);
    const { status, body } = await api(method, path);
    expect(status).toBe(403);
    expect(body).toMatchObject({ statusCode: 403, error: 'Forbidden', errorCode: 'insufficient_scope' });
    expect(body.message).toContain(scope);
  });

  test('read:client_summary gives access to only four fields of an application', async () => {
    auth0.scopes = ['read:client_summary'];
    const [, second] = (await api('GET', '/clients')).body;
    expect(Object.keys(second).toSorted()).toEqual(['app_type', 'client_id', 'description', 'name']);
    expect((await api('GET', '/clients?fields=name')).status).toBe(200);
    expect((await api('GET', '/clients?fields=name,global')).status).toBe(403);
    expect((await api('GET', `/clients/${portal}?fields=callbacks`)).status).toBe(403);
  });
});

describe('a ticket', () => {
  const ticketBody = (name = 'globex-sso') => ({
    connection_config: { name },
    enabled_clients: [portal],
    enabled_organizations: [{ organization_id: globex }],
  });

  test('can be created, opened, and finished', async () => {
    const { ticket: url = '' } = await client.selfServiceProfiles.ssoTicket.create(
      standard,
      { ...ticketBody(), ttl_sec: 3600 },
      { headers: { 'X-Correlation-ID': 'abc' } },
    );
    const [ticket] = auth0.tickets;
    expect(url).toBe(`https://${auth0.domain}/self-service/connections-flow?ticket=${ticket?.id}`);
    expect(ticket?.id).toMatch(/^\w{32,}$/);
    expect(ticket).toMatchObject({ profileId: standard, opens: 0, state: 'live' });
    expect(auth0.requests.at(-1)?.headers['x-correlation-id']).toBe('abc');
    expect(auth0.requests.at(-1)?.status).toBe(201);

    const page = await fetch(url);
    expect(await page.text()).toContain('globex-sso');
    expect(ticket).toMatchObject({ opens: 1, state: 'opened' });
    expect(auth0.connections.map(({ name }) => name)).not.toContain('globex-sso');

    await submit(url, { step: 'choose', provider: 'okta-samlp' });
    await submit(url, { step: 'configure' });
    await submit(url, { step: 'skip-test' });
    expect(await submit(url, { step: 'enable' })).toContain('Single sign-on is ready');
    const created = auth0.connections.find(({ name }) => name === 'globex-sso');
    expect(created).toMatchObject({ strategy: 'samlp', enabled_clients: [portal] });
    expect(auth0.organizationConnections.slice(-1)).toMatchObject([
      { organization_id: globex, connection_id: created?.id },
    ]);
    expect((await createTicket(ticketBody())).body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'A connection with this name already exists.',
    });
  });

  test('can edit a connection', async () => {
    await createTicket({ connection_id: saml, enabled_clients: ['x2CvB6nMq8We0Rt4Yu1Io3Pa5Sd7Fg9H'] });
    const [ticket] = auth0.tickets;
    const edited = auth0.complete(ticket?.id ?? '', 'samlp');
    expect(edited.id).toBe(saml);
    expect(edited.enabled_clients).toEqual([portal, 'x2CvB6nMq8We0Rt4Yu1Io3Pa5Sd7Fg9H']);
  });

  test('is created again for a repeated call', async () => {
    await createTicket(ticketBody());
    await createTicket(ticketBody());
    expect(auth0.tickets).toHaveLength(2);
  });

  test('can open over plain HTTP, which serves nothing else', async () => {
    await auth0.openLinksOverHttp();
    const { body } = await createTicket(ticketBody());
    expect(body.ticket).toMatch(/^http:\/\/localhost:\d+\/self-service\/connections-flow\?ticket=\w+$/);
    const page = await fetch(body.ticket);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('globex-sso');
    const { origin } = new URL(body.ticket);
    for (const path of ['/', '/oauth/token', '/api/v2/clients']) {
      expect((await fetch(`${origin}${path}`)).status).toBe(404);
    }
    await auth0.stop();
    await expect(fetch(body.ticket)).rejects.toThrow();
  });

  test('opens at most ten times', async () => {
    const { body } = await createTicket(ticketBody());
    for (let opens = 1; opens <= 10; opens += 1) expect((await fetch(body.ticket)).status).toBe(200);
    expect((await fetch(body.ticket)).status).toBe(403);
    expect(auth0.tickets[0]?.opens).toBe(10);
  });

  test('expires, and lasts five hours once opened', async () => {
    const { body } = await createTicket({ ...ticketBody(), ttl_sec: 1 });
    await fetch(body.ticket);
    const [ticket] = auth0.tickets;
    expect(ticket?.expiresAt).toBe((ticket?.openedAt ?? 0) + 5 * 60 * 60 * 1000);
    if (ticket) ticket.expiresAt = Date.now() - 1;
    expect(ticket?.state).toBe('expired');
    expect((await fetch(body.ticket)).status).toBe(403);
    await createTicket(ticketBody());
    const lasts = (auth0.tickets[1]?.expiresAt ?? 0) - (auth0.tickets[1]?.createdAt ?? 0);
    expect(lasts).toBe(432_000_000);
  });

  test('can be revoked, which ends its session', async () => {
    const { body } = await createTicket(ticketBody());
    await fetch(body.ticket);
    const [ticket] = auth0.tickets;
    await client.selfServiceProfiles.ssoTicket.revoke(standard, ticket?.id ?? '');
    expect(ticket?.state).toBe('revoked');
    const late = await fetch(body.ticket, {
      method: 'POST',
      body: new URLSearchParams({ step: 'choose', provider: 'okta' }),
    });
    expect(late.status).toBe(403);
    const unknown = await api('POST', `/self-service-profiles/${standard}/sso-ticket/nope/revoke`);
    expect(unknown.status).toBe(202);
  });

  test('offers only the providers of its profile', async () => {
    const { body } = await createTicket(ticketBody(), microsoft);
    const html = await (await fetch(body.ticket)).text();
    expect(html).toContain('value="waad"');
    expect(html).not.toContain('value="oidc"');
    expect(() => auth0.complete(auth0.tickets[0]?.id ?? '', 'oidc')).toThrow('identity providers');
  });

  test('escapes text on its page', async () => {
    const { body } = await createTicket({ connection_config: { name: 'x', display_name: '<script>"&' } });
    expect(await (await fetch(body.ticket)).text()).not.toContain('<script>');
  });

  test.skipIf(!judge)('follows the contract', async () => {
    const { status, body } = await createTicket({ connection_config: { name: 'globex-sso' } });
    const request = auth0.requests.at(-1);
    expect(request && judge?.checkRequest(request)).toEqual([]);
    expect(request && judge?.checkResponse(request, status, body)).toEqual([]);
  });

  const config = { name: 'globex-sso' };
  const initiated = (idpinitiated: object) => ({
    connection_config: { ...config, options: { idpinitiated } },
  });
  const scim = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'];
  const provisioned = (provisioning_config: object) => ({ connection_config: config, provisioning_config });
  const discovery = { use_for_organization_discovery: true };

  test.each<[string, object]>([
    ['an empty body', {}],
    ['an unknown property', { connection_config: config, color: 'red' }],
    ['a nested unknown property', { connection_config: { ...config, color: 'red' } }],
    ['both a new connection and an edit', { connection_config: config, connection_id: saml }],
    ['no name', { connection_config: {} }],
    ['a name with a space', { connection_config: { name: 'globex sso' } }],
    ['a name that ends with a hyphen', { connection_config: { name: 'globex-' } }],
    ['a name of 129 characters', { connection_config: { name: 'x'.repeat(129) } }],
    ['a display name of 129 characters', { connection_config: { ...config, display_name: 'x'.repeat(129) } }],
    [
      'eleven metadata pairs',
      {
        connection_config: {
          ...config,
          metadata: Object.fromEntries([...'abcdefghijk'].map((key) => [key, key])),
        },
      },
    ],
    [
      'a metadata value of 256 characters',
      { connection_config: { ...config, metadata: { a: 'x'.repeat(256) } } },
    ],
    ['an icon over http', { connection_config: { ...config, options: { icon_url: 'http://x.example' } } }],
    ['a negative lifetime', { connection_config: config, ttl_sec: -1 }],
    ['a lifetime of more than five days', { connection_config: config, ttl_sec: 432_001 }],
    ['a lifetime of half seconds', { connection_config: config, ttl_sec: 1.5 }],
    ['an unknown application', { connection_config: config, enabled_clients: ['nobody'] }],
    [
      'an unknown organization',
      { connection_config: config, enabled_organizations: [{ organization_id: 'o' }] },
    ],
    ['an edit of a database connection', { connection_id: 'con_Db4sYt8Rw2Qp6Lk0' }],
    ['features of a new connection', { connection_config: config, enabled_features: { sso: true } }],
    ['no features', { connection_id: saml, enabled_features: {} }],
    ['provisioning without settings', { connection_id: saml, enabled_features: { provisioning: true } }],
    [
      'pending domains without verification',
      {
        connection_config: config,
        domain_aliases_config: { domain_verification: 'none', pending_domains: ['globex.example'] },
      },
    ],
    ['a domain configuration without verification', { connection_config: config, domain_aliases_config: {} }],
    [
      'discovery without an organization',
      { connection_config: config, domain_aliases_config: { domain_verification: 'required' }, ...discovery },
    ],
    [
      'discovery with two organizations',
      {
        connection_config: config,
        domain_aliases_config: { domain_verification: 'required' },
        enabled_organizations: [{ organization_id: globex }, { organization_id: initech }],
        ...discovery,
      },
    ],
    [
      'discovery without domains',
      { connection_config: config, enabled_organizations: [{ organization_id: globex }], ...discovery },
    ],
    [
      'third-party access to a domain connection',
      {
        connection_config: { ...config, is_domain_connection: true },
        third_party_client_access_config: { allow_configuration: false },
      },
    ],
    ['empty provisioning', provisioned({})],
    ['no SCIM scope', provisioned({ scopes: [] })],
    ['an unknown SCIM scope', provisioned({ scopes: [...scim, 'get:all'] })],
    ['a token lifetime of 900 seconds', provisioned({ scopes: scim, token_lifetime: 900 })],
    [
      'synchronized groups without users',
      provisioned({ google_workspace: { sync_users: false, sync_groups: true } }),
    ],
    ['IdP-initiated login without an application', initiated({ enabled: true })],
    ['IdP-initiated login to an unknown application', initiated({ client_id: 'nobody' })],
    [
      'a query for SAML',
      initiated({ client_id: portal, client_protocol: 'samlp', client_authorizequery: 'scope=openid' }),
    ],
    [
      'a query with an unknown parameter',
      initiated({ client_id: portal, client_protocol: 'oauth2', client_authorizequery: 'prompt=none' }),
    ],
  ])('is not created with %s', async (_, body) => {
    const answer = await createTicket(body);
    expect(answer.body).toMatchObject({ statusCode: 400, error: 'Bad Request', errorCode: 'invalid_body' });
    expect(answer.body.message).toMatch(/Payload validation error: '.+'|does not exist|not supported/);
    expect(answer.status).toBe(400);
    expect(auth0.tickets).toEqual([]);
  });

  test('needs a profile with Google Workspace for directory sync', async () => {
    const body = provisioned({ google_workspace: { sync_users: true, sync_groups: true } });
    expect((await createTicket(body, microsoft)).status).toBe(400);
    expect((await createTicket(body)).status).toBe(201);
  });

  test('needs a profile and a connection that exist', async () => {
    expect((await createTicket(ticketBody(), 'ssp_unknown')).status).toBe(404);
    expect((await createTicket({ connection_id: 'con_0000000000000000' })).status).toBe(404);
  });

  test('needs a JSON body, and a correlation ID of 64 characters or fewer', async () => {
    const url = `https://${auth0.domain}/api/v2/self-service-profiles/${standard}/sso-ticket`;
    const authorization = `Bearer ${await requestToken(auth0)}`;
    const json = 'application/json';
    const post = (headers: Record<string, string>, body: string) =>
      fetch(url, { method: 'POST', headers: { authorization, ...headers }, body });
    expect((await post({ 'content-type': json }, '{')).status).toBe(400);
    const polluted = '{"connection_config":{"name":"x","metadata":{"__proto__":1}}}';
    expect((await post({ 'content-type': json }, polluted)).status).toBe(400);
    expect((await post({ 'content-type': 'text/plain' }, '{}')).status).toBe(400);
    const id = (length: number) => ({ 'content-type': json, 'x-correlation-id': 'x'.repeat(length) });
    expect((await post(id(65), JSON.stringify(ticketBody()))).status).toBe(400);
    expect((await post(id(64), JSON.stringify(ticketBody()))).status).toBe(201);
  });
});

describe('rate limits', () => {
  test('are in the headers of every answer, even without a limit', async () => {
    const { headers } = await api('GET', '/clients');
    expect(Number(headers.get('x-ratelimit-limit'))).toBeGreaterThan(0);
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
    expect(Math.abs(Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000)).toBeLessThan(10);
  });

  test('apply to the whole API, and the bucket refills', async () => {
    auth0.rateLimit = { perSecond: 10, burst: 2 };
    expect((await api('GET', '/clients')).headers.get('x-ratelimit-remaining')).toBe('1');
    auth0.rateLimit = { perSecond: 0.5, burst: 2 };
    const statuses = await Promise.all([1, 2, 3].map(async () => (await api('GET', '/clients')).status));
    expect(statuses.toSorted()).toEqual([200, 200, 429]);
    const refused = await api('GET', '/organizations');
    expect(refused.body).toMatchObject({ statusCode: 429, error: 'Too Many Requests' });
    const wait = Number(refused.headers.get('x-ratelimit-reset')) - Date.now() / 1000;
    expect(wait).toBeGreaterThan(0.5);
    expect(wait).toBeLessThanOrEqual(3);
    auth0.rateLimit = { perSecond: 100, burst: 1 };
    await api('GET', '/clients');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await api('GET', '/clients')).status).toBe(200);
  });

  test('can apply to one endpoint', async () => {
    auth0.endpointLimits = { 'GET /organizations': { perMinute: 1, burst: 1 } };
    expect((await api('GET', '/organizations')).status).toBe(200);
    expect((await api('GET', '/organizations')).status).toBe(429);
    expect((await api('GET', '/organizations/name/globex')).status).toBe(200);
  });
});

describe('a fault', () => {
  const body = { connection_config: { name: 'globex-sso' } };
  const path = /\/sso-ticket$/;
  const timeout = () => ({ abortSignal: AbortSignal.timeout(300) });
  const create = (options = {}) => client.selfServiceProfiles.ssoTicket.create(standard, body, options);

  test('with a status and a count of one fails one call before anything is created', async () => {
    auth0.fail(
      { method: 'POST', path },
      { status: 503, body: { message: 'later' }, headers: { 'x-a': 'b' } },
      1,
    );
    expect(await refusal(create())).toEqual({ status: 503, message: '{"message":"later"}' });
    expect(auth0.tickets).toHaveLength(0);
    await create();
    expect(auth0.tickets).toHaveLength(1);
  });

  test.each<[Fault, number]>([
    ['hang', 0],
    ['reset', 0],
    ['reset-after', 1],
    ['cut', 1],
    ['stall', 1],
  ])('%j ends the call without an answer', async (fault, tickets) => {
    auth0.fail({ path }, fault);
    await expect(create(timeout())).rejects.toThrow();
    expect(auth0.tickets).toHaveLength(tickets);
    auth0.clearFaults();
    await create();
    expect(auth0.tickets).toHaveLength(tickets + 1);
  });

  test.each<Fault>(['html', 'empty'])('“%s” creates the ticket but withholds the link', async (fault) => {
    auth0.fail({ path }, fault, 1);
    const { data, rawResponse } = await create().withRawResponse();
    expect(rawResponse.status).toBe(201);
    expect(data?.ticket).toBeUndefined();
    expect(auth0.tickets).toHaveLength(1);
  });

  test('“cut” ends the body immediately, and “stall” does not', async () => {
    const url = `https://${auth0.domain}/api/v2/clients`;
    const headers = { authorization: `Bearer ${await requestToken(auth0)}` };
    auth0.fail({ path: '/clients' }, 'cut', 1);
    await expect((await fetch(url, { headers })).text()).rejects.toThrow('terminated');
    auth0.fail({ path: '/clients' }, 'stall', 1);
    const stalled = await fetch(url, { headers, signal: AbortSignal.timeout(300) });
    await expect(stalled.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('with a delay does not keep the call from taking effect', async () => {
    auth0.fail({ path }, { delay: 400 });
    await expect(create(timeout())).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(auth0.tickets).toHaveLength(1);
  });

  test('matches a path exactly, and can affect /oauth/token', async () => {
    auth0.fail({ path: '/clients' }, { status: 500 });
    expect((await client.organizations.list()).data.length).toBeGreaterThan(0);
    expect(await refusal(client.clients.list())).toMatchObject({ status: 500 });
    expect((await client.clients.get(portal)).name).toBe('Customer Portal');
    auth0.fail({ path: '/oauth/token' }, { status: 500, body: 'down' });
    expect(await refusal(connect().clients.list())).toMatchObject({ status: 500 });
  });

  test('of latency delays every call', async () => {
    auth0.latency = 150;
    const start = performance.now();
    await client.clients.list();
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  test('“hang” ends when the stand-in stops', async () => {
    auth0.fail({ path: '/clients' }, 'hang');
    const hanging = expect(client.clients.list()).rejects.toThrow();
    await expect.poll(() => auth0.requests.at(-1)?.path).toBe('/api/v2/clients');
    await auth0.stop();
    await hanging;
    await expect(fetch(`https://${auth0.domain}/`)).rejects.toThrow();
  });
});
