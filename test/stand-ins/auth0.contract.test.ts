import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../stand-ins/auth0/response.ts';
import { defaultTenant } from '../../stand-ins/auth0/tenant.ts';
import { readTicketBody } from '../../stand-ins/auth0/ticket-body.ts';
import { anyUrl } from '../arbitrary.ts';
import { contracts } from '../contracts.ts';

const judge = contracts();
const portal = 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A';
const saml = 'con_In6tEc2Hs8Ml4Pq0';
const standard = 'ssp_n7SNCL8seoyV1TuSTCnAeo';

describe.skipIf(!judge)('compared with the published contract', () => {
  const tenant = defaultTenant();
  const [profile] = tenant.profiles;
  if (!profile) throw new Error('The default tenant has a profile');

  const accepts = (body: unknown): boolean => {
    try {
      readTicketBody(body, profile, tenant);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  };

  function problems(body: unknown): string[] {
    const path = `/api/v2/self-service-profiles/${standard}/sso-ticket`;
    return judge?.checkRequest({ method: 'POST', path, query: {}, body }) ?? [];
  }

  const words = (max: number, min = 0) => fc.string({ unit: 'grapheme', minLength: min, maxLength: max });
  const name = fc.stringMatching(/^[a-z0-9](-[a-z0-9]|[a-z0-9]){0,60}$/);
  const domains = fc.array(fc.domain(), { maxLength: 3 });
  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  const scopes = methods.flatMap((method) => [`${method}:users`, `${method}:groups`]);

  const shared = {
    enabled_clients: fc.subarray(tenant.clients.map(({ client_id }) => client_id)),
    enabled_organizations: fc.subarray(tenant.organizations).chain((organizations) =>
      fc.tuple(
        ...organizations.map(({ id }) =>
          fc.record(
            {
              organization_id: fc.constant(id),
              assign_membership_on_login: fc.boolean(),
              show_as_button: fc.boolean(),
            },
            { requiredKeys: ['organization_id'] },
          ),
        ),
      ),
    ),
    ttl_sec: fc.integer({ min: 0, max: 432_000 }),
    domain_aliases_config: fc.oneof(
      fc.constant({ domain_verification: 'none' }),
      fc.record(
        { domain_verification: fc.constantFrom('optional', 'required'), pending_domains: domains },
        { requiredKeys: ['domain_verification'] },
      ),
    ),
    provisioning_config: fc.record(
      {
        scopes: fc.subarray(scopes, { minLength: 1 }),
        google_workspace: fc.boolean().map((sync_groups) => ({ sync_users: true, sync_groups })),
        token_lifetime: fc.oneof(fc.integer({ min: 901 }), fc.constant(null)),
      },
      { requiredKeys: ['scopes'] },
    ),
    use_for_organization_discovery: fc.constant(false),
    third_party_client_access_config: fc.record({ allow_configuration: fc.boolean() }),
  };

  const newConnection = fc.record(
    {
      ...shared,
      connection_config: fc.record(
        {
          name,
          display_name: words(20),
          is_domain_connection: fc.constant(false),
          show_as_button: fc.boolean(),
          metadata: fc.dictionary(words(20, 1), fc.oneof(words(30), fc.constant(null)), { maxKeys: 10 }),
          options: fc.option(
            fc.record(
              {
                icon_url: fc.option(anyUrl('https')),
                domain_aliases: fc.option(domains),
                idpinitiated: fc.option(
                  fc.record(
                    {
                      enabled: fc.boolean(),
                      client_id: fc.constant(portal),
                      client_protocol: fc.constant('oauth2'),
                      client_authorizequery: fc.constant('redirect_uri=https://x.example&scope=openid'),
                    },
                    { requiredKeys: ['client_id', 'client_protocol'] },
                  ),
                ),
              },
              { requiredKeys: [] },
            ),
          ),
        },
        { requiredKeys: ['name'] },
      ),
    },
    { requiredKeys: ['connection_config'] },
  );

  const edit = fc.record(
    {
      ...shared,
      connection_id: fc.constant(saml),
      enabled_features: fc.record(
        { sso: fc.boolean(), domain_verification: fc.boolean(), provisioning: fc.constant(false) },
        { requiredKeys: ['sso'] },
      ),
    },
    { requiredKeys: ['connection_id'] },
  );

  // The server rejects this key before it checks the body.
  const plain = (body: unknown) => !JSON.stringify(body).includes('"__proto__"');
  const valid = fc.oneof(newConnection, edit).filter(plain);
  const runs = { numRuns: 1000 };

  test('the stand-in accepts valid bodies, as the contract does', () => {
    fc.assert(
      fc.property(valid, (body) => {
        expect(problems(body)).toEqual([]);
        expect(readTicketBody(body, profile, tenant)).toEqual(body);
      }),
      runs,
    );
  });

  const replacement = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      -1,
      0,
      0.5,
      900,
      432_001,
      true,
      [],
      {},
      ['x'],
      { x: 1 },
      'none',
      'x y',
    ),
    fc.constantFrom(51, 129, 256, 257).map((length) => 'x'.repeat(length)),
    fc.constant(Object.fromEntries([...'abcdefghijk'].map((key) => [key, 'x']))),
    fc.constant({ name: 'ok', metadata: { a: 1 } }),
    fc.jsonValue(),
  );

  /** A valid body with one property replaced, removed, or added. */
  const mutated = fc
    .tuple(valid, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), replacement)
    .map(([body, seed, kind, value]) => {
      const copy: unknown = structuredClone(body);
      const properties = holders(copy);
      const { holder, key } = properties[seed % properties.length] ?? { holder: {}, key: '' };
      if (kind === 'remove') Reflect.deleteProperty(holder, key);
      else Reflect.set(holder, kind === 'add' ? 'extra' : key, value);
      // As JSON, in which holes in arrays become null.
      return JSON.parse(JSON.stringify(copy));
    })
    .filter(plain);

  test('the stand-in rejects every body that the contract rejects', () => {
    const seen = { refused: 0, accepted: 0 };
    fc.assert(
      fc.property(mutated, (body) => {
        const found = problems(body);
        if (found.length > 0) seen.refused += 1;
        if (!accepts(body)) return;
        seen.accepted += 1;
        expect(found).toEqual([]);
      }),
      { numRuns: 3000 },
    );
    // With fewer, the property above would prove little.
    expect(seen.refused).toBeGreaterThan(500);
    expect(seen.accepted).toBeGreaterThan(50);
  });

  test('the contract’s own checks find problems', () => {
    const request = { method: 'GET', path: '/api/v2/clients', query: {}, body: undefined };
    expect(judge?.checkRequest(request)).toEqual([]);
    expect(judge?.checkRequest({ ...request, query: { take: '101' } })).toHaveLength(1);
    expect(judge?.checkRequest({ ...request, query: { search: 'x' } })).toHaveLength(1);
    expect(judge?.checkRequest({ ...request, body: {} })).toHaveLength(1);
    expect(judge?.checkRequest({ ...request, path: '/api/v2/nothing' })).toHaveLength(1);
    expect(judge?.checkResponse(request, 200, { clients: 1 })).not.toEqual([]);
    expect(problems({ connection_id: 'x' })).toHaveLength(1);
    expect(judge?.checkManifest({ display_information: { name: 'Bot' } })).toEqual([]);
    expect(judge?.checkManifest({ _metadata: { major_version: 2 } })).not.toEqual([]);
    expect(judge?.checkManifest({ _metadata: { major_version: 9 } })).toHaveLength(1);
  });
});

/** Every property in a JSON value, with the object that has it. */
function holders(value: unknown): { holder: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...holders(inner)]);
}
