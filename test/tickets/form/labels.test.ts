import { expect, it } from 'vitest';
import { type Field, groupIn, hintIn, type TicketKind } from '../../../src/tickets/form/field.ts';
import { emptyValues, fieldsOf, type Values } from '../../../src/tickets/form/form.ts';
import { initialLifetime, lifetimes } from '../../../src/tickets/lifetime.ts';
import { fieldOptions, NO_TENANT, PLAIN_POLICY } from '../../arbitrary.ts';

/**
 * Every text of the forms' fields, word for word. All other texts in Slack are in `slack/sentences.test.ts`. Other tests
 * import their texts from the code. To change a text, change it there and here. The type requires every field.
 */
const FIELDS: Record<Exclude<keyof Values, `required:${string}`>, Texts & { inEdit?: Partial<Texts> }> = {
  existingLink: {
    label: 'This connection already has an active link',
    hint: '',
    placeholder: 'Choose what to do',
    options: ['Revoke it and create a new one', 'Keep it and create another one'],
  },
  conversation: {
    label: 'Show me the link in',
    hint: 'Only you will see it there.',
  },
  profile: {
    label: 'Self-service profile',
    hint: 'Decides which identity providers the customer can choose from, and what they see during setup.',
  },
  connectionName: {
    label: 'Connection name',
    hint: "Used in URLs that the customer's IT admin copies. You can't change it later. Leave it empty to create it from the display name.",
    placeholder: 'acme-corp',
  },
  displayName: {
    label: 'Display name',
    hint: "The customer's name, as people see it on the login page.",
    placeholder: 'Acme Corp',
  },
  connection: {
    label: 'Connection',
    hint: "The customer's connection. Their IT admin can change it with the link.",
    placeholder: 'Type a name or an ID',
  },
  features: {
    label: "The customer's IT admin can change",
    options: ['SSO settings', 'Domains', 'Provisioning'],
  },
  clients: {
    label: 'Applications',
    hint: 'What the customer logs in to.',
    placeholder: 'Type a name or an ID',
    inEdit: {
      hint: "Leave empty to keep the connection's applications. Auth0 may add your choice to them or replace them with it.",
    },
  },
  organizations: {
    label: 'Organizations',
    hint: "The customer's organizations, if your product uses them.",
    placeholder: 'Type a name or an ID',
    inEdit: {
      hint: "Leave empty to keep the connection's organizations. Auth0 may add your choice to them or replace them with it.",
    },
  },
  membership: {
    label: 'In these organizations',
    options: ['Add users to the organization when they log in', "Show on the organization's login prompt"],
  },
  lifetime: {
    label: 'Link expires in',
    hint: 'The customer must open the link before it expires, then finish within five hours.',
    options: ['1 hour', '8 hours', '1 day', '3 days', '5 days'],
  },
  showAsButton: {
    group: 'For editors',
    label: 'Login page',
    options: ['Show a button on the login page'],
  },
  iconUrl: {
    group: 'For editors',
    label: 'Icon URL',
    hint: 'The icon on the button. Must start with https://.',
    placeholder: 'https://acme.com/logo.png',
  },
  domainVerification: {
    group: 'Domains',
    label: 'Domain verification',
    hint: "Whether the customer's IT admin proves that they own their email domain. Required: they must prove it before they can enable the connection.",
    options: ['Off', 'Optional', 'Required'],
    inEdit: {
      options: ['Optional', 'Required'],
    },
  },
  pendingDomains: {
    group: 'Domains',
    label: 'Domains the customer must verify',
    hint: "Filled in for the customer's IT admin. Separate domains with commas, spaces, or line breaks.",
    placeholder: 'acme.com, acme.co.uk',
  },
  verifiedDomains: {
    group: 'For editors',
    label: 'Domains already verified',
    hint: 'Not verified by Auth0: anyone with an email address there is sent to this connection. Add only domains your team has checked.',
    placeholder: 'acme.com',
  },
  organizationDiscovery: {
    group: 'Domains',
    label: 'Find the organization by email domain',
    hint: 'Needs one organization, and domains that are verified or can be.',
    options: ['Send people with a verified email domain to the organization'],
  },
  idpInitiated: {
    group: 'For editors',
    label: 'IdP-initiated login',
    options: ['Login can start at the identity provider (SAML)'],
  },
  idpClient: {
    group: 'For editors',
    label: 'Default application',
    hint: 'Where people go when they log in from their identity provider.',
    placeholder: 'Type a name or an ID',
  },
  idpProtocol: {
    group: 'For editors',
    label: 'Response protocol',
    hint: 'How Auth0 sends the login to that application.',
    options: ['OpenID Connect', 'SAML', 'WS-Federation'],
  },
  idpQuery: {
    group: 'For editors',
    label: 'Query',
    hint: 'You can set redirect_uri, scope, and response_type.',
    placeholder: 'redirect_uri=https://app.acme.com&scope=openid email',
  },
  scim: {
    group: 'For editors',
    label: 'Provisioning (SCIM)',
    hint: "The customer's identity provider creates and removes users automatically, with a token that the setup shows.",
    options: ['Off', 'Users', 'Users and groups', 'Custom scopes'],
  },
  scimScopes: {
    group: 'For editors',
    label: 'Custom scopes',
    hint: 'SCIM needs all five scopes for users.',
    options: [
      'get:users',
      'post:users',
      'put:users',
      'patch:users',
      'delete:users',
      'get:groups',
      'post:groups',
      'put:groups',
      'patch:groups',
      'delete:groups',
    ],
  },
  tokenLifetime: {
    group: 'For editors',
    label: 'Provisioning token expires in',
    options: ['30 days', '90 days', '1 year', 'Never expires'],
  },
  googleSync: {
    group: 'For editors',
    label: 'Google Workspace directory sync',
    options: ['Off', 'Users', 'Users and groups'],
  },
  thirdParty: {
    group: 'For editors',
    label: 'Third-party applications',
    hint: 'Whether applications from other companies can use the connection too.',
    options: ['No', 'Yes', "The customer's IT admin decides"],
    inEdit: {
      options: ['No', "The customer's IT admin decides"],
    },
  },
  metadata: {
    group: 'Connection and link',
    label: 'Metadata',
    hint: 'Saved with the connection, for your own use. Enter one “key: value” on each line.',
    placeholder: 'region: emea',
  },
  customDomain: {
    group: 'Connection and link',
    label: 'Link opens on',
    options: ["The tenant's own domain", 'login.acme.com'],
  },
};

