import type { Auth0 } from './server.ts';

/** Requests an access token with the client secret. This process must trust the tenant's certificate. */
export async function requestToken({ domain, clientId, clientSecret }: Auth0): Promise<string> {
  const response = await fetch(`https://${domain}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience: `https://${domain}/api/v2/`,
    }),
  });
  return JSON.parse(await response.text()).access_token;
}
