import type { Policy } from '../settings.ts';
import { CONNECTION_NAME_LENGTH, connectionNameProblem } from './connection-name.ts';
import { chosen, type Field } from './field.ts';
import { EDITABLE_STRATEGIES } from './identity-providers.ts';
import { lifetimeOf, lifetimes } from './lifetime.ts';
import type { RequiredMetadata } from './metadata.ts';
import type { Connection } from './tenant.ts';
import type { Choice, TicketKind } from './values.ts';

const ids = (choices: Choice[]) => choices.map((choice) => choice.id);

/** Asked where Slack does not say where someone is, as for a global shortcut. */
export const conversation: Field = {
  input: 'conversation',
  id: 'conversation',
  label: 'Send the link to',
  hint: 'Only you will see it there.',
};

const profile: Field = {
  input: 'list',
  id: 'profile',
  label: 'Self-service profile',
  hint: 'Decides which identity providers the customer can choose from, and what the set-up looks like.',
  options: ({ tenant }) => tenant.profiles().map(({ id, name }) => ({ id, name })),
  initial: ({ tenant, policy }) => {
    const byName = tenant.profiles().toSorted((a, b) => a.name.localeCompare(b.name));
    return byName.find(({ id }) => id === policy.defaultProfileId) ?? byName[0];
  },
};

const connectionName = ({ connectionNamePattern, connectionNameHint }: Policy): Field => ({
  input: 'text',
  id: 'connectionName',
  label: 'Connection name',
  placeholder: 'acme-corp',
  hint: [
    'A technical name that the customer does not see. Letters, digits and single hyphens.',
    connectionNameHint,
  ]
    .filter(Boolean)
    .join(' '),
  maxLength: CONNECTION_NAME_LENGTH,
  problem: ({ connectionName: name }, { tenant, policy }) =>
    connectionNameProblem(name) ??
    (connectionNamePattern && !connectionNamePattern.test(name)
      ? `This is not how connections are named here. ${connectionNameHint ?? `The name must match ${connectionNamePattern.source}.`}`
      : undefined) ??
    (tenant.connectionNamed(name) &&
      `A connection named ${name} exists already. Choose another name, or change that one with “${policy.command} edit ${name}”.`),
  request: ({ connectionName: name }) => ({ connection_config: { name } }),
});

const displayName: Field = {
  input: 'text',
  id: 'displayName',
  label: 'Display name',
  placeholder: 'Acme Corp',
  hint: "What people read on the login page. Usually the customer's name.",
  maxLength: 128,
  optional: true,
  request: ({ connectionName, displayName }) =>
    displayName ? { connection_config: { name: connectionName, display_name: displayName } } : {},
};

const connection: Field = {
  input: 'search',
  id: 'connection',
  source: 'connections',
  label: 'Connection',
  placeholder: 'Type a name or an ID',
  hint: "The enterprise connection that the customer's admin will change.",
  many: false,
  problem: (values, { tenant, policy }) => {
    const [picked] = values.connection;
    const known = picked && tenant.connection(picked.id);
    return known && uneditable(known, policy);
  },
  request: ({ connection: [picked] }) => (picked ? { connection_id: picked.id } : {}),
};

/** Why no link may edit this connection, as a sentence, or undefined if one may. */
export function uneditable({ id, name, strategy }: Connection, policy: Policy): string | undefined {
  if (policy.protectedConnections.some((entry) => entry === id || entry === name)) {
    return `${name} is protected: whoever runs this bot decided that no link may change it.`;
  }
  if (!EDITABLE_STRATEGIES.has(strategy)) {
    return `${name} is not an enterprise connection that a customer's admin can set up (its type is ${strategy}).`;
  }
  return undefined;
}

const FEATURES: Choice[] = [
  { id: 'sso', name: 'SSO settings' },
  { id: 'domain_verification', name: 'Domains' },
  { id: 'provisioning', name: 'Provisioning' },
];