interface Texts {
  /** The heading above the first field of a group. */
  group?: string;
  label: string;
  hint?: string;
  placeholder?: string;
  options?: string[];
}

/** With a custom domain, the forms have every field. */
const policy = { ...PLAIN_POLICY, customDomains: ['login.acme.com'] };

/** The texts of a field. */
function textsOf(field: Field, kind: TicketKind, formPolicy = policy) {
  const context = { kind, isEditor: true, policy: formPolicy, tenant: NO_TENANT };
  const { label, placeholder } = field;
  const group = groupIn(field, emptyValues(), context);
  const options = fieldOptions(kind, field.id, formPolicy).map(({ name }) => name);
  const hint = hintIn(field, context);
  return { group, label, hint, placeholder, options: options.length ? options : undefined };
}

const table: Record<string, Texts & { inEdit?: Partial<Texts> }> = FIELDS;

it.each<TicketKind>(['new', 'edit'])(
  'each field has the expected texts in a form of the kind “%s”',
  (kind) => {
    for (const field of fieldsOf({ kind, policy })) {
      const { inEdit, ...texts } = table[field.id] ?? {};
      expect.soft(textsOf(field, kind), field.id).toEqual({ ...texts, ...(kind === 'edit' && inEdit) });
    }
  },
);

it('the expected fields are exactly those of the forms', () => {
  const ids = (['new', 'edit'] as const).flatMap((kind) => fieldsOf({ kind, policy }).map(({ id }) => id));
  expect(new Set(Object.keys(FIELDS))).toEqual(new Set(ids));
});

it('settings add texts for a name rule, required metadata, and other lifetimes', () => {
  const customPolicy = {
    ...policy,
    connectionNameHint: 'Begin with sso-.',
    requiredMetadata: [{ key: 'region', label: 'Region', pattern: undefined, hint: 'EMEA or APAC' }],
  };
  const fields = new Map(fieldsOf({ kind: 'new', policy: customPolicy }).map((field) => [field.id, field]));
  const texts = (id: string) => {
    const field = fields.get(id);
    return field && textsOf(field, 'new', customPolicy);
  };
  expect(texts('connectionName')?.hint).toBe(
    "Used in URLs that the customer's IT admin copies. You can't change it later. Leave it empty to create it from the display name. Begin with sso-.",
  );
  expect(texts('required:region')).toEqual({ label: 'Region', hint: 'EMEA or APAC' });
  const hours = { defaultLinkHours: 36, maxLinkHours: 48 };
  const names = ['1 hour', '8 hours', '1 day', '36 hours', '48 hours'];
  expect(lifetimes(hours).map(({ name }) => name)).toEqual(names);
  expect(initialLifetime('new', hours).name).toBe('36 hours');
  expect(initialLifetime('edit', hours).name).toBe('1 day');
});
