import { requestToken } from '../../stand-ins/auth0/request-token.ts';
import type { Auth0 } from '../../stand-ins/auth0/server.ts';

/** Calls the Management API without the SDK: `callAuth0(auth0, 'GET', '/clients?take=2')`. */
export async function callAuth0(
  auth0: Auth0,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const authorization = `Bearer ${await requestToken(auth0)}`;
  const response = await fetch(`https://${auth0.domain}/api/v2${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}
