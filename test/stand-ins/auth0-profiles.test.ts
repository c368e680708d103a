import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Auth0, startAuth0 } from '../../stand-ins/auth0/server.ts';
import { defaultTenant, profileStrategies } from '../../stand-ins/auth0/tenant.ts';
import { anyUrl } from '../arbitrary.ts';
import { contracts } from '../contracts.ts';
import { testCertificate } from '../setup.ts';
import { readJson, sharedFolder } from '../shared-data.ts';
import { callAuth0 } from './call-auth0.ts';

const judge = contracts();
const STANDARD = 'ssp_n7SNCL8seoyV1TuSTCnAeo';
const TEXT = `/self-service-profiles/${STANDARD}/custom-text/en/get-started`;
const PROFILE = `/self-service-profiles/${STANDARD}`;

let auth0: Auth0;
beforeAll(async () => {
  auth0 = await startAuth0(testCertificate());
});
beforeEach(() => {
  const { profiles, customTexts } = defaultTenant();
  Object.assign(auth0, { profiles, customTexts });
});
afterAll(() => auth0.stop());

const api = (method: string, path: string, body?: unknown) => callAuth0(auth0, method, path, { body });
const create = (body: unknown) => api('POST', '/self-service-profiles', body);
const update = (body: unknown) => api('PATCH', PROFILE, body);

/** The problems that the published contract finds in a request, or in its answer. */
function problems(method: string, path: string, body: unknown): string[] {
  return judge?.checkRequest({ method, path: `/api/v2${path}`, query: {}, body }) ?? [];
}
function answerProblems(method: string, path: string, { status, body }: { status: number; body: unknown }) {
  return judge?.checkResponse({ method, path: `/api/v2${path}` }, status, body) ?? [];
}

const attribute = (index: number) => ({ name: `a${index}`, description: 'x', is_optional: true });
const attributes = (count: number) => Array.from({ length: count }, (_, index) => attribute(index));

