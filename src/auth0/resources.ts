/** The parts of a self-service profile that the bot uses. */
export interface Profile {
  id: string;
  name: string;
  description: string;
  /** Strategies. Empty means all. */
  providers: string[];
  attributes: { name: string; optional: boolean }[];
  /** The user attribute profile that it uses instead of attributes: its name, or else its ID. Empty if it uses none. */
  attributeProfile: string;
}

/** How the setup assistant looks. Auth0 may know more settings than these. */
interface Branding {
  logo_url?: string | undefined;
  colors?: { primary: string; [other: string]: unknown } | undefined;
  [other: string]: unknown;
}

/** Everything in a profile that can be edited, except its introduction. */
export interface ProfileDetails extends Profile {
  attributes: { name: string; description: string; optional: boolean }[];
  branding: Branding;
}

/** An application that people sign in to. */
export interface Client {
  id: string;
  name: string;
}

export interface Organization {
  id: string;
  /** Lower case and unique in the tenant. */
  name: string;
  displayName: string;
}

export interface Connection {
  id: string;
  name: string;
  displayName: string;
  strategy: string;
}

/** The lists that are searched by typing. */
export type SearchSource = 'clients' | 'organizations' | 'connections';

export const MAX_CONNECTION_NAME_LENGTH = 128;
const CONNECTION_NAME = /^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/;

/** Auth0's rule for a connection's name: 1–128 letters, digits, and single hyphens between them. */
export function isConnectionName(text: string): boolean {
  return text.length <= MAX_CONNECTION_NAME_LENGTH && CONNECTION_NAME.test(text);
}

const CLIENT_ID = /^\w{20,64}$/;
const ORGANIZATION_ID = /^org_\w+$/;
const ORGANIZATION_NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/i;
const CONNECTION_ID = /^con_\w+$/;

export const isOrganizationId = (text: string) => ORGANIZATION_ID.test(text);
export const isConnectionId = (text: string) => CONNECTION_ID.test(text);

/** Whether Auth0 can look up this text: it looks like an ID or a unique name. Applications have no unique name. */
export function canLookUp(source: SearchSource, text: string): boolean {
  switch (source) {
    case 'clients':
      return CLIENT_ID.test(text);
    case 'organizations':
      return ORGANIZATION_ID.test(text) || ORGANIZATION_NAME.test(text);
    case 'connections':
      return CONNECTION_ID.test(text) || isConnectionName(text);
  }
}
