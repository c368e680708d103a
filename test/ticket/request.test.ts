import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultTenant } from '../../playground/auth0/tenant.ts';
import { readTicketBody } from '../../playground/auth0/ticket-body.ts';
import { type FormContext, formFields } from '../../src/ticket/fields.ts';
import { initialValues, problems, toRequest } from '../../src/ticket/request.ts';
import type { Choice, TicketKind, Values } from '../../src/ticket/values.ts';
import { anyText, arbitraryKind, arbitraryValues, fieldOptions, NO_TENANT } from '../arbitrary.ts';
import { contracts } from '../contracts.ts';

const tenant = defaultTenant();
const context: FormContext = {
  policy: {
    defaultProfileId: undefined,
    defaultClientIds: [],
    applicationsOptional: true,
    protectedConnections: [],
  },
  tenant: {
    ...NO_TENANT,
    profiles: () =>
      tenant.profiles.map(({ id, name }) => ({
        id,
        name,
        description: '',
        providers: [],
        attributes: [],
      })),
    connection: (id) => {
      const found = tenant.connections.find((each) => each.id === id);
      return found && { id, name: found.name, displayName: '', strategy: found.strategy };
    },
  },
};

const values = (kind: TicketKind, given: Partial<Values>) => initialValues(kind, given, context);
const messages = (kind: TicketKind, given: Partial<Values>, policy = context.policy) =>
  Object.fromEntries(problems(formFields(kind, false), values(kind, given), { ...context, policy }));

const portal: Choice = { id: 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A', name: 'Customer Portal' };
const globex: Choice = { id: 'org_Glx3uBq7Ns5Vt1Ke', name: 'Globex Inc' };
const initech: Choice = { id: 'con_In6tEc2Hs8Ml4Pq0', name: 'initech-saml' };

describe('problems', () => {
  it('finds none in a right form', () => {
    expect(messages('new', { connectionName: 'acme-corp', clients: [portal] })).toEqual({});
    expect(messages('edit', { connection: [initech] })).toEqual({});
  });

  it('asks for what is missing, and for nothing that may be left out', () => {
    const strict = { ...context.policy, applicationsOptional: false };
    expect(messages('new', { profile: [], lifetime: [] }, strict)).toEqual({
      profile: 'Choose one.',
      connectionName: 'Type a connection name.',
      clients: expect.stringMatching(/at least one application.*no button/),
      lifetime: 'Choose one.',
    });
    expect(messages('edit', { features: [] }, strict)).toEqual({
      connection: 'Choose one.',
      features: 'Tick at least one.',
    });
  });

  it.each([
    ['lifetime', { lifetime: [{ id: '432001', name: 'longer' }] }],
    ['profile', { profile: [{ id: 'ssp_gone', name: 'gone' }] }],
    ['membership', { membership: [{ id: 'owner', name: 'owner' }] }],
  ])('takes no %s that was not offered', (field, given) => {
    expect(messages('new', { connectionName: 'acme', ...given })).toEqual({
      [field]: expect.stringMatching(/not offered any more/),
    });
  });

  it('counts the characters of a display name', () => {
    const given = { connectionName: 'acme', displayName: 'x'.repeat(129) };
    expect(messages('new', given)).toEqual({ displayName: expect.stringMatching(/128 characters.*129/) });
  });

  it('takes no choice without an ID, such as a sentence among the suggestions', () => {
    const sentence = [{ id: '', name: 'The list is still loading.' }];
    expect(Object.keys(messages('new', { connectionName: 'acme', clients: sentence }))).toEqual(['clients']);
    expect(Object.keys(messages('new', { connectionName: 'acme', organizations: sentence }))).toEqual([
      'organizations',
    ]);
    expect(Object.keys(messages('edit', { connection: sentence }))).toEqual(['connection']);
  });

  it('finds a way to say it, whatever stands in the form', () => {
    fc.assert(
      fc.property(arbitraryKind, arbitraryValues, (kind, given) => {
        const found = problems(formFields(kind, true), given, context);
        for (const [, sentence] of found) expect(sentence).toMatch(/\S/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('toRequest', () => {
  it('names the customer by organization, else by display name, else by connection', () => {
    const given = { connectionName: 'acme', displayName: 'Acme', organizations: [globex] };
    expect(toRequest('new', values('new', given)).customer).toBe('Globex Inc');
    expect(toRequest('new', values('new', { ...given, organizations: [] })).customer).toBe('Acme');
    expect(toRequest('new', values('new', { connectionName: 'acme' })).customer).toBe('acme');
  });

  it('makes only bodies that Auth0 takes, of any right form', () => {
    const judge = contracts();
    const choices = (all: Choice[]) => fc.subarray(all);
    const clients = tenant.clients
      .filter(({ global }) => !global)
      .map(({ client_id, name }): Choice => ({ id: client_id, name }));
    const organizations = tenant.organizations.map(({ id, name }): Choice => ({ id, name }));
    const editable = tenant.connections
      .filter(({ strategy }) => !['auth0', 'google-oauth2'].includes(strategy))
      .map(({ id, name }): Choice => ({ id, name }));
    const right = fc.record({
      profile: fc.constantFrom(...tenant.profiles.map(({ id, name }): Choice => ({ id, name }))),
      connectionName: fc
        .stringMatching(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9]){0,60}$/)
        .filter((name) => tenant.connections.every((connection) => connection.name !== name)),
      displayName: anyText(128).map((text) => text.slice(0, 128).trim()),
      connection: fc.constantFrom(...editable),
      features: fc.subarray(fieldOptions('edit', 'features'), { minLength: 1 }),
      clients: choices(clients),
      organizations: choices(organizations),
      membership: choices(fieldOptions('new', 'membership')),
      lifetime: fc.constantFrom(...fieldOptions('new', 'lifetime')),
    });
    fc.assert(
      fc.property(arbitraryKind, right, (kind, given) => {
        const form: Values = {
          ...given,
          conversation: [],
          profile: [given.profile],
          connection: [given.connection],
          lifetime: [given.lifetime],
        };
        expect([...problems(formFields(kind, false), form, context)]).toEqual([]);
        const { body, seconds } = toRequest(kind, form);
        // As it travels.
        const sent = JSON.parse(JSON.stringify(body));
        const profile = tenant.profiles.find(({ id }) => id === given.profile.id);
        if (!profile) throw new Error('There is no such profile');
        expect(() => readTicketBody(sent, profile, tenant)).not.toThrow();
        const path = `/api/v2/self-service-profiles/${profile.id}/sso-ticket`;
        expect(judge?.checkRequest({ method: 'POST', path, query: {}, body: sent }) ?? []).toEqual([]);
        expect(sent.ttl_sec).toBe(seconds);
        expect('connection_config' in sent).toBe(kind === 'new');
        expect('connection_id' in sent).toBe(kind === 'edit');
        expect('enabled_features' in sent).toBe(kind === 'edit');
        expect('enabled_clients' in sent).toBe(given.clients.length > 0);
        expect('enabled_organizations' in sent).toBe(given.organizations.length > 0);
      }),
      { numRuns: 200 },
    );
  });
});
