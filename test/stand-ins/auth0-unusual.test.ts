import { importPKCS8, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { testCertificate } from '../setup.ts';
import { callAuth0 } from './call-auth0.ts';

const portal = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const globex = 'org_Glx3uBq7Ns5Vt1Ke';
const initech = 'org_Int8wDr2Pf6Hy4Mj';
const saml = 'con_In6tEc2Hs8Ml4Pq0';
const standard = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const scim = ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'];

let auth0: Auth0;
beforeEach(async () => {
  auth0 = await startAuth0(testCertificate());
});
afterEach(() => auth0.stop());

const get = (path: string) => callAuth0(auth0, 'GET', path);

function createTicket(body: unknown, headers: Record<string, string> = {}) {
  return callAuth0(auth0, 'POST', `/self-service-profiles/${standard}/sso-ticket`, { body, headers });
}

/** A new connection with these numbers of verified domains and of domains to verify. */
function withDomains({ verified = 0, pending = 0, organizations = [globex], discovery = false }) {
  const domains = (count: number, kind: string) =>
    Array.from({ length: count }, (_, index) => `${kind}${index}.example`);
  return {
    connection_config: { name: 'globex-sso', options: { domain_aliases: domains(verified, 'v') } },
    enabled_organizations: organizations.map((organization_id) => ({ organization_id })),
    domain_aliases_config: { domain_verification: 'optional', pending_domains: domains(pending, 'p') },
    use_for_organization_discovery: discovery,
  };
}

describe('an error', () => {
  const config = (more: object) => ({ connection_config: { name: 'globex-sso', ...more } });

  test.each<[string, unknown]>([
    ["'Expected type object but found type array'.", []],
    ["'Additional properties not allowed: color'.", { color: 'red' }],
    [
      "'Missing required property: name' on property connection_config (If provided, this will",
      config({ name: undefined }),
    ],
    [
      "'String is too short (0 chars), minimum 1' on property connection_config.name (The name of",
      config({ name: '' }),
    ],
    [
      "'String does not match pattern ^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$: a b' on property connection_config.name (",
      config({ name: 'a b' }),
    ],
    [
      "'String is too long (129 chars), maximum 128' on property connection_config.display_name (Connection name used in the new universal login experience).",
      config({ display_name: 'x'.repeat(129) }),
    ],
    [
      "'Object didn't pass validation for format strict-https-uri-or-null: http://x.example' on property connection_config.options.icon_url (URL for the icon. Must use HTTPS.).",
      config({ options: { icon_url: 'http://x.example' } }),
    ],
    [
      "'Object didn't pass validation for format organization-id: o' on property enabled_organizations[1].organization_id (Organization identifier.).",
      { ...config({}), enabled_organizations: [{ organization_id: globex }, { organization_id: 'o' }] },
    ],
    [
      "'No enum match for: all' on property provisioning_config.scopes[0].",
      { provisioning_config: { scopes: ['all'] } },
    ],
    [
      "'Value 432001 is greater than maximum 432000' on property ttl_sec (Number of seconds",
      { ttl_sec: 432_001 },
    ],
    [
      "'Expected type integer but found type string' on property ttl_sec (Number of seconds",
      { ttl_sec: '1' },
    ],
    [
      "'Value 900 is equal or less than exclusive minimum 900' on property provisioning_config.token_lifetime (Lifetime",
      { provisioning_config: { scopes: scim, token_lifetime: 900 } },
    ],
  ])('contains %s', async (text, sent) => {
    const { status, body } = await createTicket(sent);
    expect(body.message).toContain(`Payload validation error: ${text}`);
    expect(body).toMatchObject({ statusCode: 400, error: 'Bad Request', errorCode: 'invalid_body' });
    expect(status).toBe(400);
  });

  test.each([
    [
      '/organizations/org_unknown',
      "'Object didn't pass validation for format organization-id: org_unknown' on property id (ID of the organization to retrieve.).",
    ],
    [
      '/organizations/x/enabled_connections',
      "'Object didn't pass validation for format organization-id: x' on property id (Organization identifier.).",
    ],
    [
      '/organizations/name/Globex%20Inc',
      "'Object didn't pass validation for format organization-name: Globex Inc' on property name (",
    ],
    [
      '/connections/con_unknown',
      "'Object didn't pass validation for format connection-id: con_unknown' on property id (The id of the connection to retrieve).",
    ],
    [
      '/connections/con_unknown/clients',
      "'Object didn't pass validation for format connection-id: con_unknown' on property id (",
    ],
    [
      '/clients/a.b',
      "'Object didn't pass validation for format client-id: a.b' on property id (ID of the client to retrieve.).",
    ],
  ])('explains the malformed ID in %s', async (path, text) => {
    const { status, body } = await get(path);
    expect(body.message).toContain(`Path validation error: ${text}`);
    expect(body).toMatchObject({ statusCode: 400, errorCode: 'invalid_uri' });
    expect(status).toBe(400);
  });

  test.each([
    [
      '/self-service-profiles/ssp_kRVNooW1CXsSWPmQ3nt47z',
      'Profile with ID: ssp_kRVNooW1CXsSWPmQ3nt47z not found',
    ],
    ['/organizations/org_0000000000000000', 'No organization found by that id or name'],
  ])('has no code if %s is not found', async (path, message) => {
    expect((await get(path)).body).toEqual({ statusCode: 404, error: 'Not Found', message });
  });

  test('is the answer for a page beyond the first 1,000 records', async () => {
    expect((await get('/organizations?page=10&per_page=100')).body).toMatchObject({
      statusCode: 400,
      message: 'Requesting page 10 exceeds the allowed maximum of 1000 records.',
      errorCode: 'invalid_paging',
    });
    expect((await get('/organizations?page=20')).status).toBe(400);
    expect((await get('/organizations?page=19')).status).toBe(200);
  });

  test('is not the answer if the ticket to revoke is unknown', async () => {
    const path = `/self-service-profiles/${standard}/sso-ticket/unknown/revoke`;
    expect(await callAuth0(auth0, 'POST', path)).toMatchObject({ status: 202, body: {} });
  });
});

describe('a list', () => {
  test('of organizations has a checkpoint with a date and an ID', async () => {
    const { body } = await get('/organizations?take=2');
    expect(body.next).not.toContain('=');
    expect(Buffer.from(body.next, 'base64url').toString()).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}UTC,org_Int8wDr2Pf6Hy4Mj$/,
    );
    const second = await get(`/organizations?take=2&from=${body.next}`);
    expect(second.body.organizations[0].name).toBe('umbrella');
    const bare = Buffer.from('org_Int8wDr2Pf6Hy4Mj').toString('base64url');
    expect((await get(`/organizations?from=${bare}`)).status).toBe(400);
  });

  test('of user attribute profiles has five on each page', async () => {
    auth0.attributeProfiles = Array.from({ length: 7 }, (_, n) => ({ id: `uap_${n}`, name: `Set ${n}` }));
    const { body } = await get('/user-attribute-profiles');
    expect(body.user_attribute_profiles).toHaveLength(5);
    const rest = await get(`/user-attribute-profiles?from=${body.next}`);
    expect(rest.body).toEqual({ user_attribute_profiles: auth0.attributeProfiles.slice(5) });
  });

  test('can have pages that overlap and still end', async () => {
    auth0.pageOverlap = 2;
    const names: string[] = [];
    let from = '';
    do {
      const { body } = await get(`/organizations?take=3${from}`);
      names.push(...body.organizations.map(({ name }: { name: string }) => name));
      from = body.next ? `&from=${body.next}` : '';
    } while (from);
    expect(names.slice(0, 6)).toEqual(['globex', 'initech', 'umbrella', 'initech', 'umbrella', 'soylent']);
    expect(new Set(names).size).toBe(auth0.organizations.length);
  });

  test('can repeat a checkpoint forever', async () => {
    auth0.repeatCheckpoint = true;
    const { next } = (await get('/organizations?take=2')).body;
    expect((await get(`/organizations?take=2&from=${next}`)).body.next).toBe(next);
    expect((await get('/organizations?take=100')).body).not.toHaveProperty('next');
  });

  test('has odd records last, even across pages', async () => {
    const odd = [{ id: 'con_x', name: null }, { name: 'without ID' }, {}];
    auth0.oddRecords.connections = odd;
    const { length } = auth0.connections;
    const first = await get(`/connections?take=${length + 1}`);
    expect(first.body.connections.at(-1)).toEqual(odd[0]);
    const second = await get(`/connections?take=1&from=${first.body.next}`);
    expect(second.body.connections).toEqual([odd[1]]);
    const third = await get(`/connections?take=1&from=${second.body.next}`);
    expect(third.body).toEqual({ connections: [{}] });
    expect((await get('/connections?include_totals=true')).body.total).toBe(length + 3);
    expect((await get('/connections?strategy=okta')).body).toHaveLength(1);
  });
});

