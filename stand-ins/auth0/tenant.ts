import { randomInt } from 'node:crypto';

/** A self-service profile. Without `allowed_strategies`, it allows all strategies. */
export interface Profile {
  id: string;
  name: string;
  description?: string | undefined;
  allowed_strategies?: string[] | undefined;
  user_attributes?: { name: string; description: string; is_optional: boolean }[] | undefined;
  /** Used instead of `user_attributes`. */
  user_attribute_profile_id?: string | undefined;
  branding?:
    | { logo_url?: string | undefined; colors?: { primary: string } | undefined; [other: string]: unknown }
    | undefined;
  created_at?: string | undefined;
  updated_at?: string | undefined;
}

/** A set of attributes that self-service profiles can share. */
interface AttributeProfile {
  id: string;
  name: string;
}

/** An application. */
export interface Client {
  client_id: string;
  name: string;
  description?: string | undefined;
  app_type?: string | undefined;
  global?: boolean | undefined;
  is_first_party?: boolean | undefined;
  tenant?: string | undefined;
  callbacks?: string[] | undefined;
  grant_types?: string[] | undefined;
}

export interface Organization {
  id: string;
  name: string;
  display_name?: string | undefined;
  metadata?: Record<string, string> | undefined;
}

interface ConnectionOptions {
  domain_aliases?: string[] | null | undefined;
  [option: string]: unknown;
}

/** A connection. Lists leave out `enabled_clients`; `options` needs its own scope. */
export interface Connection {
  id: string;
  name: string;
  strategy: string;
  display_name?: string | undefined;
  is_domain_connection?: boolean | undefined;
  show_as_button?: boolean | undefined;
  realms?: string[] | undefined;
  metadata?: Record<string, string | null> | undefined;
  options?: ConnectionOptions | undefined;
  enabled_clients: string[];
}

/** A connection that is enabled for an organization. */
export interface OrganizationConnection {
  organization_id: string;
  connection_id: string;
  assign_membership_on_login: boolean;
  show_as_button: boolean;
}

/** The resources of a tenant, in the Management API's format. */
export interface TenantData {
  profiles: Profile[];
  attributeProfiles: AttributeProfile[];
  /** The texts of the setup assistant's first page, by profile ID. */
  customTexts: Record<string, Record<string, string>>;
  clients: Client[];
  organizations: Organization[];
  connections: Connection[];
  organizationConnections: OrganizationConnection[];
}

/** All strategies that a profile can allow. */
export const profileStrategies = [
  'oidc',
  'samlp',
  'waad',
  'google-apps',
  'adfs',
  'okta',
  'auth0-samlp',
  'okta-samlp',
  'keycloak-samlp',
  'pingfederate',
] as const;