describe('self-service profiles', () => {
  it('can be created with only a name, and the answer leaves out what is not set', async () => {
    const answer = await create({ name: 'New' });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body).toSorted()).toEqual(['created_at', 'id', 'name', 'updated_at']);
    expect(answerProblems('POST', '/self-service-profiles', answer)).toEqual([]);
    expect((await api('GET', `/self-service-profiles/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('are limited to 20', async () => {
    while (auth0.profiles.length < 19) auth0.profiles.push({ id: `ssp_${auth0.profiles.length}`, name: 'x' });
    expect((await create({ name: 'The 20th' })).status).toBe(201);
    expect(await create({ name: 'The 21st' })).toMatchObject({
      status: 409,
      body: { message: 'No more profiles can be created for this tenant.' },
    });
  });

  it('can be changed in part, where a list is replaced and null clears a value', async () => {
    const all = {
      description: 'x',
      branding: { logo_url: 'https://acme.example/a.png', colors: { primary: '#fff' } },
      user_attributes: attributes(2),
      allowed_strategies: ['okta', 'waad'],
    };
    expect((await update(all)).body).toMatchObject(all);
    const replaced = await update({
      allowed_strategies: ['oidc'],
      user_attributes: attributes(1),
      branding: { colors: { primary: '#000' } },
    });
    expect(replaced.body).toMatchObject({ name: 'Standard', description: 'x', allowed_strategies: ['oidc'] });
    expect(replaced.body.user_attributes).toEqual(attributes(1));
    expect(replaced.body.branding).toEqual({ colors: { primary: '#000' } });
    const cleared = await update({ description: null, branding: null, user_attributes: null });
    for (const key of ['description', 'branding', 'user_attributes'])
      expect(cleared.body).not.toHaveProperty(key);
    expect(answerProblems('PATCH', PROFILE, cleared)).toEqual([]);
    expect(Date.parse(cleared.body.updated_at)).toBeGreaterThan(Date.parse(cleared.body.created_at));
  });

  it.each<[string, object]>([
    ['no name', { name: '' }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['an empty description', { description: '' }],
    ['a long description', { description: 'x'.repeat(141) }],
    ['no strategies', { allowed_strategies: [] }],
    ['null for strategies', { allowed_strategies: null }],
    ['an unknown strategy', { allowed_strategies: ['samlp', 'auth0'] }],
    ['21 attributes', { user_attributes: attributes(21) }],
    ['a long attribute name', { user_attributes: [{ ...attribute(1), name: 'x'.repeat(251) }] }],
    ['an attribute without a description', { user_attributes: [{ name: 'x', is_optional: true }] }],
    ['a logo over http', { branding: { logo_url: 'http://acme.example' } }],
    ['a logo that is not escaped', { branding: { logo_url: 'https://acme.example/a b' } }],
    ['a long logo', { branding: { logo_url: `https://acme.example/${'x'.repeat(1024)}` } }],
    ['a color by name', { branding: { colors: { primary: 'red' } } }],
    ['colors without a primary one', { branding: { colors: {} } }],
    ['an unknown property', { deployment: 'x' }],
  ])('are rejected with %s, as in the contract', async (_, part) => {
    expect((await create({ name: 'x', ...part })).status).toBe(400);
    expect((await update(part)).status).toBe(400);
    if (!judge) return;
    expect(problems('POST', '/self-service-profiles', { name: 'x', ...part })).not.toEqual([]);
    expect(problems('PATCH', PROFILE, part)).not.toEqual([]);
  });

  it('are rejected with values that only the documentation forbids', async () => {
    const long = { user_attributes: [{ ...attribute(1), description: 'x'.repeat(256) }] };
    expect((await update(long)).status).toBe(400);
    const both = { user_attributes: attributes(1), user_attribute_profile_id: 'uap_1csfT7u7PCNUpFVeNM8Q7o' };
    expect((await update(both)).status).toBe(400);
    expect((await create({ name: 'x', ...both })).status).toBe(400);
  });

  it('are not found if they do not exist', async () => {
    const unknown = '/self-service-profiles/ssp_unknown';
    const message = 'Profile with ID: ssp_unknown not found';
    expect(await api('PATCH', unknown, {})).toMatchObject({ status: 404, body: { message } });
    for (const method of ['GET', 'PUT']) {
      const answer = await api(
        method,
        `${unknown}/custom-text/en/get-started`,
        method === 'PUT' ? {} : undefined,
      );
      expect(answer).toMatchObject({ status: 404, body: { message } });
    }
  });
});

describe('the custom text', () => {
  it('is returned as it was set, and cleared by an empty body', async () => {
    expect(await api('GET', TEXT)).toMatchObject({ status: 200, body: {} });
    const texts = { introduction: '<b>Hi</b>' };
    const set = await api('PUT', TEXT, texts);
    expect(set).toMatchObject({ status: 200, body: texts });
    expect(answerProblems('PUT', TEXT, set)).toEqual([]);
    expect((await api('GET', TEXT)).body).toEqual(texts);
    expect((await api('PUT', TEXT, {})).body).toEqual({});
    expect((await api('GET', TEXT)).body).toEqual({});
  });

  it.each([
    ['a long text', TEXT, { introduction: 'x'.repeat(2001) }],
    ['a number', TEXT, { introduction: 1 }],
    ['another language', TEXT.replace('/en/', '/de/'), {}],
    ['another page', TEXT.replace('get-started', 'finish'), {}],
  ])('is rejected with %s, as in the contract', async (_, path, body) => {
    expect((await api('PUT', path, body)).status).toBe(400);
    if (judge) expect(problems('PUT', path, body)).not.toEqual([]);
  });
});

it.each([
  ['create:self_service_profiles', 'POST', '/self-service-profiles', { name: 'x' }],
  ['update:self_service_profiles', 'PATCH', PROFILE, {}],
  ['read:self_service_profile_custom_texts', 'GET', TEXT, undefined],
  ['update:self_service_profile_custom_texts', 'PUT', TEXT, {}],
])('the scope %s is required for %s %s', async (scope, method, path, body) => {
  const all = auth0.scopes;
  try {
    auth0.scopes = all.filter((each) => each !== scope);
    expect(await api(method, path, body)).toMatchObject({
      status: 403,
      body: { errorCode: 'insufficient_scope' },
    });
  } finally {
    auth0.scopes = all;
  }
});

describe.skipIf(!judge)('compared with the published contract', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 110 }),
    fc.constantFrom('', 'x'.repeat(101)),
  );
  const body = fc.record(
    {
      name,
      description: fc.oneof(name, fc.constant(null)),
      branding: fc.oneof(
        fc.constant(null),
        fc.record(
          {
            logo_url: fc.oneof(anyUrl('https', 'http'), fc.string()),
            colors: fc.record({ primary: fc.oneof(fc.stringMatching(/^#[0-9a-f]{3,6}$/), fc.string()) }),
          },
          { requiredKeys: [] },
        ),
      ),
      allowed_strategies: fc.oneof(fc.subarray<string>([...profileStrategies]), fc.constant(['auth0'])),
      user_attributes: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 22 }).map(attributes)),
    },
    { requiredKeys: [] },
  );

  it('the stand-in rejects every profile change that the contract rejects', async () => {
    const seen = { refused: 0, accepted: 0 };
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const sent = JSON.parse(JSON.stringify(given));
        const found = problems('PATCH', PROFILE, sent);
        const { status } = await update(sent);
        seen[status === 200 ? 'accepted' : 'refused'] += 1;
        if (found.length > 0) expect(status).toBe(400);
      }),
      { numRuns: 400 },
    );
    // With fewer, the property above would prove little.
    expect(seen.refused).toBeGreaterThan(20);
    expect(seen.accepted).toBeGreaterThan(20);
  });
});

