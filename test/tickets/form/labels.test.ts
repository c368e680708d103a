import { expect, it } from 'vitest';
import { type Field, hintIn, type TicketKind } from '../../../src/tickets/form/field.ts';
import { fieldsOf, type Values } from '../../../src/tickets/form/form.ts';
import { initialLifetime, lifetimes } from '../../../src/tickets/lifetime.ts';
import { fieldOptions, NO_TENANT, PLAIN_POLICY } from '../../arbitrary.ts';

/**
 * Every text of the forms' fields, literally; all other texts in Slack are in `slack/sentences.test.ts`. Other tests
 * take them from the code, so a change is made there and here. The type asks for every field.
 */
const FIELDS: Record<Exclude<keyof Values, `required:${string}`>, Texts & { inEdit?: Partial<Texts> }> = {
  conversation: {
    label: 'Send the link to',
    hint: 'Only you will see it there.',
  },
  profile: {
    label: 'Self-service profile',
    hint: 'Decides which identity providers the customer can choose from, and what the set-up looks like.',
  },
  connectionName: {
    label: 'Connection name',
    hint: 'A technical name that the customer does not see. Letters, digits and single hyphens.',
    placeholder: 'acme-corp',
  },
  displayName: {
    label: 'Display name',
    hint: "What people read on the login page. Usually the customer's name.",
    placeholder: 'Acme Corp',
  },
  connection: {
    label: 'Connection',
    hint: "The enterprise connection that the customer's admin will change.",
    placeholder: 'Type a name or an ID',
  },
  features: {
    label: "The customer's admin can change",
    options: ['SSO settings', 'Domains', 'Provisioning'],
  },
  clients: {
    label: 'Applications',
    hint: "The applications that the customer's people will log in to.",
    placeholder: 'Type a name or an ID',
    inEdit: {
      hint: 'Leave empty to keep the applications of the connection.',
    },
  },
  organizations: {
    label: 'Organizations',
    hint: "The customer's organizations, if your product uses them.",
    placeholder: 'Type a name or an ID',
    inEdit: {
      hint: 'Leave empty to keep the organizations of the connection.',
    },
  },
  membership: {
    label: 'Where organizations are chosen',
    options: ['Add users to the organization when they log in', "Show on the organization's login prompt"],
  },
  lifetime: {
    label: 'Link expires in',
    hint: 'How long the link may wait to be opened. Once it is opened, the set-up has five hours.',
    options: ['1 hour', '8 hours', '1 day', '3 days', '5 days'],
  },
  showAsButton: {
    group: 'Login page',
    label: 'Button',
    options: ['Show a button on the login page'],
  },
  iconUrl: {
    group: 'Login page',
    label: 'Icon URL',
    hint: 'The picture on that button. Must begin with https://.',
    placeholder: 'https://acme.com/logo.png',
  },
  domainVerification: {
    group: 'Domains',
    label: 'Domain verification',
    hint: "Whether the customer's admin proves that a mail domain is theirs. Required: before the connection can be enabled.",
    options: ['Off', 'Optional', 'Required'],
    inEdit: {
      options: ['Optional', 'Required'],
    },
  },
  pendingDomains: {
    group: 'Domains',
    label: 'Domains the customer must verify',
    hint: 'Filled in for them in the verification step. Separated by commas, blanks or lines.',
    placeholder: 'acme.com, acme.co.uk',
  },
  verifiedDomains: {
    group: 'Domains',
    label: 'Domains already verified',
    hint: 'Trusted without proof: everyone with an email address there is sent to this connection to log in. Only what your team has checked.',
    placeholder: 'acme.com',
  },
  organizationDiscovery: {
    group: 'Domains',
    label: 'Organization by domain',
    hint: 'Needs exactly one organization, and domains that are verified or can be.',
    options: ['Use verified domains to find the organization at login'],
  },
  idpInitiated: {
    group: 'Login from the identity provider',
    label: 'IdP-initiated login',
    options: ['Login can start at the identity provider (SAML)'],
  },
  idpClient: {
    group: 'Login from the identity provider',
    label: 'Default application',
    hint: 'Where people arrive who start at their identity provider.',
    placeholder: 'Type a name or an ID',
  },
  idpProtocol: {
    group: 'Login from the identity provider',
    label: 'Response protocol',
    hint: 'How Auth0 hands the login to that application.',
    options: ['OpenID Connect', 'SAML', 'WS-Federation'],
  },
  idpQuery: {
    group: 'Login from the identity provider',
    label: 'Query',
    hint: 'For OpenID Connect: redirect_uri, scope and response_type.',
    placeholder: 'redirect_uri=https://app.acme.com&scope=openid email',
  },
  scim: {
    group: 'Provisioning',
    label: 'Provisioning (SCIM)',
    hint: "The customer's identity provider creates and removes users by itself, with a token that the set-up shows.",
    options: ['Off', 'Users', 'Users and groups', 'Custom scopes'],
    inEdit: {
      hint: "Where “Provisioning” is selected above. The customer's identity provider creates and removes users by itself, with a token that the set-up shows.",
    },
  },
  scimScopes: {
    group: 'Provisioning',
    label: 'Custom scopes',
    hint: 'For “Custom scopes” above. All five for users are needed.',
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
    group: 'Provisioning',
    label: 'Provisioning token expires in',
    options: ['30 days', '90 days', '1 year', 'Never expires'],
  },
  googleSync: {
    group: 'Provisioning',
    label: 'Google Workspace directory sync',
    options: ['Off', 'Users', 'Users and groups'],
  },
  thirdParty: {
    group: 'Other',
    label: 'Third-party applications',
    hint: 'Whether applications of other makers may use the connection too.',
    options: ['No', 'Yes', "The customer's admin decides"],
    inEdit: {
      options: ['No', "The customer's admin decides"],
    },
  },
  metadata: {
    group: 'Other',
    label: 'Metadata',
    hint: 'Kept with the connection, for your own use. One “key: value” a line.',
    placeholder: 'region: emea',
  },
  customDomain: {
    group: 'Other',
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

/** A house with a custom domain, so that its forms have every field. */
const policy = { ...PLAIN_POLICY, customDomains: ['login.acme.com'] };

/** What a person reads of a field. */
function textsOf(field: Field, kind: TicketKind, house = policy) {
  const { group, label, placeholder } = field;
  const options = fieldOptions(kind, field.id, house).map(({ name }) => name);
  const hint = hintIn(field, { kind, isEditor: true, policy: house, tenant: NO_TENANT });
  return { group, label, hint, placeholder, options: options.length ? options : undefined };
}

const table: Record<string, Texts & { inEdit?: Partial<Texts> }> = FIELDS;

it.each<TicketKind>(['new', 'edit'])('the texts of each field are as they stand here: %s', (kind) => {
  for (const field of fieldsOf({ kind, policy })) {
    const { inEdit, ...texts } = table[field.id] ?? {};
    expect.soft(textsOf(field, kind), field.id).toEqual({ ...texts, ...(kind === 'edit' && inEdit) });
  }
});

it('all fields are in a form', () => {
  const ids = (['new', 'edit'] as const).flatMap((kind) => fieldsOf({ kind, policy }).map(({ id }) => id));
  expect(new Set(Object.keys(FIELDS))).toEqual(new Set(ids));
});

it('the settings add texts: a rule for names, required metadata, other lifetimes', () => {
  const house = {
    ...policy,
    connectionNameHint: 'Begin with sso-.',
    requiredMetadata: [{ key: 'region', label: 'Region', pattern: undefined }],
  };
  const fields = new Map(fieldsOf({ kind: 'new', policy: house }).map((field) => [field.id, field]));
  const texts = (id: string) => {
    const field = fields.get(id);
    return field && textsOf(field, 'new', house);
  };
  expect(texts('connectionName')?.hint).toBe(
    'A technical name that the customer does not see. Letters, digits and single hyphens. Begin with sso-.',
  );
  expect(texts('required:region')).toEqual({ label: 'Region' });
  const hours = { defaultLinkHours: 36, maxLinkHours: 48 };
  const names = ['1 hour', '8 hours', '1 day', '36 hours', '48 hours'];
  expect(lifetimes(hours).map(({ name }) => name)).toEqual(names);
  expect(initialLifetime('new', hours).name).toBe('36 hours');
  expect(initialLifetime('edit', hours).name).toBe('1 day');
});
