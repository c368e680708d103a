import { ApiError, type ApiResponse } from './response.ts';
import { allowedStrategies, type Connection, type Profile, randomId } from './tenant.ts';
import type { Tenant, Ticket } from './ticket.ts';
import { userScopes } from './ticket-schema.ts';

const sessionMs = 5 * 60 * 60 * 1000;
const maxOpens = 10;

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

/** Opens a ticket's link, and returns a page like Auth0's setup assistant. */
export function openTicket(tenant: Tenant, ticketId: string): ApiResponse {
  return toPage(() => {
    const { ticket, profile } = findUsable(tenant, ticketId);
    if (ticket.opens >= maxOpens) throw new ApiError(403, 'This link was opened too many times.');
    recordOpening(ticket);
    const { connection_config, connection_id } = ticket.body;
    const edited = tenant.connections.find(({ id }) => id === connection_id);
    const name = connection_config?.display_name ?? connection_config?.name ?? edited?.name ?? '';
    const choices = allowedStrategies(profile).map(
      (strategy) =>
        `<label><input type="radio" name="provider" value="${escapeHtml(strategy)}" required> ${escapeHtml(providerName(strategy))}</label>`,
    );
    return html(
      'Set up single sign-on',
      `<p>You’re now the customer’s IT admin, setting up the connection <strong>${escapeHtml(name)}</strong>.</p>
<p>Auth0’s own assistant also asks for your provider’s settings and tests them. Here, you only choose the provider.</p>
${appearance(profile, tenant)}
<form method="post"><fieldset><legend>Choose your identity provider</legend>${choices.join('\n')}</fieldset>
<button>Finish</button></form>`,
    );
  });
}

/** A profile's introduction and branding, as text: nothing of it becomes part of the page. */
function appearance({ id, branding }: Profile, { customTexts }: Tenant): string {
  const lines = {
    Introduction: customTexts[id]?.introduction,
    Logo: branding?.logo_url,
    'Primary color': branding?.colors?.primary,
  };
  return Object.entries(lines)
    .filter(([, value]) => value)
    .map(([label, value = '']) => `<p>${label}: ${escapeHtml(value)}</p>`)
    .join('\n');
}

/** Handles the form of the setup page. */
export function finishTicket(tenant: Tenant, ticketId: string, provider: string): ApiResponse {
  return toPage(() => {
    const { name, display_name } = completeTicket(tenant, ticketId, provider);
    return html(
      'Single sign-on is ready',
      `<p>The connection <strong>${escapeHtml(display_name ?? name)}</strong> is set up. Close this tab to go back to Slack.</p>`,
    );
  });
}

/**
 * Acts as the customer's admin: creates or edits the connection. Throws an `ApiError` if the ticket cannot be used.
 */
export function configureTicket(tenant: Tenant, ticketId: string, provider: string): Connection {
  const { ticket, profile } = findUsable(tenant, ticketId);
  if (!allowedStrategies(profile).includes(provider)) {
    throw new ApiError(400, 'Choose one of the identity providers.');
  }
  if (ticket.openedAt === undefined) recordOpening(ticket);
  const connection = findOrCreateConnection(tenant, ticket, provider);
  ticket.connectionId = connection.id;
  ticket.scimEnabled = enablesScim(ticket, connection);
  return connection;
}

/** The same, and enables the connection for the applications and organizations of the ticket. */
export function completeTicket(tenant: Tenant, ticketId: string, provider: string): Connection {
  const connection = configureTicket(tenant, ticketId, provider);
  const { ticket } = findUsable(tenant, ticketId);
  connection.enabled_clients = [
    ...new Set([...connection.enabled_clients, ...(ticket.body.enabled_clients ?? [])]),
  ];
  for (const enabled of ticket.body.enabled_organizations ?? []) {
    const { organization_id } = enabled;
    tenant.organizationConnections = tenant.organizationConnections.filter(
      (old) => old.connection_id !== connection.id || old.organization_id !== organization_id,
    );
    tenant.organizationConnections.push({
      organization_id,
      connection_id: connection.id,
      assign_membership_on_login: enabled.assign_membership_on_login ?? false,
      show_as_button: enabled.show_as_button ?? true,
    });
  }
  return connection;
}

function findOrCreateConnection(tenant: Tenant, ticket: Ticket, provider: string): Connection {
  const config = ticket.body.connection_config;
  const id = ticket.connectionId ?? ticket.body.connection_id;
  const existing = tenant.connections.find((connection) => connection.id === id);
  if (existing) return existing;
  if (!config) throw new ApiError(404, 'The connection no longer exists.');
  if (tenant.connections.some(({ name }) => name === config.name)) {
    throw new ApiError(409, 'A connection with this name already exists.');
  }
  const connection: Connection = {
    id: `con_${randomId(16)}`,
    name: config.name,
    // Variants such as okta-samlp all create a SAML connection.
    strategy: provider.endsWith('-samlp') ? 'samlp' : provider,
    display_name: config.display_name,
    is_domain_connection: config.is_domain_connection ?? false,
    show_as_button: config.show_as_button ?? false,
    metadata: config.metadata,
    options: { ...config.options },
    realms: [config.name],
    enabled_clients: [],
  };
  tenant.connections.push(connection);
  return connection;
}

const scimStrategies = ['okta', 'waad', 'oidc', 'samlp'];

/** Auth0 accepts a ticket without all five user scopes. It then doesn't enable SCIM. */
function enablesScim({ body }: Ticket, { strategy }: Connection): boolean {
  const scopes = body.provisioning_config?.scopes ?? [];
  const offered = body.connection_config !== undefined || body.enabled_features?.provisioning === true;
  return offered && scimStrategies.includes(strategy) && userScopes.every((scope) => scopes.includes(scope));
}

function recordOpening(ticket: Ticket): void {
  ticket.opens += 1;
  if (ticket.openedAt !== undefined) return;
  ticket.openedAt = Date.now();
  ticket.expiresAt = ticket.openedAt + sessionMs;
}

function findUsable(tenant: Tenant, ticketId: string): { ticket: Ticket; profile: Profile } {
  const ticket = tenant.tickets.find(({ id }) => id === ticketId);
  const profile = tenant.profiles.find(({ id }) => id === ticket?.profileId);
  if (!ticket || !profile) throw new ApiError(404, 'This link is not valid.');
  if (ticket.state === 'revoked') throw new ApiError(403, 'This link has been revoked.');
  if (ticket.state === 'expired') throw new ApiError(403, 'This link has expired.');
  return { ticket, profile };
}

function toPage(render: () => string): ApiResponse {
  try {
    return { status: 200, headers, html: render() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const page = html('This link can’t be used', `<p>${escapeHtml(error.message)}</p>`);
    return { status: error.status, headers, html: page };
  }
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:30rem;margin:4rem auto;padding:0 1.25rem}h1{font-size:1.5rem}
fieldset{margin:1.5rem 0;padding:.5rem 1.25rem 1rem;border:1px solid #8886;border-radius:10px}
label{display:block;padding:.2rem 0}legend{padding:0 .5rem;font-weight:600}
button{padding:.5rem 1.5rem;cursor:pointer;border:0;border-radius:6px;background:#1d6b66;color:#fff;font:inherit;font-weight:600}
footer{margin-top:3rem;font-size:.85rem}`;

function html(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main><h1>${escapeHtml(title)}</h1>
${content}</main>
<footer>This page stands in for Auth0’s setup assistant.</footer>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
