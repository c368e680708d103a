import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMessage, checkSuggestions, checkView } from '../../playground/block-kit.ts';
import { shownView } from '../../playground/slack/views.ts';
import { createDirectory } from '../../src/auth0/directory.ts';
import type { Tenant } from '../../src/auth0/tenant.ts';
import { openFormButton, readFormRequest } from '../../src/slack/buttons.ts';
import { formView, readValues, toNotice, toOptions } from '../../src/slack/form.ts';
import {
  failure,
  helpMessage,
  linkMessage,
  notice,
  profileList,
  revokedMessage,
} from '../../src/slack/messages.ts';
import { doneView, loadingView, problemView, progressView } from '../../src/slack/views.ts';
import { formFields } from '../../src/ticket/fields.ts';
import { initialValues, type TicketRequest } from '../../src/ticket/request.ts';
import type { Client, Connection, KnownTenant, Organization, Profile } from '../../src/ticket/tenant.ts';
import type { Choice, Values } from '../../src/ticket/values.ts';
import {
  anyText,
  arbitraryChoices,
  arbitraryKind,
  arbitraryPolicy,
  arbitraryProfile,
  arbitraryValues,
  fieldOptions,
  NO_TENANT,
} from '../arbitrary.ts';

/** A failure is shown smaller for some seconds only: these values are large. */
const runs = { numRuns: 60, interruptAfterTimeLimit: 6_000, markInterruptAsFailure: false };
const label = fc.option(fc.string({ unit: 'binary', maxLength: 100 }), { nil: undefined });
const SEALED = 's'.repeat(900);

const arbitraryRequest: fc.Arbitrary<TicketRequest> = fc.record({
  kind: arbitraryKind,
  profile: fc.record({ id: anyText(), name: anyText() }),
  connection: anyText(),
  customer: anyText(),
  clients: arbitraryChoices,
  organizations: arbitraryChoices,
  seconds: fc.integer({ min: 1, max: 432_000 }),
  body: fc.constant({}),
});

/** A tenant with these profiles, and at least one that can be chosen. */
const tenantOf = (profiles: Profile[]): KnownTenant => ({
  ...NO_TENANT,
  profiles: () => [
    ...profiles,
    { id: 'ssp_n7SNCL8seoyV1TuSTCnAeo', name: 'S', description: '', providers: [], attributes: [] },
  ],
});
const uniqueProfiles = fc.uniqueArray(arbitraryProfile, { selector: ({ id }) => id, maxLength: 120 });

