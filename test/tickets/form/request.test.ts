import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/config/config.ts';
import { compilePattern } from '../../../src/config/pattern.ts';
import { fieldSentence, LIST_LOADING, type SentenceContext } from '../../../src/slack/sentences.ts';
import * as basics from '../../../src/tickets/form/basics.ts';
import type { Choice, Field, FormContext, TicketKind } from '../../../src/tickets/form/field.ts';
import type { Values } from '../../../src/tickets/form/form.ts';
import { fieldsOf, initialValues, shownFields } from '../../../src/tickets/form/form.ts';
import { toRequest } from '../../../src/tickets/form/request.ts';
import { validateForm } from '../../../src/tickets/form/validate.ts';
import { allowedStrategies, defaultTenant } from '../../../stand-ins/auth0/tenant.ts';
import { readTicketBody } from '../../../stand-ins/auth0/ticket-body.ts';
import {
  anyText,
  arbitraryKind,
  arbitraryPolicy,
  arbitraryValues,
  fieldOptions,
  NO_TENANT,
  PLAIN_POLICY,
} from '../../arbitrary.ts';
import { contracts } from '../../contracts.ts';

const tenant = defaultTenant();
const plain: Policy = { ...PLAIN_POLICY, applicationsOptional: true };

const contextOf = (kind: TicketKind, policy = plain, isEditor = true): FormContext => ({
  kind,
  isEditor,
  policy,
  tenant: {
    ...NO_TENANT,
    profiles: () =>
      tenant.profiles.map(({ id, name, allowed_strategies }) => ({
        id,
        name,
        description: '',
        providers: allowed_strategies ?? [],
        attributes: [],
        attributeProfile: '',
      })),
    connection: (id) => {
      const found = tenant.connections.find((each) => each.id === id);
      return found && { id, name: found.name, displayName: '', strategy: found.strategy };
    },
  },
});

const values = (kind: TicketKind, given: Partial<Values>) => initialValues(contextOf(kind), given);
/** The problems of a form that an editor filled in, with every field except the conversation. */
const problemsOf = (kind: TicketKind, given: Partial<Values>, policy = plain) => {
  const context = contextOf(kind, policy);
  const form = values(kind, given);
  const fields = shownFields({ asksConversation: false, more: true }, form, context);
  return Object.fromEntries(validateForm(fields, form, context));
};

const portal: Choice = { id: 'q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A', name: 'Customer Portal' };
const globex: Choice = { id: 'org_Glx3uBq7Ns5Vt1Ke', name: 'Globex Inc' };
const initech: Choice = { id: 'con_In6tEc2Hs8Ml4Pq0', name: 'initech-saml' };

const OFF: Choice[] = [{ id: 'off', name: 'Off' }];

