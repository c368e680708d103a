import { format } from './validation.ts';

/** The formats of Auth0's IDs and names in its published description. */
export const connectionId = format('connection-id', /^con_[A-Za-z0-9]{16}$/);
export const organizationId = format('organization-id', /^org_[A-Za-z0-9]{16}$/);
export const clientId = format('client-id', /^[A-Za-z0-9_-]{1,64}$/);
export const organizationName = format('organization-name', /^[a-z0-9][a-z0-9_-]{0,49}$/);
