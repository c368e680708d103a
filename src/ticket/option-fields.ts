import type { Management } from 'auth0/management';
import type { Policy } from '../settings.ts';
import { domainsProblem, readDomains } from './domains.ts';
import { chosen, type Field } from './field.ts';
import { metadataProblem, readMetadata } from './metadata.ts';
import type { Choice, TicketKind, Values } from './values.ts';

type Scope = Management.SelfServiceProfileSsoTicketProvisioningScopeEnum;

const picked = (choices: Choice[]) => choices[0]?.id;
const name = (choices: Choice[]) => choices.map((choice) => choice.name).join(', ');

// ------------------------------------------------------------------------------------------ Login page

const showAsButton: Field = {
  input: 'ticks',
  id: 'showAsButton',
  group: 'Login page',
  label: 'Button',
  options: [{ id: 'show', name: 'Show a button on the login page' }],
  initial: [],
  optional: true,
  request: ({ connectionName, showAsButton: ticked }) =>
    ticked.length ? { connection_config: { name: connectionName, show_as_button: true } } : {},
  summary: ({ showAsButton: ticked }) => name(ticked),
};

const iconUrl: Field = {
  input: 'text',
  id: 'iconUrl',
  group: 'Login page',
  label: 'Icon URL',
  hint: 'The picture on that button. Must begin with https://.',
  placeholder: 'https://acme.com/logo.png',
  maxLength: 1000,
  optional: true,
  problem: ({ iconUrl: url }) =>
    URL.canParse(url) && new URL(url).protocol === 'https:' && !/\s/.test(url)
      ? undefined
      : 'Use a complete web address that begins with https://.',
  request: ({ connectionName, iconUrl: url }) =>
    url ? { connection_config: { name: connectionName, options: { icon_url: new URL(url).href } } } : {},
  summary: ({ iconUrl: url }) => url,
};

// --------------------------------------------------------------------------------------------- Domains

const VERIFICATION: Choice[] = [
  { id: 'none', name: 'Off' },
  { id: 'optional', name: 'Optional' },
  { id: 'required', name: 'Required' },
];

/** What is sent of domain verification: for an edit only with “Domains” ticked, and then never “off”. */
function verification(values: Values, kind: TicketKind): 'optional' | 'required' | undefined {
  if (kind === 'edit' && !chosen(values.features, 'domain_verification')) return undefined;
  const id = picked(values.domainVerification);
  return id === 'optional' || id === 'required' ? id : undefined;
}

const domainVerification: Field = {
  input: 'list',
  id: 'domainVerification',
  group: 'Domains',
  label: 'Domain verification',
  hint: "Whether the customer's admin proves that a mail domain is theirs. Required: before the connection can be enabled.",
  // Without verification Auth0 does not show an edit's domain step at all.
  options: ({ kind }) => (kind === 'edit' ? VERIFICATION.slice(1) : VERIFICATION),
  initial: ({ kind, policy }) =>
    VERIFICATION.find(
      ({ id }) => id === policy.defaultDomainVerification && (kind === 'new' || id !== 'none'),
    ) ?? VERIFICATION.find(({ id }) => id === (kind === 'new' ? 'none' : 'optional')),
  request: (values, kind) => {
    const domain_verification = verification(values, kind);
    return domain_verification ? { domain_aliases_config: { domain_verification } } : {};
  },
  summary: ({ domainVerification: value }) => (picked(value) === 'none' ? undefined : name(value)),
};

const pendingDomains: Field = {
  input: 'text',
  id: 'pendingDomains',
  group: 'Domains',
  label: 'Domains the customer must verify',
  hint: 'Filled in for them in the verification step. Separated by commas, blanks or lines.',
  placeholder: 'acme.com, acme.co.uk',
  maxLength: 3000,
  multiline: true,
  optional: true,
  problem: (values, { kind }) => {
    if (!verification(values, kind)) {
      return kind === 'edit'
        ? 'Tick “Domains” above, or leave this empty.'
        : 'Set “Domain verification” to optional or required, or leave this empty.';
    }
    return domainsProblem(values.pendingDomains);
  },
  request: (values, kind) => {
    const { domains } = readDomains(values.pendingDomains);
    const domain_verification = verification(values, kind);
    return domains.length && domain_verification
      ? { domain_aliases_config: { domain_verification, pending_domains: domains } }
      : {};
  },
  summary: ({ pendingDomains: text }) => readDomains(text).domains.join(', '),
};

