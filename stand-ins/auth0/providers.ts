const labels: Record<string, string> = {
  auth0: 'Database',
  'google-oauth2': 'Google',
  oidc: 'OpenID Connect',
  samlp: 'SAML',
  waad: 'Microsoft Entra ID',
  'google-apps': 'Google Workspace',
  adfs: 'Active Directory FS',
  okta: 'Okta',
  'auth0-samlp': 'Auth0 (SAML)',
  'okta-samlp': 'Okta (SAML)',
  'keycloak-samlp': 'Keycloak',
  pingfederate: 'PingFederate',
};

/** A strategy as people know it. */
export const providerName = (strategy: string) => labels[strategy] ?? strategy;
