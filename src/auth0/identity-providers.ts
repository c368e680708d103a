import type { Management } from 'auth0/management';

/** A strategy that a self-service profile can allow. */
export type ProfileStrategy = Management.SelfServiceProfileAllowedStrategyEnum;

/** The identity providers that a self-service profile may offer, by the names that people know. */
const NAMES: Record<ProfileStrategy, string> = {
  oidc: 'OpenID Connect',
  samlp: 'SAML',
  waad: 'Microsoft Entra ID',
  'google-apps': 'Google Workspace',
  adfs: 'Microsoft AD FS',
  okta: 'Okta Workforce',
  'auth0-samlp': 'Auth0 (SAML)',
  'okta-samlp': 'Okta Workforce (SAML)',
  'keycloak-samlp': 'Keycloak (SAML)',
  pingfederate: 'PingFederate',
};

/** All of them, in the order in which forms list them. */
export const PROFILE_PROVIDERS = Object.entries(NAMES).map(([id, name]) => ({
  // A key of `NAMES`.
  id: id as ProfileStrategy,
  name,
}));

/** The name of an identity provider. An unknown strategy keeps Auth0's own name. */
export function identityProviderName(strategy: string): string {
  return PROFILE_PROVIDERS.find(({ id }) => id === strategy)?.name ?? strategy;
}

/** Databases, passwordless, and sign-in with a personal account. */
const NOT_ENTERPRISE: ReadonlySet<string> = new Set(
  `auth0 email sms amazon apple baidu bitbucket bitly box daccount dropbox dwolla evernote evernote-sandbox exact
  facebook fitbit github google-oauth2 instagram line linkedin paypal paypal-sandbox planningcenter shop shopify
  soundcloud thirtysevensignals twitter untappd vkontakte weibo windowslive wordpress yahoo yandex`.split(
    /\s+/,
  ),
);

/** Whether a connection can belong to a company. An unknown strategy can. */
export function isEnterprise(strategy: string): boolean {
  return !NOT_ENTERPRISE.has(strategy);
}

/**
 * The strategies of connections that a link can edit. A profile's `-samlp` variants create a `samlp` connection, so
 * no connection has them as its strategy.
 */
export const EDITABLE_STRATEGIES: ReadonlySet<string> = new Set([
  'oidc',
  'samlp',
  'waad',
  'google-apps',
  'adfs',
  'okta',
  'pingfederate',
]);