const verifiedDomains: Field = {
  input: 'text',
  id: 'verifiedDomains',
  group: 'Domains',
  label: 'Domains already verified',
  hint: 'Trusted without proof: whoever has a mail address there is sent to this connection to log in. Only what your team has checked.',
  placeholder: 'acme.com',
  maxLength: 3000,
  multiline: true,
  optional: true,
  widensTrust: true,
  problem: ({ verifiedDomains: text }) => domainsProblem(text),
  request: ({ connectionName, verifiedDomains: text }) => {
    const { domains } = readDomains(text);
    return domains.length
      ? { connection_config: { name: connectionName, options: { domain_aliases: domains } } }
      : {};
  },
  summary: ({ verifiedDomains: text }) => readDomains(text).domains.join(', '),
};

/** Auth0 can find the organization by a domain only where there is one organization, and there may be domains. */
function discoveryApplies(values: Values, kind: TicketKind): boolean {
  const domains =
    verification(values, kind) ?? (kind === 'new' && readDomains(values.verifiedDomains).domains[0]);
  return values.organizations.length === 1 && Boolean(domains);
}

const organizationDiscovery: Field = {
  input: 'ticks',
  id: 'organizationDiscovery',
  group: 'Domains',
  label: 'Organization by domain',
  hint: 'Needs exactly one organization, and domains that are verified or can be.',
  options: [{ id: 'use', name: 'Use verified domains to find the organization at login' }],
  initial: [],
  optional: true,
  problem: (values, { kind }) => {
    if (discoveryApplies(values, kind)) return undefined;
    return values.organizations.length === 1
      ? 'This needs domains: let the customer verify some, or leave this unticked.'
      : `This needs exactly one organization; ${values.organizations.length || 'none'} ${values.organizations.length > 1 ? 'are' : 'is'} chosen.`;
  },
  request: (values, kind) =>
    // Always said where it applies, since Auth0 takes its absence as true.
    discoveryApplies(values, kind)
      ? { use_for_organization_discovery: values.organizationDiscovery.length > 0 }
      : {},
  summary: ({ organizationDiscovery: ticked }) => name(ticked),
};

// -------------------------------------------------------------------- Login from the identity provider

const idpInitiated: Field = {
  input: 'ticks',
  id: 'idpInitiated',
  group: 'Login from the identity provider',
  label: 'IdP-initiated login',
  options: [{ id: 'enabled', name: 'Login can start at the identity provider (SAML)' }],
  initial: [],
  optional: true,
  widensTrust: true,
  problem: ({ idpClient }) =>
    idpClient.length ? undefined : 'Choose the application that people arrive at, below.',
  request: ({ connectionName, idpInitiated: ticked, idpClient, idpProtocol, idpQuery }) => {
    const client = picked(idpClient);
    const protocol = picked(idpProtocol);
    if (!ticked.length || !client) return {};
    return {
      connection_config: {
        name: connectionName,
        options: {
          idpinitiated: {
            enabled: true,
            client_id: client,
            ...(isProtocol(protocol) && { client_protocol: protocol }),
            ...(idpQuery && { client_authorizequery: idpQuery }),
          },
        },
      },
    };
  },
  summary: ({ idpInitiated: ticked }) => name(ticked),
};

const onlyIdpInitiated = ({ idpInitiated: ticked }: Values) =>
  ticked.length ? undefined : 'Tick “Login can start at the identity provider” above, or leave this empty.';

const idpClient: Field = {
  input: 'search',
  id: 'idpClient',
  source: 'clients',
  many: false,
  group: 'Login from the identity provider',
  label: 'Default application',
  hint: 'Where people arrive who start at their identity provider.',
  placeholder: 'Type a name or an ID',
  optional: true,
  widensTrust: true,
  problem: onlyIdpInitiated,
};

const PROTOCOLS: Choice[] = [
  { id: 'oauth2', name: 'OpenID Connect' },
  { id: 'samlp', name: 'SAML' },
  { id: 'wsfed', name: 'WS-Federation' },
];
const isProtocol = (id: string | undefined): id is 'oauth2' | 'samlp' | 'wsfed' =>
  PROTOCOLS.some((protocol) => protocol.id === id);

const idpProtocol: Field = {
  input: 'list',
  id: 'idpProtocol',
  group: 'Login from the identity provider',
  label: 'Response protocol',
  hint: 'How Auth0 hands the login to that application.',
  options: () => PROTOCOLS,
  initial: () => PROTOCOLS[0],
  widensTrust: true,
};

const QUERY_PARAMETERS = ['redirect_uri', 'scope', 'response_type'];