const features: Field = {
  input: 'ticks',
  id: 'features',
  label: "The customer's admin can change",
  options: FEATURES,
  initial: FEATURES.slice(0, 2),
  request: ({ features: ticked }) => ({
    enabled_features: {
      sso: chosen(ticked, 'sso'),
      domain_verification: chosen(ticked, 'domain_verification'),
      provisioning: chosen(ticked, 'provisioning'),
    },
  }),
};

const clients = (kind: TicketKind, policy: Policy): Field => ({
  input: 'search',
  id: 'clients',
  source: 'clients',
  label: 'Applications',
  placeholder: 'Type a name or an ID',
  hint:
    kind === 'new'
      ? "The applications that the customer's people will log in to."
      : 'Leave empty to keep the applications of the connection.',
  many: true,
  // For an edit, nothing is sent unless chosen.
  optional: kind === 'edit' || policy.applicationsOptional,
  initial: ({ tenant }) =>
    (kind === 'new' ? policy.defaultClientIds : []).flatMap((id) => {
      const client = tenant.client(id);
      return client ? [{ id, name: client.name }] : [];
    }),
  request: ({ clients: picked }) => (picked.length ? { enabled_clients: ids(picked) } : {}),
});

const organizations = (kind: TicketKind): Field => ({
  input: 'search',
  id: 'organizations',
  source: 'organizations',
  label: 'Organizations',
  placeholder: 'Type a name or an ID',
  hint:
    kind === 'new'
      ? "The customer's organizations, if your product uses them."
      : 'Leave empty to keep the organizations of the connection.',
  many: true,
  optional: true,
  request: ({ organizations: picked, membership: ticked }) => ({
    ...(picked.length && {
      enabled_organizations: ids(picked).map((id) => ({
        organization_id: id,
        ...(kind === 'new' && {
          assign_membership_on_login: chosen(ticked, 'assign_membership_on_login'),
          show_as_button: chosen(ticked, 'show_as_button'),
        }),
      })),
    }),
  }),
});

const MEMBERSHIP: Choice[] = [
  { id: 'assign_membership_on_login', name: 'Add users to the organization when they log in' },
  { id: 'show_as_button', name: "Show on the organization's login prompt" },
];

const membership: Field = {
  input: 'ticks',
  id: 'membership',
  label: 'Where organizations are chosen',
  options: MEMBERSHIP,
  initial: MEMBERSHIP,
  optional: true,
};

const lifetime: Field = {
  input: 'list',
  id: 'lifetime',
  label: 'Link expires in',
  hint: 'How long the link may wait to be opened. Once it is opened, the set-up has five hours.',
  options: ({ policy }) => lifetimes(policy.defaultLinkHours),
  initial: ({ policy }) => lifetimeOf(policy.defaultLinkHours),
  request: ({ lifetime: [picked] }) => (picked ? { ttl_sec: Number(picked.id) } : {}),
};

/** A field for metadata that the house wants of every new connection. */
const requiredMetadata = ({ key, label, pattern }: RequiredMetadata): Field => {
  const id = `required:${key}` as const;
  return {
    input: 'text',
    id,
    label,
    maxLength: 255,
    problem: ({ [id]: value = '' }) =>
      pattern && !pattern.test(value)
        ? `This does not look like a ${label}: it must match ${pattern.source}.`
        : undefined,
    request: ({ connectionName: name, [id]: value = '' }) => ({
      connection_config: { name, metadata: { [key]: value } },
    }),
    summary: ({ [id]: value }) => value,
  };
};

/** What the form for a new connection asks first. */
export const newBasics = (policy: Policy): Field[] => [
  profile,
  connectionName(policy),
  displayName,
  ...policy.requiredMetadata.map(requiredMetadata),
  clients('new', policy),
  organizations('new'),
  membership,
  lifetime,
];

/** What the form to edit asks first. */
export const editBasics = (policy: Policy): Field[] => [
  profile,
  connection,
  features,
  clients('edit', policy),
  organizations('edit'),
  lifetime,
];