/** Answers of the real service, with their requests. */
interface Recorded {
  profiles: { request: object | null; method: string; response: Record<string, unknown> }[];
  customText: { request: string; body: string; response: object }[];
}
const folder = sharedFolder('recorded');
const recorded = folder ? readJson<Recorded>(folder, 'auth0.json') : undefined;

describe.skipIf(!recorded)('the stand-in answers as recorded', () => {
  it('when profiles are created and changed', async () => {
    for (const { method, request, response } of recorded?.profiles ?? []) {
      if (!request) continue;
      if (method === 'PATCH') auth0.profiles = [{ id: STANDARD, name: String(response.name) }];
      const answer = await (method === 'POST' ? create(request) : update(request));
      expect(answer.status, JSON.stringify(request)).toBe(method === 'POST' ? 201 : 200);
      const { id: _, created_at, updated_at, ...rest } = answer.body;
      expect(response).toMatchObject(rest);
    }
  });

  it('when the custom text is set', async () => {
    for (const { request, body, response } of recorded?.customText ?? []) {
      if (!request.startsWith('PUT')) continue;
      expect((await api('PUT', TEXT, JSON.parse(body))).body).toEqual(response);
    }
  });
});

it('the setup assistant shows the branding, and escapes HTML in the introduction', async () => {
  const evil = '<script>alert(1)</script><b>Hi</b>';
  await update({ branding: { logo_url: 'https://acme.example/a.png', colors: { primary: '#05d' } } });
  await api('PUT', TEXT, { introduction: evil });
  const { body } = await api('POST', `${PROFILE}/sso-ticket`, { connection_config: { name: 'acme' } });
  const page = await (await fetch(body.ticket)).text();
  expect(page).toContain('https://acme.example/a.png');
  expect(page).toContain('#05d');
  expect(page).toContain('&#60;b&#62;Hi&#60;/b&#62;');
  expect(page).not.toContain('<b>Hi</b>');
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('<img');
});
