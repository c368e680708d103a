import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/config/config.ts';
import { readConfig } from '../../../src/config/environment.ts';
import { labeledView } from '../../../src/slack/delivery.ts';
import { formView } from '../../../src/slack/views/form.ts';
import {
  type Choice,
  type Field,
  type FormContext,
  optionalIn,
  type TicketKind,
} from '../../../src/tickets/form/field.ts';
import { fieldsOf, initialValues, type Values } from '../../../src/tickets/form/form.ts';
import { toRequest } from '../../../src/tickets/form/request.ts';
import { validateForm } from '../../../src/tickets/form/validate.ts';
import { defaultTenant } from '../../../stand-ins/auth0/tenant.ts';
import { readTicketBody } from '../../../stand-ins/auth0/ticket-body.ts';
import { checkView } from '../../../stand-ins/slack/block-kit.ts';
import { anyCharacter, anyUrl } from '../../arbitrary.ts';
import { contracts } from '../../contracts.ts';

const tenant = defaultTenant();
const policy: Policy = readConfig({
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  AUTH0_DOMAIN: 'acme.auth0.com',
  AUTH0_CLIENT_ID: 'id',
  AUTH0_CLIENT_SECRET: 'secret',
  ALLOWED: 'everyone',
  EDITORS: 'everyone',
  REQUIRED_METADATA: 'crm: CRM account ID; region: Region',
  AUTH0_CUSTOM_DOMAINS: 'login.acme.com, sso.acme.com',
}).policy;

const profiles = tenant.profiles.map((profile) => ({
  id: profile.id,
  name: profile.name,
  description: '',
  providers: profile.allowed_strategies ?? [],
  attributes: [],
  attributeProfile: '',
}));
const CHOICES: Record<string, Choice[]> = {
  clients: tenant.clients
    .filter(({ global }) => !global)
    .map(({ client_id, name }) => ({ id: client_id, name })),
  organizations: tenant.organizations.map(({ id, name }) => ({ id, name })),
  connections: tenant.connections
    .filter(({ strategy }) => strategy !== 'auth0' && strategy !== 'google-oauth2')
    .map(({ id, name }) => ({ id, name })),
};

function contextOf(kind: TicketKind): FormContext {
  return {
    kind,
    isEditor: true,
    policy,
    tenant: {
      profiles: () => profiles,
      client: () => undefined,
      connection: () => undefined,
      connectionNamed: () => undefined,
      organization: () => undefined,
      protected: { includes: () => false },
    },
  };
}

/** What people type: valid, almost valid, and arbitrary text. */
const TEXTS: Partial<Record<string, fc.Arbitrary<string>>> = {
  connectionName: fc.constantFrom('acme', 'acme-corp', 'A1'),
  iconUrl: fc.oneof(fc.constant(''), anyUrl('https'), fc.string()),
  pendingDomains: fc.oneof(
    fc.constant(''),
    fc.array(fc.domain(), { maxLength: 4 }).map((all) => all.join(', ')),
  ),
  verifiedDomains: fc.oneof(
    fc.constant(''),
    fc.array(fc.domain(), { maxLength: 4 }).map((all) => all.join('\n')),
  ),
  idpQuery: fc.constantFrom(
    '',
    'scope=openid',
    'redirect_uri=https://a.b&response_type=token',
    'prompt=none',
  ),
  metadata: fc.oneof(fc.constant(''), fc.constant('a: 1\nb: 2'), fc.string()),
};

function arbitraryOf(field: Field, context: FormContext): fc.Arbitrary<string | Choice[]> {
  switch (field.input) {
    case 'text':
      return TEXTS[field.id] ?? fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    case 'list':
      return fc.constantFrom(...field.options(context)).map((choice) => [choice]);
    case 'checkboxes':
      return fc.subarray(field.options);
    case 'search':
      return fc.subarray(CHOICES[field.source] ?? [], { maxLength: field.multiple ? 3 : 1 });
    case 'conversation':
      return fc.constant([]);
  }
}

/** Values for every field. Most are defaults, so that enough combinations are valid. */
function valuesOf(context: FormContext): fc.Arbitrary<Values> {
  const initial: Record<string, string | Choice[]> = initialValues(context, {});
  const fields = fieldsOf(context);
  const given = Object.fromEntries(
    fields.map((field) => {
      const fallback = initial[field.id] ?? '';
      const any = arbitraryOf(field, context);
      return [
        field.id,
        // A form without a name is never valid.
        fallback.length || (optionalIn(field, context) && field.id !== 'connectionName')
          ? fc.oneof({ weight: 4, arbitrary: fc.constant(fallback) }, { weight: 1, arbitrary: any })
          : any,
      ];
    }),
  );
  // Each arbitrary has the type of its field.
  return fc.record(given).map((values) => Object.assign(initialValues(context, {}), values));
}

describe.each(['new', 'edit'] as const)('every option of the “%s” form', (kind) => {
  const context = contextOf(kind);

  it('makes a request that Auth0 accepts, in every valid combination', () => {
    const judge = contracts();
    let valid = 0;
    fc.assert(
      fc.property(valuesOf(context), (values) => {
        const fields = fieldsOf(context).filter(({ id }) => id !== 'conversation');
        if (validateForm(fields, values, context).size > 0) return;
        valid += 1;
        const { body, profile } = toRequest(values, context);
        const found = tenant.profiles.find(({ id }) => id === profile.id);
        if (!found) throw new Error('The values name no profile');
        // The stand-in has rules that the schema lacks. It throws if the body breaks one.
        readTicketBody(structuredClone(body), found, tenant);
        const path = `/api/v2/self-service-profiles/${profile.id}/sso-ticket`;
        if (judge) expect(judge.checkRequest({ method: 'POST', path, query: {}, body })).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(valid).toBeGreaterThan(100);
  });

  it('makes a view that Slack accepts, with any typed text, for editors and for others', () => {
    fc.assert(
      fc.property(
        valuesOf(context),
        fc.string({ unit: anyCharacter, maxLength: 4000 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (values, typed, more, isEditor, asksConversation) => {
          const shape = { kind, more, isEditor, asksConversation };
          const all = { ...values, connectionName: typed, metadata: typed, pendingDomains: typed };
          const form = { shape, values: all, metadata: 'x'.repeat(700), notice: typed };
          expect(checkView(labeledView(formView(form, context), 'EU'))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