const idpQuery: Field = {
  input: 'text',
  id: 'idpQuery',
  group: 'Login from the identity provider',
  label: 'Query',
  hint: 'For OpenID Connect: redirect_uri, scope and response_type.',
  placeholder: 'redirect_uri=https://app.acme.com&scope=openid email',
  maxLength: 256,
  optional: true,
  widensTrust: true,
  problem: (values) => {
    const unneeded = onlyIdpInitiated(values);
    if (unneeded) return unneeded;
    if (picked(values.idpProtocol) !== 'oauth2') return 'A query goes with the protocol OpenID Connect only.';
    const unknown = [...new URLSearchParams(values.idpQuery).keys()].filter(
      (key) => !QUERY_PARAMETERS.includes(key),
    );
    return unknown.length
      ? `Only ${QUERY_PARAMETERS.join(', ')} may stand here, not ${unknown.join(', ')}.`
      : undefined;
  },
};

// ---------------------------------------------------------------------------------------- Provisioning

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const USER_SCOPES: Scope[] = VERBS.map((verb) => `${verb}:users` as const);
const GROUP_SCOPES: Scope[] = VERBS.map((verb) => `${verb}:groups` as const);
const ALL_SCOPES = [...USER_SCOPES, ...GROUP_SCOPES];
const SCOPE_CHOICES: Choice[] = ALL_SCOPES.map((scope) => ({ id: scope, name: scope }));

const SCIM: Choice[] = [
  { id: 'off', name: 'Off' },
  { id: 'users', name: 'Users' },
  { id: 'all', name: 'Users and groups' },
  { id: 'custom', name: 'Custom scopes' },
];

/** The SCIM scopes that are sent; none where provisioning is off, or an edit does not include it. */
function scimScopes(values: Values, kind: TicketKind): Scope[] {
  if (kind === 'edit' && !chosen(values.features, 'provisioning')) return [];
  switch (picked(values.scim)) {
    case 'users':
      return USER_SCOPES;
    case 'all':
      return ALL_SCOPES;
    case 'custom':
      return ALL_SCOPES.filter((scope) => chosen(values.scimScopes, scope));
    default:
      return [];
  }
}

const scim = (kind: TicketKind): Field => ({
  input: 'list',
  id: 'scim',
  group: 'Provisioning',
  label: 'Provisioning (SCIM)',
  hint: [
    ...(kind === 'edit' ? ['Where “Provisioning” is ticked above.'] : []),
    "The customer's identity provider creates and removes users by itself, with a token that the set-up shows.",
  ].join(' '),
  options: () => SCIM,
  initial: () => SCIM.find(({ id }) => id === (kind === 'edit' ? 'all' : 'off')),
  widensTrust: true,
  problem: (values) => {
    if (picked(values.scim) === 'custom' && !USER_SCOPES.every((scope) => chosen(values.scimScopes, scope))) {
      return 'SCIM works only with all five scopes for users: tick them below.';
    }
    const ticked = kind === 'edit' && chosen(values.features, 'provisioning');
    return ticked && picked(values.scim) === 'off' && !syncs(values, kind)
      ? 'Provisioning is ticked above, so choose what it covers.'
      : undefined;
  },
  request: (values) => {
    const scopes = scimScopes(values, kind);
    const lifetime = Number(picked(values.tokenLifetime));
    return scopes.length
      ? // Without a lifetime the token never expires.
        { provisioning_config: { scopes, ...(lifetime > 0 && { token_lifetime: lifetime }) } }
      : {};
  },
  summary: ({ scim: value }) => (picked(value) === 'off' ? undefined : name(value)),
});

const scimScopesField: Field = {
  input: 'ticks',
  id: 'scimScopes',
  group: 'Provisioning',
  label: 'Custom scopes',
  hint: 'For “Custom scopes” above. All five for users are needed.',
  options: SCOPE_CHOICES,
  initial: SCOPE_CHOICES.slice(0, USER_SCOPES.length),
  optional: true,
  widensTrust: true,
};

const DAY = 24 * 3600;
const LIFETIMES: Choice[] = [
  { id: String(30 * DAY), name: '30 days' },
  { id: String(90 * DAY), name: '90 days' },
  { id: String(365 * DAY), name: '1 year' },
  { id: 'never', name: 'Never expires' },
];

const tokenLifetime: Field = {
  input: 'list',
  id: 'tokenLifetime',
  group: 'Provisioning',
  label: 'Provisioning token expires in',
  options: () => LIFETIMES,
  initial: () => LIFETIMES[2],
  widensTrust: true,
};

const SYNC: Choice[] = [
  { id: 'off', name: 'Off' },
  { id: 'users', name: 'Users' },
  { id: 'all', name: 'Users and groups' },
];

function syncs(values: Values, kind: TicketKind): boolean {
  if (kind === 'edit' && !chosen(values.features, 'provisioning')) return false;
  return ['users', 'all'].includes(picked(values.googleSync) ?? 'off');
}

