import { MAX_CONNECTION_NAME_LENGTH } from '../../auth0/resources.ts';
import { fold } from '../../auth0/search-text.ts';
import type { FieldProblem } from '../errors.ts';
import { initialLifetime, lifetimes } from '../lifetime.ts';
import { editProblem, MAX_ORGANIZATIONS, peopleName } from '../reach.ts';
import { connectionNameProblem } from './connection-name.ts';
import {
  type CheckboxField,
  type Choice,
  type ConversationField,
  choicesOf,
  type FormContext,
  firstId,
  hasId,
  type ListField,
  type SearchField,
  type TextField,
  textOf,
} from './field.ts';

const idsOf = (choices: Choice[]) => choices.map(({ id }) => id);

/** Asked where Slack doesn't say where the person is, as for a global shortcut. */
export const conversation: ConversationField<'conversation'> = {
  input: 'conversation',
  id: 'conversation',
  for: ['new', 'edit'],
  label: 'Show me the link in',
  hint: 'Only you will see it there.',
};

export const profile: ListField<'profile'> = {
  input: 'list',
  id: 'profile',
  for: ['new', 'edit'],
  label: 'Self-service profile',
  hint: 'Decides which identity providers the customer can choose from, and what they see during setup.',
  // The usual choice is under “More options”, because nobody needs to see it.
  group: ([chosen], { tenant, policy }) =>
    tenant.profiles().length === 1 || (chosen && chosen.id === policy.defaultProfileId)
      ? 'Identity providers'
      : undefined,
  options: ({ tenant }) => tenant.profiles().map(({ id, name }) => ({ id, name })),
  initial: ({ tenant, policy }) => {
    // Without `localeCompare`, because its tables take 4 MB.
    const byName = tenant.profiles().toSorted((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1));
    return byName.find(({ id }) => id === policy.defaultProfileId) ?? byName[0];
  },
};

export const connectionName: TextField<'connectionName'> = {
  input: 'text',
  id: 'connectionName',
  for: ['new'],
  label: 'Connection name',
  placeholder: 'acme-corp',
  hint: ({ policy }) =>
    [
      "Used in URLs that the customer's IT admin copies. You can't change it later. Leave it empty to create it from the display name.",
      policy.connectionNameHint,
    ]
      .filter(Boolean)
      .join(' '),
  maxLength: MAX_CONNECTION_NAME_LENGTH,
  optional: true,
  // `withConnectionName` has tried to fill it in.
  validateEmpty: (values) =>
    textOf(values, displayName) ? { code: 'connection_name_underivable' } : undefined,
  validate: (name, _, { tenant, policy, isEditor }) => {
    const invalid = connectionNameProblem(name);
    if (invalid) return invalid;
    const { connectionNamePattern: pattern, connectionNameHint: hint } = policy;
    if (pattern && !pattern.matches(name)) return { code: 'connection_name_against_policy', name, hint };
    const existing = tenant.connectionNamed(name);
    return existing && { code: 'connection_name_taken', name, customer: existing.displayName, isEditor };
  },
  request: (name) => ({ connection_config: { name } }),
};

export const displayName: TextField<'displayName'> = {
  input: 'text',
  id: 'displayName',
  for: ['new'],
  label: 'Display name',
  placeholder: 'Acme Corp',
  hint: "The customer's name, as people see it on the login page.",
  maxLength: 128,
  optional: true,
  validateEmpty: (values) =>
    textOf(values, connectionName)
      ? undefined
      : { code: 'one_text_missing', labels: [displayName.label, connectionName.label] },
  request: (name) => (name ? { connection_config: { display_name: name } } : {}),
};

export const connection: SearchField<'connection'> = {
  input: 'search',
  id: 'connection',
  for: ['edit'],
  source: 'connections',
  multiple: false,
  label: 'Connection',
  placeholder: 'Type a name or an ID',
  hint: "The customer's connection. Their IT admin can change it with the link.",
  validate: ([picked], _, { tenant }) => {
    const known = picked && tenant.connection(picked.id);
    return known && editProblem(known, tenant.protected);
  },
  request: ([picked]) => (picked ? { connection_id: picked.id } : {}),
};

const FEATURES: Choice[] = [
  { id: 'sso', name: 'SSO settings' },
  { id: 'domain_verification', name: 'Domains' },
  { id: 'provisioning', name: 'Provisioning' },
];

/** The choice of one feature. */
export const featuresOf = (feature: string) => FEATURES.filter(({ id }) => id === feature);