describe('no text makes a view that Slack refuses', () => {
  it('a form, whatever stands in it and in the tenant', () => {
    fc.assert(
      fc.property(
        arbitraryKind,
        fc.boolean(),
        arbitraryValues,
        uniqueProfiles,
        arbitraryPolicy,
        label,
        fc.option(anyText(), { nil: undefined }),
        (kind, asks, values, profiles, policy, tenantLabel, sentence) => {
          const context = { policy, tenant: tenantOf(profiles) };
          const fields = formFields(kind, asks);
          const form = { kind, fields, values, metadata: SEALED, notice: sentence };
          expect(checkView(formView(form, context, tenantLabel))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('a form as it opens first', () => {
    fc.assert(
      fc.property(
        arbitraryKind,
        uniqueProfiles,
        arbitraryPolicy,
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), anyText()),
        (kind, profiles, policy, names) => {
          const clients = new Map(Object.entries(names).map(([id, name]) => [id, { id, name }]));
          const tenant = { ...tenantOf(profiles), client: (id: string) => clients.get(id) };
          const context = { policy: { ...policy, defaultClientIds: ['a', 'b', 'zzz', 'c'] }, tenant };
          const values = initialValues(kind, {}, context);
          const fields = formFields(kind, true);
          expect(checkView(formView({ kind, fields, values, metadata: SEALED }, context, undefined))).toEqual(
            [],
          );
        },
      ),
      runs,
    );
  });

  it('the views between', () => {
    fc.assert(
      fc.property(arbitraryRequest, label, anyText(), (request, tenantLabel, sentence) => {
        expect(checkView(loadingView(tenantLabel, SEALED))).toEqual([]);
        expect(checkView(progressView(request, tenantLabel))).toEqual([]);
        expect(checkView(progressView(request, tenantLabel, sentence))).toEqual([]);
        expect(checkView(doneView(request, 'conversation', tenantLabel))).toEqual([]);
        expect(checkView(doneView(request, 'direct', tenantLabel))).toEqual([]);
        expect(checkView(problemView(sentence, tenantLabel))).toEqual([]);
      }),
      runs,
    );
  });

  it('a problem with a way to try again', () => {
    fc.assert(
      fc.property(arbitraryKind, arbitraryValues, anyText(), label, (kind, values, text, tenantLabel) => {
        const retry = { request: { kind, values, text }, metadata: SEALED };
        expect(checkView(problemView(text, tenantLabel, retry))).toEqual([]);
      }),
      runs,
    );
  });
});

describe('no text makes a message that Slack refuses', () => {
  it('the link', () => {
    fc.assert(
      fc.property(arbitraryRequest, label, fc.boolean(), (request, tenantLabel, receipt) => {
        const message = linkMessage({
          request,
          url: `https://acme.eu.auth0.com/self-service/connections-flow?ticket=${'t'.repeat(43)}`,
          expires: 1_795_000_000,
          timeZone: 'Europe/Berlin',
          sealed: SEALED,
          receipt,
          label: tenantLabel,
        });
        expect(checkMessage(message)).toEqual([]);
      }),
      runs,
    );
  });

  it('failures, notices, revocations and help', () => {
    fc.assert(
      fc.property(arbitraryKind, arbitraryValues, anyText(), label, (kind, values, text, tenantLabel) => {
        const retry = { kind, values, text };
        expect(checkMessage(failure(text, retry, tenantLabel))).toEqual([]);
        expect(checkMessage(notice(text, tenantLabel, openFormButton(text, retry)))).toEqual([]);
        expect(checkMessage(revokedMessage(text, tenantLabel))).toEqual([]);
        expect(checkMessage(helpMessage('/sso-ticket', tenantLabel))).toEqual([]);
      }),
      runs,
    );
  });

  it('the profiles, 20 of them', () => {
    const profiles = fc.array(arbitraryProfile, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(profiles, label, (all, tenantLabel) => {
        expect(checkMessage(profileList(all, tenantLabel))).toEqual([]);
      }),
      runs,
    );
  });
});

describe('no text makes suggestions that Slack refuses', () => {
  it('choices, however many', () => {
    const choices = fc.array(fc.record({ id: anyText(200), name: anyText(300), detail: anyText(300) }), {
      maxLength: 150,
    });
    fc.assert(
      fc.property(choices, (all) => {
        expect(checkSuggestions({ options: toOptions(all) })).toEqual([]);
      }),
      runs,
    );
  });

  it('a sentence', () => {
    fc.assert(
      fc.property(anyText(), (sentence) => {
        expect(checkSuggestions({ options: toNotice(sentence) })).toEqual([]);
      }),
      runs,
    );
  });

  it('what is found in a tenant of any names, for anything typed', async () => {
    const id = fc.string({ minLength: 1, maxLength: 40 });
    const clients = fc.array(fc.record<Client>({ id, name: anyText(200) }), { maxLength: 20 });
    const organizations = fc.array(
      fc.record<Organization>({ id, name: anyText(200), displayName: anyText(200) }),
      { maxLength: 20 },
    );
    const connections = fc.array(
      fc.record<Connection>({
        id,
        name: anyText(200),
        displayName: anyText(200),
        strategy: fc.constantFrom('okta', 'oidc', 'auth0', 'x'),
      }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(
        clients,
        organizations,
        connections,
        arbitraryPolicy,
        anyText(100),
        async (someClients, someOrganizations, someConnections, policy, typed) => {
          const page =
            <T>(entries: T[]) =>
            () =>
              Promise.resolve({ entries, next: undefined });
          const never = () => Promise.reject(new Error('Nobody calls this'));
          const tenant: Tenant = {
            profiles: page([]),
            clients: page(someClients),
            organizations: page(someOrganizations),
            connections: page(someConnections),
            clientById: never,
            organizationById: never,
            organizationByName: never,
            missingScopes: never,
            connectionById: never,
            connectionByName: never,
            createTicket: never,
            revokeTicket: never,
          };
          const directory = createDirectory(tenant, policy);
          await Promise.all(Object.values(directory.lists).map((list) => list.load()));
          for (const field of ['clients', 'organizations', 'connection'] as const) {
            const options = toOptions(directory.matches(field, typed, 99));
            expect(checkSuggestions({ options })).toEqual([]);
          }
        },
      ),
      runs,
    );
  });
});

describe('what was typed is kept', () => {
  /** The form as it is shown, and read back as a submission would bring it. */
  function thereAndBack(kind: 'new' | 'edit', asks: boolean, values: Values, offered: Profile[]): Values {
    const fields = formFields(kind, asks);
    const context = {
      policy: {
        defaultProfileId: undefined,
        defaultClientIds: [],
        applicationsOptional: false,
        protectedConnections: [],
      },
      tenant: { ...NO_TENANT, profiles: () => offered },
    };
    const view = formView({ kind, fields, values, metadata: SEALED }, context, undefined);
    // As JSON, since that is how it travels.
    const sent = JSON.parse(JSON.stringify(view));
    const frame = { id: 'V1', teamId: 'T1', appId: 'A1', botId: 'B1' };
    const { state } = shownView(sent, frame, {}, () => undefined);
    return readValues(fields, JSON.parse(JSON.stringify(state.values)));
  }

  /** What a person can pick: Slack showed it before, so it is trimmed and fits. */
  const shown = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((name) => name.trim())
    .filter((name) => name.length > 0 && name.length <= 75);
  const picked = (maxLength: number, minLength = 0) =>
    fc.uniqueArray(fc.record<Choice>({ id: fc.stringMatching(/^[A-Za-z0-9_]{2,40}$/), name: shown }), {
      minLength,
      maxLength,
      selector: ({ id }) => id,
    });
  const typed = fc.string({ unit: 'grapheme', maxLength: 128 }).map((text) => text.slice(0, 128).trim());

  it('over a form that is shown again and sent off', () => {
    fc.assert(
      fc.property(
        arbitraryKind,
        fc.boolean(),
        fc.record({
          names: fc.tuple(typed, typed),
          profile: picked(1, 1),
          connection: picked(1),
          clients: picked(100),
          organizations: picked(100),
          features: fc.subarray(fieldOptions('edit', 'features')),
          membership: fc.subarray(fieldOptions('new', 'membership')),
          lifetime: fc.constantFrom(...fieldOptions('new', 'lifetime')),
        }),
        (kind, asks, given) => {
          const [connectionName, displayName] = given.names;
          const [profile] = given.profile;
          if (!profile) return;
          const all: Values = {
            conversation: [{ id: 'C012', name: 'C012' }],
            profile: [profile],
            connectionName,
            displayName,
            connection: given.connection,
            features: given.features,
            clients: given.clients,
            organizations: given.organizations,
            membership: given.membership,
            lifetime: [given.lifetime],
          };
          const offered: Profile[] = [{ ...profile, description: '', providers: [], attributes: [] }];
          const back = thereAndBack(kind, asks, all, offered);
          for (const { id } of formFields(kind, asks)) expect(back[id], id).toEqual(all[id]);
        },
      ),
      runs,
    );
  });

  it('over the button that opens the form again, as far as a button holds it', () => {
    fc.assert(
      fc.property(
        arbitraryKind,
        fc.record({
          profile: picked(1, 1),
          connectionName: fc.stringMatching(/^[a-z]{1,128}$/),
          displayName: anyText(128),
          connection: picked(1),
          clients: picked(100),
          organizations: picked(100),
          features: fc.subarray(fieldOptions('edit', 'features')),
          membership: fc.subarray(fieldOptions('new', 'membership')),
          lifetime: fc.subarray(fieldOptions('new', 'lifetime'), { minLength: 1, maxLength: 1 }),
        }),
        fc.option(anyText(), { nil: undefined }),
        (kind, values, text) => {
          const button = openFormButton('Open the form again', { kind, values, text });
          const request = readFormRequest(button.value);
          expect(request).toMatchObject({
            kind,
            values: { connectionName: values.connectionName, profile: values.profile },
          });
        },
      ),
      runs,
    );
  });

  it('whole, where it is of a usual size', () => {
    fc.assert(
      fc.property(picked(3), picked(3), typed, (clients, organizations, displayName) => {
        const values = { connectionName: 'acme-corp', displayName, clients, organizations };
        const button = openFormButton('Open the form again', { kind: 'new', values });
        expect(readFormRequest(button.value)?.values).toEqual(values);
      }),
      runs,
    );
  });
});
