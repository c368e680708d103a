import type { Management } from 'auth0/management';
import type { Policy } from '../settings.ts';
import { CONNECTION_NAME_LENGTH, connectionNameProblem } from './connection-name.ts';
import { EDITABLE_STRATEGIES } from './identity-providers.ts';
import { DEFAULT_LIFETIME, LIFETIMES } from './lifetime.ts';
import type { Connection, KnownTenant } from './tenant.ts';
import type { Choice, ChoiceId, TextId, TicketKind, Values } from './values.ts';

/** The body of Auth0's create call, as its SDK types it. */
export type TicketBody = Management.CreateSelfServiceProfileSsoTicketRequestContent;

/** What a form is made in the light of: the house's policy, and what is known of the tenant. */
export interface FormContext {
  policy: Policy;
  tenant: KnownTenant;
}

/**
 * One thing that a form asks for, whole and in this one place: how it is named, what it starts with, its
 * rule, and where it goes in Auth0's request. How it looks in Slack follows from its `input`.
 */
export type Field = {
  label: string;
  hint?: string;
  placeholder?: string;
  /** May be left empty. */
  optional?: (policy: Policy) => boolean;
  /** What is wrong with the values at this field, as a sentence; asked only where the field has a value. */
  problem?: (values: Values, context: FormContext) => string | undefined;
  /** This field's part of the request, merged with the others'; nothing where it does not apply. */
  request?: (values: Values, kind: TicketKind) => TicketBody;
} & (TextField | ListField | TicksField | SearchField | ConversationField);

interface TextField {
  input: 'text';
  id: TextId;
  maxLength: number;
}

/** One of a short list. */
interface ListField {
  input: 'list';
  id: ChoiceId;
  options: (context: FormContext) => Choice[];
  initial?: (context: FormContext) => Choice | undefined;
}

/** Any of a few. */
interface TicksField {
  input: 'ticks';
  id: ChoiceId;
  options: Choice[];
  initial: Choice[];
}

/** Found by typing, in a list that may hold a hundred thousand. */
interface SearchField {
  input: 'search';
  id: SearchId;
  many: boolean;
  initial?: (context: FormContext) => Choice[];
}

/** A conversation in Slack. */
interface ConversationField {
  input: 'conversation';
  id: 'conversation';
}

/** The fields that are found by typing: each is also the name of what is searched. */
export const SEARCH_IDS = ['clients', 'organizations', 'connection'] as const;
export type SearchId = (typeof SEARCH_IDS)[number];

const always = () => true;
const ids = (choices: Choice[]) => choices.map((choice) => choice.id);
const chosen = (choices: Choice[], id: string) => choices.some((choice) => choice.id === id);

const conversation: Field = {
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

const connectionName: Field = {
  input: 'text',
  id: 'connectionName',
  label: 'Connection name',
  placeholder: 'acme-corp',
  hint: 'A technical name that the customer does not see. Letters, digits and single hyphens.',
  maxLength: CONNECTION_NAME_LENGTH,
  problem: ({ connectionName: name }, { tenant }) =>
    connectionNameProblem(name) ??
    (tenant.connectionNamed(name) &&
      `A connection named ${name} exists already. Choose another name, or change that one with “edit ${name}”.`),
  request: ({ connectionName: name }) => ({ connection_config: { name } }),
};

const displayName: Field = {
  input: 'text',
  id: 'displayName',
  label: 'Display name',
  placeholder: 'Acme Corp',
  hint: "What people read on the login page. Usually the customer's name.",
  maxLength: 128,
  optional: always,
  request: ({ connectionName, displayName }) =>
    displayName ? { connection_config: { name: connectionName, display_name: displayName } } : {},
};

const connection: Field = {
  input: 'search',
  id: 'connection',
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

const SCIM_SCOPES = ['get', 'post', 'put', 'patch', 'delete'].flatMap((verb) => [
  `${verb}:users`,
  `${verb}:groups`,
]) as Management.SelfServiceProfileSsoTicketProvisioningScopeEnum[]; // exactly the enum's ten members

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
    // Without a verification setting Auth0 does not show the domain step.
    ...(chosen(ticked, 'domain_verification') && {
      domain_aliases_config: { domain_verification: 'optional' },
    }),
    ...(chosen(ticked, 'provisioning') && { provisioning_config: { scopes: SCIM_SCOPES } }),
  }),
};

const clients: Field = {
  input: 'search',
  id: 'clients',
  label: 'Applications',
  placeholder: 'Type a name or an ID',
  hint: "The applications that the customer's people will log in to.",
  many: true,
  optional: (policy) => policy.applicationsOptional,
  initial: ({ policy, tenant }) =>
    policy.defaultClientIds.flatMap((id) => {
      const client = tenant.client(id);
      return client ? [{ id, name: client.name }] : [];
    }),
  request: ({ clients: picked }) => (picked.length ? { enabled_clients: ids(picked) } : {}),
};

const organizations: Field = {
  input: 'search',
  id: 'organizations',
  label: 'Organizations',
  placeholder: 'Type a name or an ID',
  hint: "The customer's organizations, if your product uses them.",
  many: true,
  optional: always,
  request: ({ organizations: picked, membership: ticked }, kind) => ({
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
};

const MEMBERSHIP: Choice[] = [
  { id: 'assign_membership_on_login', name: 'Add users to the organization when they log in' },
  { id: 'show_as_button', name: "Show on the organization's login prompt" },
];

const membership: Field = {
  input: 'ticks',
  id: 'membership',
  label: 'For the organizations chosen',
  options: MEMBERSHIP,
  initial: MEMBERSHIP,
  optional: always,
};

const lifetime: Field = {
  input: 'list',
  id: 'lifetime',
  label: 'Link expires in',
  hint: 'How long the link may wait to be opened. Once it is opened, the set-up has five hours.',
  options: () => LIFETIMES,
  initial: () => DEFAULT_LIFETIME,
  request: ({ lifetime: [picked] }) => (picked ? { ttl_sec: Number(picked.id) } : {}),
};

/** For an edit, nothing is sent unless chosen, so neither field is filled in or needed. */
const asIs = { optional: always, initial: () => [] };

const FORMS: Record<TicketKind, Field[]> = {
  new: [profile, connectionName, displayName, clients, organizations, membership, lifetime],
  edit: [
    profile,
    connection,
    features,
    { ...clients, ...asIs, hint: 'Leave empty to keep the applications of the connection.' } as Field,
    { ...organizations, ...asIs, hint: 'Leave empty to keep the organizations of the connection.' } as Field,
    lifetime,
  ],
};

/**
 * The fields of a form, in the order of the screen.
 *
 * @param asksConversation whether it must ask where to answer: a global shortcut does not say it
 */
export function formFields(kind: TicketKind, asksConversation: boolean): Field[] {
  return asksConversation ? [conversation, ...FORMS[kind]] : FORMS[kind];
}
