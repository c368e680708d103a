import type { types } from '@slack/bolt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManagementApi } from '../../src/auth0/management-api.ts';
import type { Client, Connection, Organization, Profile } from '../../src/auth0/resources.ts';
import { Tenant } from '../../src/auth0/tenant.ts';
import type { Policy } from '../../src/config/config.ts';
import { compilePattern } from '../../src/config/pattern.ts';
import { createLog } from '../../src/lib/log.ts';
import { cleanTyped } from '../../src/lib/text.ts';
import { openFormButton, readFormRequest } from '../../src/slack/buttons.ts';
import { labeledMessage, labeledView } from '../../src/slack/delivery.ts';
import { helpMessage } from '../../src/slack/messages/help.ts';
import { linkMessage } from '../../src/slack/messages/link.ts';
import { failure, type Message, notice } from '../../src/slack/messages/message.ts';
import { profileList } from '../../src/slack/messages/profiles.ts';
import { receiptMessage } from '../../src/slack/messages/receipt.ts';
import { OPEN_FORM_AGAIN, revoked } from '../../src/slack/sentences.ts';
import { type FilledForm, formView, readForm } from '../../src/slack/views/form.ts';
import { doneView, loadingView, problemView, progressView } from '../../src/slack/views/notices.ts';
import { toNotice, toOptions } from '../../src/slack/views/options.ts';
import { newEvent } from '../../src/tickets/audit.ts';
import type { Choice, Field, FormContext, TicketKind } from '../../src/tickets/form/field.ts';
import type { Values } from '../../src/tickets/form/form.ts';
import { type FormShape, initialValues, shownFields } from '../../src/tickets/form/form.ts';
import type { TicketRequest } from '../../src/tickets/form/request.ts';
import { findChoices } from '../../src/tickets/search.ts';
import { newTicket } from '../../src/tickets/ticket.ts';
import { checkMessage, checkSuggestions, checkView } from '../../stand-ins/slack/block-kit.ts';
import { renderView } from '../../stand-ins/slack/views.ts';
import {
  anyCharacter,
  anyText,
  arbitraryChoices,
  arbitraryKind,
  arbitraryPolicy,
  arbitraryProfile,
  arbitraryShape,
  arbitraryValues,
  fieldOptions,
  NO_TENANT,
  PLAIN_POLICY,
} from '../arbitrary.ts';
import { CONTEXT } from '../harness.ts';

const log = createLog('error', { write: () => undefined });

/** Limits the time, because these values are large and take long to shrink after a failure. */
const runs = { numRuns: 60, interruptAfterTimeLimit: 6_000, markInterruptAsFailure: false };
const label = fc.option(fc.string({ unit: anyCharacter, maxLength: 100 }), { nil: undefined });
const SEALED = 's'.repeat(900);
const EXPIRES_AT = 1_795_000_000_000;
const ticketOf = (request: TicketRequest) => ({
  ...newTicket(request, { requester: 'U012ABCDEF', channel: undefined, form: {}, now: 0 }),
  expiresAt: EXPIRES_AT,
});

const arbitraryRequest: fc.Arbitrary<TicketRequest> = fc.record({
  kind: arbitraryKind,
  profile: fc.record({ id: anyText(), name: anyText() }),
  connection: anyText(),
  customer: anyText(),
  clients: arbitraryChoices,
  organizations: arbitraryChoices,
  options: fc.array(fc.record({ label: anyText(100), value: anyText() }), { maxLength: 30 }),
  publicDomains: fc.array(anyText(300), { maxLength: 12 }),
  seconds: fc.integer({ min: 1, max: 432_000 }),
  body: fc.constant({}),
  customDomain: fc.option(fc.stringMatching(/^[a-zA-Z0-9.-]{1,75}$/), { nil: undefined }),
});

/** A tenant with these profiles, and at least one that can be chosen. */
const tenantOf = (profiles: Profile[]): FormContext['tenant'] => ({
  ...NO_TENANT,
  profiles: () => [
    ...profiles,
    {
      id: 'ssp_n7SNCL8seoyV1TuSTCnAeo',
      name: 'S',
      description: '',
      providers: [],
      attributes: [],
      attributeProfile: '',
    },
  ],
});
const uniqueProfiles = fc.uniqueArray(arbitraryProfile, { selector: ({ id }) => id, maxLength: 120 });