/** The strategies that the customer's admin can choose. */
export function allowedStrategies(profile: Profile): readonly string[] {
  return profile.allowed_strategies ?? profileStrategies;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Cryptographically random letters and digits. */
export function randomId(length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** Creates the data of a small tenant of a B2B software company. */
export function defaultTenant(): TenantData {
  const created_at = '2026-03-02T09:30:00.000Z';
  return {
    profiles: [
      {
        id: 'ssp_n7SNCL8seoyV1TuSTCnAeo',
        name: 'Standard',
        description: 'Single sign-on with any provider',
        created_at,
        updated_at: created_at,
      },
      {
        id: 'ssp_f6qBHtjNfq5XhM7CKTZ2xp',
        name: 'Microsoft and Okta',
        description: 'For customers on Entra ID or Okta',
        allowed_strategies: ['waad', 'okta', 'okta-samlp'],
        created_at,
        updated_at: created_at,
      },
    ],
    attributeProfiles: [],
    customTexts: {},
    clients: [
      { client_id: 'Zw1Qe7Rt5Yu3Io9Pa2Sd4Fg6Hj8Kl0Xc', name: 'All Applications', global: true },
      client('q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A', 'Customer Portal', 'regular_web', 'Where customers log in'),
      client('t8GhY2jUk6Mn4Bv0Cx3Za9Qw1Es7Rd5P', 'Analytics', 'spa', 'Dashboards & reports'),
      client('b5NmL9kJh3Gf7Ds1Aq2We4Rt6Yu8Io0Z', 'Mobile App', 'native'),
      client('x2CvB6nMq8We0Rt4Yu1Io3Pa5Sd7Fg9H', 'Partner Hub', 'regular_web'),
      client('m4KjH8gFd2Sa6Pl0Ok1Ij3Uh5Yg7Tf9R', 'Billing Sync', 'non_interactive', 'Nightly job'),
    ],
    organizations: [
      organization('org_Glx3uBq7Ns5Vt1Ke', 'globex', 'Globex Inc'),
      organization('org_Int8wDr2Pf6Hy4Mj', 'initech', 'Initech'),
      organization('org_Umb1kLz9Cq3Xb7Vn', 'umbrella', 'Umbrella Corporation'),
      organization('org_Soy6tRe4Wq8Ui2Op', 'soylent', 'Soylent Foods'),
      organization('org_Hoo5gTy1Fr9Dc3Sw', 'hooli', 'Hooli'),
      organization('org_Sta7nMb3Vx5Cz1Lk', 'stark-industries', 'Stark Industries'),
      organization('org_Way2pOi8Uy6Tr4Eq', 'wayne-enterprises', 'Wayne Enterprises'),
      organization('org_Vns9jHg5Fd1Sa7Qe', 'van-saren', 'Van Saren & Söhne <GmbH>'),
    ],
    connections: [
      connection('con_Db4sYt8Rw2Qp6Lk0', 'Username-Password-Authentication', 'auth0'),
      connection('con_Go1gLe5Xz9Cv3Bn7', 'google-oauth2', 'google-oauth2'),
      connection('con_In6tEc2Hs8Ml4Pq0', 'initech-saml', 'samlp', 'Initech', ['initech.example']),
      connection('con_Ho3oLi7Ok1Ta5Zx9', 'hooli-okta', 'okta', 'Hooli', ['hooli.example']),
      connection('con_Um8bRe4Wa0Ad6Gf2', 'umbrella-entra', 'waad', 'Umbrella', ['umbrella.example']),
      connection('con_So5yLe9Oi3Dc7Vb1', 'soylent-oidc', 'oidc', 'Soylent Foods'),
    ],
    organizationConnections: [
      enabled('org_Int8wDr2Pf6Hy4Mj', 'con_In6tEc2Hs8Ml4Pq0'),
      enabled('org_Hoo5gTy1Fr9Dc3Sw', 'con_Ho3oLi7Ok1Ta5Zx9'),
      enabled('org_Umb1kLz9Cq3Xb7Vn', 'con_Um8bRe4Wa0Ad6Gf2'),
      // A database isn't an enterprise connection.
      enabled('org_Way2pOi8Uy6Tr4Eq', 'con_Db4sYt8Rw2Qp6Lk0'),
    ],
  };
}

function client(client_id: string, name: string, app_type: string, description?: string): Client {
  return { client_id, name, description, app_type, global: false, is_first_party: true };
}

function organization(id: string, name: string, display_name: string): Organization {
  return { id, name, display_name };
}

function enabled(organization_id: string, connection_id: string): OrganizationConnection {
  return { organization_id, connection_id, assign_membership_on_login: true, show_as_button: true };
}

function connection(
  id: string,
  name: string,
  strategy: string,
  display_name?: string,
  domain_aliases?: string[],
): Connection {
  return {
    id,
    name,
    strategy,
    display_name,
    options: { domain_aliases },
    show_as_button: false,
    is_domain_connection: false,
    realms: [name],
    enabled_clients: ['q3vBn7mKx1Lp9Ws5Ed2Rf8Tg4Yh6Uj0A'],
  };
}