describe('a ticket', () => {
  test('has the default lifetime if its lifetime is 0', async () => {
    expect((await createTicket({ connection_config: { name: 'a' }, ttl_sec: 0 })).status).toBe(201);
    const [ticket] = auth0.tickets;
    expect((ticket?.expiresAt ?? 0) - (ticket?.createdAt ?? 0)).toBe(432_000_000);
  });

  test.each([
    [scim, 'okta', true],
    [scim, 'adfs', false],
    [['get:users'], 'okta', false],
  ])('with the scopes %j for %s enables SCIM: %j', async (scopes, provider, enabled) => {
    const body = { connection_config: { name: 'a' }, provisioning_config: { scopes } };
    expect((await createTicket(body)).status).toBe(201);
    auth0.complete(auth0.tickets[0]?.id ?? '', provider);
    expect(auth0.tickets[0]?.scimEnabled).toBe(enabled);
  });

  test.each([
    [201, { verified: 50, pending: 50 }],
    [400, { verified: 51, pending: 50 }],
    [400, { verified: 101 }],
    [201, { pending: 1000, organizations: [] }],
    [201, { pending: 101, organizations: [globex, initech] }],
    [400, { verified: 1, pending: 1000, organizations: [] }],
    [201, { verified: 5, discovery: true }],
    [400, { verified: 6, discovery: true }],
    [201, { verified: 6 }],
  ])('is answered with %i for the domains %j', async (expected, domains) => {
    const { status, body } = await createTicket(withDomains(domains));
    if (expected === 400) expect(body.message).toMatch(/Array is too long \(\d+\), maximum (5|100|1000)'/);
    expect(status).toBe(expected);
  });

  test('counts the domains of the edited connection', async () => {
    const [domain = ''] = auth0.connections.find(({ id }) => id === saml)?.options?.domain_aliases ?? [];
    const { enabled_organizations, domain_aliases_config } = withDomains({ pending: 100 });
    const body = { connection_id: saml, enabled_organizations, domain_aliases_config };
    expect((await createTicket(body)).status).toBe(400);
    domain_aliases_config.pending_domains[0] = domain;
    expect((await createTicket(body)).status).toBe(201);
  });

  test('must name a custom domain if there are several', async () => {
    const body = { connection_config: { name: 'a' }, enabled_clients: [portal] };
    auth0.customDomains = ['login.example'];
    expect((await createTicket(body)).status).toBe(201);
    auth0.customDomains = ['login.example', 'login.example.org'];
    const refused = await createTicket(body);
    expect(refused.body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'The tenant has multiple verified custom domains.',
      errorCode: 'custom_domain_conflict',
    });
    expect((await createTicket(body, { 'auth0-custom-domain': 'login.example' })).status).toBe(201);
    expect(auth0.tickets).toHaveLength(2);
  });

  test('is refused if the subscription does not include it', async () => {
    auth0.notEntitled = ['POST /self-service-profiles/{id}/sso-ticket'];
    expect((await createTicket({ connection_config: { name: 'a' } })).body).toMatchObject({
      statusCode: 403,
      message: expect.stringMatching(/^Please upgrade your subscription to use /),
      errorCode: 'insufficient_entitlement',
    });
    expect((await get('/self-service-profiles')).status).toBe(200);
  });
});