describe('validateForm', () => {
  it('finds no problems in a valid form', () => {
    expect(problemsOf('new', { connectionName: 'acme-corp', clients: [portal] })).toEqual({});
    expect(problemsOf('edit', { connection: [initech] })).toEqual({});
  });

  it('reports what is missing, but nothing that is optional', () => {
    const strict = { ...plain, applicationsOptional: false };
    expect(problemsOf('new', { profile: [], lifetime: [] }, strict)).toEqual({
      profile: { code: 'choice_missing' },
      displayName: {
        code: 'one_text_missing',
        labels: [basics.displayName.label, basics.connectionName.label],
      },
      clients: { code: 'application_missing' },
      lifetime: { code: 'choice_missing' },
    });
    expect(problemsOf('edit', { features: [] }, strict)).toEqual({
      connection: { code: 'choice_missing' },
      features: { code: 'checkbox_missing' },
    });
  });

  it.each([
    ['lifetime', { lifetime: [{ id: '432001', name: 'longer' }] }],
    ['profile', { profile: [{ id: 'ssp_gone', name: 'gone' }] }],
    ['membership', { organizations: [globex], membership: [{ id: 'owner', name: 'owner' }] }],
    ['domainVerification', { domainVerification: [{ id: 'never', name: 'never' }] }],
    ['scim', { scim: [{ id: 'everything', name: 'everything' }] }],
    ['thirdParty', { thirdParty: [{ id: 'everybody', name: 'everybody' }] }],
  ])('rejects a value of %s that was not offered', (field, given) => {
    expect(problemsOf('new', { connectionName: 'acme', ...given })).toEqual({
      [field]: { code: 'no_longer_offered' },
    });
  });

  it('limits the length of a display name', () => {
    const given = { connectionName: 'acme', displayName: 'x'.repeat(129) };
    expect(problemsOf('new', given)).toEqual({
      displayName: { code: 'text_too_long', max: 128, length: 129 },
    });
  });

  it('rejects a choice without an ID, such as a sentence among the suggestions', () => {
    const sentence = [{ id: '', name: LIST_LOADING }];
    expect(Object.keys(problemsOf('new', { connectionName: 'acme', clients: sentence }))).toEqual([
      'clients',
    ]);
    expect(Object.keys(problemsOf('new', { connectionName: 'acme', organizations: sentence }))).toEqual([
      'organizations',
    ]);
    expect(Object.keys(problemsOf('edit', { connection: sentence }))).toEqual(['connection']);
  });

  it('lets only editors change options that give more people access', () => {
    const changed: Record<string, Partial<Values>> = {
      verifiedDomains: { verifiedDomains: 'acme.com' },
      showAsButton: { showAsButton: fieldOptions('new', 'showAsButton') },
      iconUrl: { iconUrl: 'https://acme.com/logo.png' },
      idpInitiated: { idpInitiated: fieldOptions('new', 'idpInitiated') },
      idpClient: { idpClient: [portal] },
      idpProtocol: { idpProtocol: fieldOptions('new', 'idpProtocol').slice(1, 2) },
      idpQuery: { idpQuery: 'scope=openid' },
      scim: { scim: fieldOptions('new', 'scim').slice(1, 2) },
      scimScopes: { scimScopes: fieldOptions('new', 'scimScopes') },
      tokenLifetime: { tokenLifetime: fieldOptions('new', 'tokenLifetime').slice(0, 1) },
      googleSync: { googleSync: fieldOptions('new', 'googleSync').slice(1, 2) },
      thirdParty: { thirdParty: fieldOptions('new', 'thirdParty').slice(1, 2) },
    };
    const fields = fieldsOf({ kind: 'new', policy: plain }).filter(({ id }) => id !== 'conversation');
    expect(fields.filter(({ editorsOnly }) => editorsOnly).map(({ id }) => id)).toEqual(Object.keys(changed));
    for (const [id, given] of Object.entries(changed)) {
      const form = values('new', { connectionName: 'acme', ...given });
      const found = validateForm(fields, form, contextOf('new', plain, false));
      expect([...found]).toEqual([[id, { code: 'editors_only' }]]);
    }
  });

  it('reports only problems that have a sentence, for any values', () => {
    const names: SentenceContext = { command: '/sso-ticket', contact: undefined };
    fc.assert(
      fc.property(
        arbitraryKind,
        arbitraryValues,
        arbitraryPolicy,
        fc.boolean(),
        (kind, given, policy, trusted) => {
          const context = contextOf(kind, policy, trusted);
          for (const problem of validateForm(fieldsOf(context), given, context).values()) {
            expect(fieldSentence(problem, names)).toMatch(/\S/);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('toRequest', () => {
  it('names the customer after the organization, else the display name, else the connection', () => {
    const given = { connectionName: 'acme', displayName: 'Acme', organizations: [globex] };
    expect(toRequest(values('new', given), contextOf('new')).customer).toBe('Globex Inc');
    expect(toRequest(values('new', { ...given, organizations: [] }), contextOf('new')).customer).toBe('Acme');
    expect(toRequest(values('new', { connectionName: 'acme' }), contextOf('new')).customer).toBe('acme');
  });

  it('creates a body that Auth0 accepts from any valid form', () => {
    const judge = contracts();
    const clients = tenant.clients
      .filter(({ global }) => !global)
      .map(({ client_id, name }): Choice => ({ id: client_id, name }));
    const organizations = tenant.organizations.map(({ id, name }): Choice => ({ id, name }));
    const editable = tenant.connections
      .filter(({ strategy }) => !['auth0', 'google-oauth2'].includes(strategy))
      .map(({ id, name }): Choice => ({ id, name }));
    const customPolicy: Policy = {
      ...plain,
      connectionNamePattern: compilePattern('^[a-zA-Z0-9-]+$'),
      defaultLinkHours: 36,
      requiredMetadata: [
        { key: 'crm', label: 'CRM account ID', pattern: compilePattern('^001\\w*$') },
        { key: 'region', label: 'Region', pattern: undefined },
      ],
      customDomains: ['login.acme.com', 'sso.acme.com'],
    };
    const oneOf = (choices: Choice[]) => fc.constantFrom(...choices).map((choice) => [choice]);
    const domains = fc.subarray(['acme.com', 'acme.co.uk', 'eu.acme.com', 'xn--acm-dma.de']);
    const scopes = fieldOptions('new', 'scimScopes');
    const userScopes = scopes.filter(({ id }) => id.endsWith(':users'));

    /** Any form of this kind, valid or not. */
    const filledIn = (kind: TicketKind, policy: Policy) => {
      const one = (id: Field['id']) => oneOf(fieldOptions(kind, id, policy));
      return fc.record({
        profile: oneOf(tenant.profiles.map(({ id, name }) => ({ id, name }))),
        connectionName: fc
          .stringMatching(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9]){0,60}$/)
          .filter((name) => tenant.connections.every((connection) => connection.name !== name)),
        displayName: anyText(128).map((text) => text.slice(0, 128).trim()),
        connection: oneOf(editable),
        features: fc.subarray(fieldOptions('edit', 'features'), { minLength: 1 }),
        clients: fc.subarray(clients),
        organizations: fc.subarray(organizations),
        membership: fc.subarray(fieldOptions('new', 'membership')),
        lifetime: one('lifetime'),
        showAsButton: fc.subarray(fieldOptions('new', 'showAsButton')),
        iconUrl: fc.constantFrom('', 'https://acme.com/logo.png?size=64'),
        domainVerification: one('domainVerification'),
        pending: domains,
        verified: domains,
        organizationDiscovery: fc.subarray(fieldOptions(kind, 'organizationDiscovery')),
        idpInitiated: fc.subarray(fieldOptions('new', 'idpInitiated')),
        idpClient: oneOf(clients),
        idpProtocol: oneOf(fieldOptions('new', 'idpProtocol')),
        idpQuery: fc.constantFrom('', 'scope=openid email&response_type=code'),
        scim: one('scim'),
        // SCIM needs all five scopes for users.
        scimScopes: fc.subarray(scopes).map((some) => [...new Set([...userScopes, ...some])]),
        tokenLifetime: one('tokenLifetime'),
        googleSync: one('googleSync'),
        thirdParty: one('thirdParty'),
        metadata: fc.constantFrom('', 'tier: gold\nowner: Jo: the second'),
        customDomain: policy.customDomains.length ? one('customDomain') : fc.constant<Choice[]>([]),
        'required:crm': fc.stringMatching(/^001\w{0,20}$/),
        'required:region': fc.constantFrom('emea', 'América'),
      });
    };

    fc.assert(
      fc.property(
        fc
          .tuple(arbitraryKind, fc.constantFrom(plain, customPolicy))
          .chain(([kind, policy]) => fc.tuple(fc.constant({ kind, policy }), filledIn(kind, policy))),
        ([{ kind, policy }, { pending, verified, ...given }]) => {
          const isNew = kind === 'new';
          const can = (feature: string) => isNew || given.features.some(({ id }) => id === feature);
          const profile = tenant.profiles.find(({ id }) => id === given.profile[0]?.id);
          if (!profile) throw new Error('There is no such profile');
          const connection = tenant.connections.find(({ id }) => !isNew && id === given.connection[0]?.id);
          const strategy = connection?.strategy ?? 'google-apps';
          const google =
            can('provisioning') &&
            strategy === 'google-apps' &&
            allowedStrategies(profile).includes('google-apps');
          const googleSync = google ? given.googleSync : OFF;
          // An edit that includes provisioning must say what it covers.
          const uncovered = !isNew && can('provisioning') && googleSync[0]?.id === 'off';
          const scim = uncovered && given.scim[0]?.id === 'off' ? [{ id: 'all', name: 'all' }] : given.scim;
          const verifies = can('domain_verification') && given.domainVerification[0]?.id !== 'none';
          const discovers = given.organizations.length === 1 && (verifies || (isNew && verified.length > 0));
          const idp = given.idpInitiated.length > 0;
          const form: Values = {
            ...given,
            conversation: [],
            existingLink: [],
            scim,
            googleSync,
            pendingDomains: verifies ? pending.join(', ') : '',
            verifiedDomains: verified.join('\n'),
            organizationDiscovery: discovers ? given.organizationDiscovery : [],
            idpClient: idp ? given.idpClient : [],
            idpQuery: idp && given.idpProtocol[0]?.id === 'oauth2' ? given.idpQuery : '',
          };
          const context = contextOf(kind, policy);
          const shape = { asksConversation: false, more: true };
          expect([...validateForm(shownFields(shape, form, context), form, context)]).toEqual([]);
          const { body, seconds, options, customDomain } = toRequest(form, context);
          // As JSON, because that is how it is sent.
          const sent = JSON.parse(JSON.stringify(body));
          expect(() => readTicketBody(sent, profile, tenant)).not.toThrow();
          const path = `/api/v2/self-service-profiles/${profile.id}/sso-ticket`;
          expect(judge?.checkRequest({ method: 'POST', path, query: {}, body: sent }) ?? []).toEqual([]);
          expect(sent.ttl_sec).toBe(seconds);
          expect('connection_config' in sent).toBe(isNew);
          expect('connection_id' in sent).toBe(!isNew);
          expect('enabled_features' in sent).toBe(!isNew);
          expect('enabled_clients' in sent).toBe(given.clients.length > 0);
          expect('enabled_organizations' in sent).toBe(given.organizations.length > 0);

          const aliases = sent.domain_aliases_config;
          expect(aliases?.domain_verification).toBe(verifies ? given.domainVerification[0]?.id : undefined);
          expect(aliases?.pending_domains ?? []).toEqual(verifies ? pending : []);
          expect(sent.use_for_organization_discovery).toBe(
            discovers ? given.organizationDiscovery.length > 0 : undefined,
          );
          const provisions = scim[0]?.id !== 'off' || googleSync[0]?.id !== 'off';
          expect('provisioning_config' in sent).toBe(can('provisioning') && provisions);
          const thirdParty = given.thirdParty[0]?.id;
          expect('third_party_client_access_config' in sent).toBe(thirdParty === 'admin');
          const connectionOptions = sent.connection_config?.options;
          expect(connectionOptions?.domain_aliases ?? []).toEqual(isNew ? verified : []);
          expect(connectionOptions?.icon_url ?? '').toBe(isNew ? given.iconUrl : '');
          expect(connectionOptions?.idpinitiated?.client_id).toBe(
            isNew && idp ? given.idpClient[0]?.id : undefined,
          );
          expect(sent.connection_config?.is_domain_connection).toBe(
            isNew && thirdParty === 'yes' ? true : undefined,
          );
          expect(sent.connection_config?.metadata ?? {}).toEqual({
            ...(isNew && given.metadata && { tier: 'gold', owner: 'Jo: the second' }),
            ...(isNew &&
              policy === customPolicy && { crm: given['required:crm'], region: given['required:region'] }),
          });
          const [chosenDomain] = given.customDomain;
          expect(customDomain).toBe(chosenDomain?.id === 'tenant' ? undefined : chosenDomain?.id);
          for (const { label, value } of options) expect([label, value].join('|')).toMatch(/\S\|.*\S/);
        },
      ),
      { numRuns: 300 },
    );
  });
});