export const features: CheckboxField<'features'> = {
  input: 'checkboxes',
  id: 'features',
  for: ['edit'],
  label: "The customer's IT admin can change",
  options: FEATURES,
  initial: () => FEATURES.slice(0, 2),
  request: (checked) => ({
    enabled_features: {
      sso: hasId(checked, 'sso'),
      domain_verification: hasId(checked, 'domain_verification'),
      provisioning: hasId(checked, 'provisioning'),
    },
  }),
};

export const clients: SearchField<'clients'> = {
  input: 'search',
  id: 'clients',
  for: ['new', 'edit'],
  source: 'clients',
  multiple: true,
  label: 'Applications',
  placeholder: 'Type a name or an ID',
  hint: ({ kind }) =>
    kind === 'new'
      ? 'What the customer logs in to.'
      : "Leave empty to keep the connection's applications. Auth0 may add your choice to them or replace them with it.",
  optional: ({ kind, policy }) => kind === 'edit' || policy.applicationsOptional,
  missing: { code: 'application_missing' },
  validate: (picked, _, { tenant }) => protectedProblem('clients', picked, tenant),
  initial: ({ kind, tenant, policy }) =>
    // An edit adds only what someone chooses.
    (kind === 'new' ? policy.defaultClientIds : []).flatMap((id) => {
      const client = tenant.client(id);
      return client ? [{ id, name: client.name }] : [];
    }),
  request: (picked) => (picked.length ? { enabled_clients: idsOf(picked) } : {}),
};

export const organizations: SearchField<'organizations'> = {
  input: 'search',
  id: 'organizations',
  for: ['new', 'edit'],
  source: 'organizations',
  multiple: true,
  label: 'Organizations',
  placeholder: 'Type a name or an ID',
  hint: ({ kind }) =>
    kind === 'new'
      ? "The customer's organizations, if your product uses them."
      : "Leave empty to keep the connection's organizations. Auth0 may add your choice to them or replace them with it.",
  optional: true,
  validate: (picked, _, { tenant, isEditor }) => {
    if (!isEditor && picked.length > MAX_ORGANIZATIONS) {
      return { code: 'too_many_organizations', max: MAX_ORGANIZATIONS, count: picked.length };
    }
    return protectedProblem('organizations', picked, tenant);
  },
  request: (picked, values, kind) => {
    const checked = choicesOf(values, membership);
    const settings = {
      assign_membership_on_login: hasId(checked, 'assign_membership_on_login'),
      show_as_button: hasId(checked, 'show_as_button'),
    };
    const enabled = idsOf(picked).map((id) => ({
      organization_id: id,
      ...(kind === 'new' && settings),
    }));
    return enabled.length ? { enabled_organizations: enabled } : {};
  },
};

/** Whether one of the choices in memory is protected. Before the ticket is created, the bot asks Auth0. */
function protectedProblem(
  kind: 'clients' | 'organizations',
  choices: Choice[],
  tenant: FormContext['tenant'],
): FieldProblem | undefined {
  const known = choices.map(({ id, name }): { id: string; name: string; displayName?: string } => {
    const resource = kind === 'clients' ? tenant.client(id) : tenant.organization(id);
    return resource ?? { id, name };
  });
  const found = known.find((resource) => tenant.protected.includes(kind, resource));
  return found && { code: 'resource_protected', name: peopleName(found) };
}

const MEMBERSHIP: Choice[] = [
  { id: 'assign_membership_on_login', name: 'Add users to the organization when they log in' },
  { id: 'show_as_button', name: "Show on the organization's login prompt" },
];

export const membership: CheckboxField<'membership'> = {
  input: 'checkboxes',
  id: 'membership',
  for: ['new'],
  label: 'In these organizations',
  dependsOn: { fields: [organizations], shown: (values) => choicesOf(values, organizations).length > 0 },
  options: MEMBERSHIP,
  // Membership widens who can sign in to the customer's organization, so only editors start with it.
  initial: ({ isEditor }) => (isEditor ? MEMBERSHIP : MEMBERSHIP.slice(1)),
  optional: true,
};

export const lifetime: ListField<'lifetime'> = {
  input: 'list',
  id: 'lifetime',
  for: ['new', 'edit'],
  label: 'Link expires in',
  hint: 'The customer must open the link before it expires, then finish within five hours.',
  options: ({ policy }) => lifetimes(policy),
  initial: ({ kind, policy }) => initialLifetime(kind, policy),
  request: (picked) => ({ ttl_sec: Number(firstId(picked)) }),
};