describe('a token request', () => {
  /** Requests a token with a private key, with an assertion that is valid for a minute. */
  async function request(claims: object = {}) {
    const { domain, clientId, clientPrivateKey } = auth0;
    const iat = Math.floor(Date.now() / 1000);
    const assertion = new SignJWT({
      ...{ iss: clientId, sub: clientId, aud: `https://${domain}/`, jti: 'one', iat, exp: iat + 60 },
      ...claims,
    }).setProtectedHeader({ alg: 'RS256' });
    const response = await fetch(`https://${domain}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion.sign(await importPKCS8(clientPrivateKey, 'RS256')),
        audience: `https://${domain}/api/v2/`,
      }),
    });
    const body = JSON.parse(await response.text());
    const text: string | undefined = body.error_description;
    return { status: response.status, headers: response.headers, error: body.error, text };
  }

  test('is refused at a custom domain, which is not the API', async () => {
    auth0.installationProblem = 'custom_domain';
    const text = `Service not found: https://${auth0.domain}/api/v2/`;
    expect(await request()).toMatchObject({ status: 403, error: 'access_denied', text });
  });

  test('is refused for an application without a client grant', async () => {
    auth0.installationProblem = 'no_client_grant';
    const { status, error, text } = await request();
    expect({ status, error }).toEqual({ status: 403, error: 'access_denied' });
    expect(text).toContain(
      `Client is not authorized to access "https://${auth0.domain}/api/v2/". You need to create a "client-grant"`,
    );
  });

  test.each([
    [3600, {}, "'exp' claim of the client assertion is in the past"],
    [-3600, {}, "'iat' claim of the client assertion is in the future"],
    [0, { exp: Math.floor(Date.now() / 1000) + 400 }, "no more than 5 minutes after 'iat'"],
  ])(
    'is refused if the clock is %i seconds ahead and the assertion has the claims %j',
    async (offset, claims, reason) => {
      auth0.clockOffset = offset;
      const { status, error, text } = await request(claims);
      expect({ status, error }).toEqual({ status: 401, error: 'invalid_client' });
      expect(text).toContain(reason);
    },
  );

  test('is accepted if the clock is nine seconds behind', async () => {
    auth0.clockOffset = -9;
    expect(await request()).toMatchObject({ status: 200 });
  });

  test('is refused if the quota is used up, with or without a reset time', async () => {
    auth0.tokenQuotaReset = Date.parse('2026-12-01T00:00:00Z');
    const refused = await request();
    expect(refused).toMatchObject({ status: 429, error: 'too_many_requests' });
    expect(refused.headers.get('x-ratelimit-reset')).toBe('1796083200');
    auth0.tokenQuotaReset = 'unknown';
    expect((await request()).headers.get('x-ratelimit-reset')).toBeNull();
    auth0.tokenQuotaReset = undefined;
    expect(await request()).toMatchObject({ status: 200 });
  });
});
