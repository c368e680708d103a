import { identityProviderName } from '../../auth0/identity-providers.ts';
import { connection, features, profile } from './basics.ts';
import {
  type CheckboxField,
  type Choice,
  choicesOf,
  type FormContext,
  type FormValues,
  firstId,
  hasId,
  type ListField,
  namesOf,
  type TicketKind,
} from './field.ts';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const USER_SCOPES = VERBS.map((verb) => `${verb}:users` as const);
const GROUP_SCOPES = VERBS.map((verb) => `${verb}:groups` as const);
const ALL_SCOPES = [...USER_SCOPES, ...GROUP_SCOPES];
const SCOPE_CHOICES: Choice[] = ALL_SCOPES.map((scope) => ({ id: scope, name: scope }));

const SCIM: Choice[] = [
  { id: 'off', name: 'Off' },
  { id: 'users', name: 'Users' },
  { id: 'all', name: 'Users and groups' },
  { id: 'custom', name: 'Custom scopes' },
];

/** An edit has provisioning only if it is checked as a feature. */
const isPossible = (values: FormValues, kind: TicketKind) =>
  kind === 'new' || hasId(choicesOf(values, features), 'provisioning');

const ifPossible = {
  fields: [features],
  shown: (values: FormValues, { kind }: { kind: TicketKind }) => isPossible(values, kind),
};

/** Neither SCIM nor directory sync works with these. */
const WITHOUT_PROVISIONING: ReadonlySet<string> = new Set(['adfs', 'pingfederate']);

/** The strategy of the connection that is edited, if it is in memory. Empty for a new connection. */
function editedStrategy(values: FormValues, { kind, tenant }: FormContext): string {
  if (kind === 'new') return '';
  return tenant.connection(firstId(choicesOf(values, connection)) ?? '')?.strategy ?? '';
}

/** The SCIM scopes that are sent. */
function scopesIn(values: FormValues, kind: TicketKind): typeof ALL_SCOPES {
  if (!isPossible(values, kind)) return [];
  switch (firstId(choicesOf(values, scim))) {
    case 'users':
      return USER_SCOPES;
    case 'all':
      return ALL_SCOPES;
    case 'custom':
      return ALL_SCOPES.filter((scope) => hasId(choicesOf(values, scimScopes), scope));
    default:
      return [];
  }
}

export const scim: ListField<'scim'> = {
  input: 'list',
  id: 'scim',
  for: ['new', 'edit'],
  label: 'Provisioning (SCIM)',
  hint: "The customer's identity provider creates and removes users automatically, with a token that the setup shows.",
  dependsOn: ifPossible,
  options: () => SCIM,
  initial: ({ kind }) => SCIM.find(({ id }) => id === (kind === 'edit' ? 'all' : 'off')),
  editorsOnly: true,
  validate: (picked, values, context) => {
    const { kind } = context;
    const strategy = editedStrategy(values, context);
    const onlySync = strategy === 'google-apps';
    if (scopesIn(values, kind).length > 0 && (onlySync || WITHOUT_PROVISIONING.has(strategy))) {
      return { code: 'scim_not_supported', provider: identityProviderName(strategy), onlySync };
    }
    const allUserScopes = USER_SCOPES.every((scope) => hasId(choicesOf(values, scimScopes), scope));
    if (firstId(picked) === 'custom' && !allUserScopes) return { code: 'scim_needs_user_scopes' };
    const empty = kind === 'edit' && isPossible(values, kind) && firstId(picked) === 'off';
    return empty && !syncs(values, kind) ? { code: 'provisioning_is_empty' } : undefined;
  },
  request: (_, values, kind) => {
    const scopes = scopesIn(values, kind);
    const seconds = Number(firstId(choicesOf(values, tokenLifetime)));
    return scopes.length
      ? // Without a lifetime the token never expires.
        { provisioning_config: { scopes, ...(seconds > 0 && { token_lifetime: seconds }) } }
      : {};
  },
  summary: (picked) => (firstId(picked) === 'off' ? undefined : namesOf(picked)),
};

export const scimScopes: CheckboxField<'scimScopes'> = {
  input: 'checkboxes',
  id: 'scimScopes',
  for: ['new', 'edit'],
  dependsOn: {
    fields: [features, scim],
    shown: (values, { kind }) => isPossible(values, kind) && firstId(choicesOf(values, scim)) === 'custom',
  },
  label: 'Custom scopes',
  hint: 'SCIM needs all five scopes for users.',
  options: SCOPE_CHOICES,
  initial: () => SCOPE_CHOICES.slice(0, USER_SCOPES.length),
  optional: true,
  editorsOnly: true,
};

const DAY_SECONDS = 24 * 3600;
const TOKEN_LIFETIMES: Choice[] = [
  { id: String(30 * DAY_SECONDS), name: '30 days' },
  { id: String(90 * DAY_SECONDS), name: '90 days' },
  { id: String(365 * DAY_SECONDS), name: '1 year' },
  { id: 'never', name: 'Never expires' },
];

export const tokenLifetime: ListField<'tokenLifetime'> = {
  input: 'list',
  id: 'tokenLifetime',
  for: ['new', 'edit'],
  dependsOn: { fields: [features, scim], shown: (values, { kind }) => scopesIn(values, kind).length > 0 },
  label: 'Provisioning token expires in',
  options: () => TOKEN_LIFETIMES,
  initial: () => TOKEN_LIFETIMES[2],
  editorsOnly: true,
};

const SYNC: Choice[] = [
  { id: 'off', name: 'Off' },
  { id: 'users', name: 'Users' },
  { id: 'all', name: 'Users and groups' },
];

/** Whether directory sync is sent. */
function syncs(values: FormValues, kind: TicketKind): boolean {
  const id = firstId(choicesOf(values, googleSync));
  return isPossible(values, kind) && (id === 'users' || id === 'all');
}

export const googleSync: ListField<'googleSync'> = {
  input: 'list',
  id: 'googleSync',
  for: ['new', 'edit'],
  dependsOn: ifPossible,
  label: 'Google Workspace directory sync',
  options: () => SYNC,
  initial: () => SYNC[0],
  editorsOnly: true,
  validate: (picked, values, context) => {
    const { kind, tenant } = context;
    if (firstId(picked) === 'off') return undefined;
    if (!syncs(values, kind)) return { code: 'provisioning_feature_off' };
    const strategy = editedStrategy(values, context);
    if (strategy && strategy !== 'google-apps') {
      return { code: 'sync_not_supported', provider: identityProviderName(strategy) };
    }
    const profileId = firstId(choicesOf(values, profile));
    const known = tenant.profiles().find(({ id }) => id === profileId);
    const offered = !known || known.providers.length === 0 || known.providers.includes('google-apps');
    return offered ? undefined : { code: 'google_not_offered', profile: known.name };
  },
  request: (picked, values, kind) =>
    syncs(values, kind)
      ? {
          provisioning_config: {
            google_workspace: { sync_users: true, sync_groups: firstId(picked) === 'all' },
          },
        }
      : {},
  summary: (picked) => (firstId(picked) === 'off' ? undefined : namesOf(picked)),
};