describe('Slack accepts any text in a view', () => {
  it('with a form, for any values and any tenant', () => {
    fc.assert(
      fc.property(
        arbitraryShape,
        arbitraryValues,
        uniqueProfiles,
        arbitraryPolicy,
        label,
        fc.option(anyText(), { nil: undefined }),
        (shape, values, profiles, policy, tenantLabel, sentence) => {
          const { kind, isEditor } = shape;
          const context = { kind, isEditor, policy, tenant: tenantOf(profiles) };
          const form = { shape, values, metadata: SEALED, notice: sentence };
          expect(checkView(labeledView(formView(form, context), tenantLabel))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('with a newly opened form', () => {
    fc.assert(
      fc.property(
        arbitraryShape,
        uniqueProfiles,
        arbitraryPolicy,
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), anyText()),
        (someShape, profiles, policy, names) => {
          const shape = { ...someShape, asksConversation: true };
          const { kind, isEditor } = shape;
          const clients = new Map(Object.entries(names).map(([id, name]) => [id, { id, name }]));
          const tenant = { ...tenantOf(profiles), client: (id: string) => clients.get(id) };
          const context = {
            kind,
            isEditor,
            policy: { ...policy, defaultClientIds: ['a', 'b', 'zzz', 'c'] },
            tenant,
          };
          const values = initialValues(context, {});
          expect(checkView(formView({ shape, values, metadata: SEALED }, context))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('for loading, progress, a finished link, or a problem', () => {
    fc.assert(
      fc.property(arbitraryRequest, label, anyText(), (request, tenantLabel, sentence) => {
        const check = (view: types.ModalView) =>
          expect(checkView(labeledView(view, tenantLabel))).toEqual([]);
        check(loadingView(SEALED));
        check(loadingView(SEALED, 8));
        check(progressView(request));
        check(progressView(request, sentence));
        for (const channel of ['C012ABCDEF', undefined]) {
          check(doneView(request, 'conversation', channel));
          check(doneView(request, 'direct', channel));
        }
        check(problemView(sentence));
      }),
      runs,
    );
  });

  it('with a problem and a button to try again', () => {
    fc.assert(
      fc.property(arbitraryKind, arbitraryValues, anyText(), label, (kind, values, text, tenantLabel) => {
        const retry = { button: openFormButton(text, { kind, values, text }), metadata: SEALED };
        expect(checkView(labeledView(problemView(text, retry), tenantLabel))).toEqual([]);
      }),
      runs,
    );
  });
});

describe('Slack accepts any text in a message', () => {
  it('with a link', () => {
    fc.assert(
      fc.property(
        arbitraryRequest,
        fc.record({
          name: anyText(),
          timeZone: fc.constantFrom('Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'UTC'),
        }),
        arbitraryPolicy,
        label,
        (request, requester, { customerMessage: template }, tenantLabel) => {
          const url = `https://acme.eu.auth0.com/self-service/connections-flow?ticket=${'t'.repeat(43)}`;
          const issued = { request, url, ticket: ticketOf(request) };
          const message = linkMessage({ issued, requester, template });
          expect(checkMessage(labeledMessage(message, tenantLabel))).toEqual([]);
        },
      ),
      runs,
    );
  });

  it('with a receipt', () => {
    fc.assert(
      fc.property(arbitraryRequest, label, fc.boolean(), (request, tenantLabel, isRevoked) => {
        const events = isRevoked ? [newEvent('revoked', { user: 'U012ABCDEF' })] : [];
        for (const now of [EXPIRES_AT - 1, EXPIRES_AT]) {
          const receipt = receiptMessage({ ticket: ticketOf(request), events }, now, CONTEXT);
          expect(checkMessage(labeledMessage(receipt, tenantLabel))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('with a failure, a notice, a revocation, or the help', () => {
    fc.assert(
      fc.property(arbitraryKind, arbitraryValues, anyText(), label, (kind, values, text, tenantLabel) => {
        const retry = { kind, values, text };
        const check = (message: Message) =>
          expect(checkMessage(labeledMessage(message, tenantLabel))).toEqual([]);
        check(failure(text, retry));
        check(notice(text, openFormButton(text, retry)));
        check(notice(revoked(text, { ...CONTEXT, contact: text })));
        check(helpMessage('/sso-ticket', text));
      }),
      runs,
    );
  });

  it('with up to 20 profiles', () => {
    const profiles = fc.array(arbitraryProfile, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(profiles, label, (all, tenantLabel) => {
        expect(checkMessage(labeledMessage(profileList(all), tenantLabel))).toEqual([]);
      }),
      runs,
    );
  });
});

describe('Slack accepts any text in suggestions', () => {
  it('with any number of choices', () => {
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

  it('with a sentence', () => {
    fc.assert(
      fc.property(anyText(), (sentence) => {
        expect(checkSuggestions({ options: toNotice(sentence) })).toEqual([]);
      }),
      runs,
    );
  });

  it('with the search results of any tenant for any typed text', async () => {
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
          const api: Pick<
            ManagementApi,
            'listProfiles' | 'listClients' | 'listOrganizations' | 'listConnections'
          > = {
            listProfiles: page([]),
            listClients: page(someClients),
            listOrganizations: page(someOrganizations),
            listConnections: page(someConnections),
          };
          // Only the lists are used here.
          const tenant = new Tenant({ label: undefined, policy, api: api as ManagementApi, log });
          await Promise.all(Object.values(tenant.lists).map((list) => list.load()));
          for (const source of ['clients', 'organizations', 'connections'] as const) {
            const options = toOptions(await findChoices(tenant, source, typed, 99));
            expect(checkSuggestions({ options })).toEqual([]);
          }
        },
      ),
      runs,
    );
  });
});

type Shape = FormShape & Pick<FormContext, 'kind' | 'isEditor'>;

describe('the values of a form are kept', () => {
  /** With this policy, a form has every field. */
  const policy: Policy = {
    ...PLAIN_POLICY,
    requiredMetadata: [
      { key: 'crm.id', label: 'CRM account ID', pattern: compilePattern('^001') },
      { key: 'region', label: 'Region', pattern: undefined },
    ],
    customDomains: ['login.acme.com', 'sso.acme.com'],
  };

  function contextOf({ kind, isEditor }: Shape, offered: Profile[]): FormContext {
    return { kind, isEditor, policy, tenant: { ...NO_TENANT, profiles: () => offered } };
  }

  /** Shows a form, and reads it back from its submission. */
  function roundTrip(shape: Shape, values: Values, offered: Profile[]): FilledForm {
    const context = contextOf(shape, offered);
    const view = formView({ shape, values, metadata: SEALED }, context);
    // As JSON, because that is how it is sent.
    const sent = JSON.parse(JSON.stringify(view));
    const frame = { id: 'V1', teamId: 'T1', appId: 'A1', botId: 'B1' };
    const { blocks, state } = renderView(sent, frame, {}, () => undefined);
    return readForm(context, JSON.parse(JSON.stringify({ blocks, state })));
  }

  /** The name of a choice. Slack has shown it, so it is trimmed and not too long. */
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
  // Typed text is cleaned when it is read.
  const typed = fc.string({ unit: 'grapheme', maxLength: 128 }).map((text) => cleanTyped(text.slice(0, 128)));

  const long = fc.string({ unit: 'grapheme', maxLength: 200 }).map(cleanTyped);
  /** One option of a list in a form of this kind. */
  const one = (kind: TicketKind, id: Field['id']) =>
    fc.constantFrom(...fieldOptions(kind, id, policy)).map((choice) => [choice]);
  const some = (kind: TicketKind, id: Field['id']) => fc.subarray(fieldOptions(kind, id, policy));

  /** The options that both kinds of form have. */
  const sharedOptions = (kind: TicketKind) => ({
    lifetime: one(kind, 'lifetime'),
    domainVerification: one(kind, 'domainVerification'),
    pendingDomains: long,
    organizationDiscovery: some(kind, 'organizationDiscovery'),
    scim: one(kind, 'scim'),
    scimScopes: some(kind, 'scimScopes'),
    tokenLifetime: one(kind, 'tokenLifetime'),
    googleSync: one(kind, 'googleSync'),
    thirdParty: one(kind, 'thirdParty'),
    customDomain: one(kind, 'customDomain'),
  });

  /** The options that only a new connection has. */
  const newOptions = {
    showAsButton: some('new', 'showAsButton'),
    iconUrl: long,
    verifiedDomains: long,
    idpInitiated: some('new', 'idpInitiated'),
    idpClient: picked(1),
    idpProtocol: one('new', 'idpProtocol'),
    idpQuery: long,
    metadata: long,
    'required:crm.id': typed,
    'required:region': typed,
  } as const;

  it('when the form is shown again and submitted', () => {
    const filledIn = (kind: TicketKind) =>
      fc.record({
        ...sharedOptions(kind),
        ...newOptions,
        conversation: fc.constant<Choice[]>([{ id: 'C012', name: 'C012' }]),
        existingLink: fc.constant<Choice[]>([]),
        profile: picked(1, 1),
        connectionName: typed,
        displayName: typed,
        connection: picked(1),
        clients: picked(100),
        organizations: picked(100),
        features: some('edit', 'features'),
        membership: some('new', 'membership'),
      });
    fc.assert(
      fc.property(
        arbitraryShape.chain((shape) => fc.tuple(fc.constant(shape), filledIn(shape.kind))),
        ([shape, all]) => {
          const offered = all.profile.map((profile): Profile => {
            return { ...profile, description: '', providers: [], attributes: [], attributeProfile: '' };
          });
          const back = roundTrip(shape, all, offered);
          const ids = shownFields(shape, all, contextOf(shape, offered)).map(({ id }) => id);
          const values: Values = all;
          const read: Record<string, unknown> = back.values;
          const filled: Record<string, unknown> = values;
          for (const id of ids) expect(read[id], id).toEqual(filled[id]);
          // Fields that were not shown are absent rather than empty.
          expect(Object.keys(back.values)).toEqual(ids);
          expect(back.fields.map(({ id }) => id)).toEqual(ids);
          expect(back.more).toBe(shape.more);
        },
      ),
      runs,
    );
  });

  it('in the button that opens the form again, as far as they fit', () => {
    const filledIn = (kind: TicketKind) =>
      fc.record({
        ...sharedOptions(kind),
        ...newOptions,
        profile: picked(1, 1),
        connectionName: fc.stringMatching(/^[a-z]{1,128}$/),
        displayName: anyText(128),
        connection: picked(1),
        clients: picked(100),
        organizations: picked(100),
        features: some('edit', 'features'),
        membership: some('new', 'membership'),
        pendingDomains: anyText(3_000),
        metadata: anyText(3_000),
      });
    fc.assert(
      fc.property(
        arbitraryKind.chain((kind) => fc.tuple(fc.constant(kind), filledIn(kind))),
        fc.option(anyText(), { nil: undefined }),
        ([kind, values], text) => {
          const button = openFormButton(OPEN_FORM_AGAIN, { kind, values, text });
          const request = readFormRequest(button.value);
          expect(request).toMatchObject({
            kind,
            values: { connectionName: values.connectionName, profile: values.profile },
          });
          // A value is kept completely or not at all.
          expect(values).toMatchObject(request?.values ?? {});
        },
      ),
      runs,
    );
  });

  it('completely in that button if they have a usual size', () => {
    fc.assert(
      fc.property(
        picked(3),
        picked(3),
        typed,
        fc.record({ pendingDomains: typed, scim: one('new', 'scim'), 'required:region': typed }),
        (clients, organizations, displayName, options) => {
          const values = { connectionName: 'acme-corp', displayName, clients, organizations, ...options };
          const button = openFormButton(OPEN_FORM_AGAIN, { kind: 'new', values });
          expect(readFormRequest(button.value)?.values).toEqual(values);
        },
      ),
      runs,
    );
  });
});