const googleSync: Field = {
  input: 'list',
  id: 'googleSync',
  group: 'Provisioning',
  label: 'Google Workspace directory sync',
  options: () => SYNC,
  initial: () => SYNC[0],
  problem: (values, { kind, tenant }) => {
    if (picked(values.googleSync) === 'off') return undefined;
    if (!syncs(values, kind)) return 'Tick “Provisioning” above, or turn this off.';
    const profile = tenant.profiles().find(({ id }) => id === picked(values.profile));
    const allowed = !profile || profile.providers.length === 0 || profile.providers.includes('google-apps');
    return allowed ? undefined : `The profile ${profile.name} does not offer Google Workspace.`;
  },
  request: (values, kind) =>
    syncs(values, kind)
      ? {
          provisioning_config: {
            google_workspace: { sync_users: true, sync_groups: picked(values.googleSync) === 'all' },
          },
        }
      : {},
  summary: ({ googleSync: value }) => (picked(value) === 'off' ? undefined : name(value)),
};

// ----------------------------------------------------------------------------------------------- Other

const THIRD_PARTY: Choice[] = [
  { id: 'no', name: 'No' },
  { id: 'yes', name: 'Yes' },
  { id: 'admin', name: "The customer's admin decides" },
];

const thirdParty: Field = {
  input: 'list',
  id: 'thirdParty',
  group: 'Other',
  label: 'Third-party applications',
  hint: 'Whether applications of other makers may use the connection too.',
  // An existing connection is not promoted by a link: only its admin can be let decide.
  options: ({ kind }) => (kind === 'edit' ? THIRD_PARTY.filter(({ id }) => id !== 'yes') : THIRD_PARTY),
  initial: () => THIRD_PARTY[0],
  widensTrust: true,
  request: ({ connectionName, thirdParty: value }) => {
    switch (picked(value)) {
      case 'yes':
        return { connection_config: { name: connectionName, is_domain_connection: true } };
      case 'admin':
        return { third_party_client_access_config: { allow_configuration: true } };
      default:
        return {};
    }
  },
  summary: ({ thirdParty: value }) => (picked(value) === 'no' ? undefined : name(value)),
};

const metadata = ({ requiredMetadata }: Policy): Field => ({
  input: 'text',
  id: 'metadata',
  group: 'Other',
  label: 'Metadata',
  hint: 'Kept with the connection, for your own use. One “key: value” a line.',
  placeholder: 'region: emea',
  maxLength: 3000,
  multiline: true,
  optional: true,
  problem: ({ metadata: text }) =>
    metadataProblem(
      text,
      requiredMetadata.map(({ key }) => key),
    ),
  request: ({ connectionName, metadata: text }) => {
    const pairs = readMetadata(text);
    return pairs.length
      ? { connection_config: { name: connectionName, metadata: Object.fromEntries(pairs) } }
      : {};
  },
  summary: ({ metadata: text }) =>
    readMetadata(text)
      .map((pair) => pair.join(': '))
      .join(', '),
});

const customDomain = ({ customDomains }: Policy): Field[] =>
  customDomains.length === 0
    ? []
    : [
        {
          input: 'list',
          id: 'customDomain',
          group: 'Other',
          label: 'Link opens on',
          options: () => [TENANT_DOMAIN, ...customDomains.map((domain) => ({ id: domain, name: domain }))],
          initial: () => TENANT_DOMAIN,
          summary: ({ customDomain: value }) =>
            picked(value) === TENANT_DOMAIN.id ? undefined : name(value),
        },
      ];
const TENANT_DOMAIN: Choice = { id: 'tenant', name: "The tenant's own domain" };

/** The custom domain that the link opens on, for the create call's header; undefined for the tenant's own. */
export function customDomainOf(values: Values): string | undefined {
  const id = picked(values.customDomain);
  return id === TENANT_DOMAIN.id ? undefined : id;
}

/** What “More options” adds to the form for a new connection. */
export const newOptions = (policy: Policy): Field[] => [
  showAsButton,
  iconUrl,
  domainVerification,
  pendingDomains,
  verifiedDomains,
  organizationDiscovery,
  idpInitiated,
  idpClient,
  idpProtocol,
  idpQuery,
  scim('new'),
  scimScopesField,
  tokenLifetime,
  googleSync,
  thirdParty,
  metadata(policy),
  ...customDomain(policy),
];

/** What “More options” adds to the form to edit: an edit can change nothing of the connection itself. */
export const editOptions = (policy: Policy): Field[] => [
  domainVerification,
  pendingDomains,
  organizationDiscovery,
  scim('edit'),
  scimScopesField,
  tokenLifetime,
  googleSync,
  thirdParty,
  ...customDomain(policy),
];
