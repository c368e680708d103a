import type { webApi } from '@slack/bolt';
import { timeLimited } from '../patience.ts';

/** The Web API, as Bolt gives it to a listener. */
export type SlackApi = webApi.WebClient;

/**
 * `fetch` with a time limit to the end of the body. The Web API client's own `timeout` may be lost once the headers
 * are there, and a body that stalls is then waited for without end.
 */
export function wholeWithin(ms: number): typeof fetch {
  return (url, options) =>
    timeLimited(ms, async (signal) => {
      const answer = await fetch(url, { ...options, signal });
      const body = await answer.arrayBuffer();
      const { status, statusText, headers } = answer;
      return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    });
}

/**
 * For someone who waits: a call that failed on the way is made once more, and none takes longer than this in
 * all. (The Web API client by default repeats for half an hour.) What Slack limits is refused at once, since
 * every message here has another way to its person.
 */
export const API_OPTIONS = {
  fetch: wholeWithin(2_500),
  retryConfig: { retries: 1, minTimeout: 200, maxTimeout: 200 },
  rejectRateLimitedCalls: true,
} satisfies webApi.WebClientOptions;

const RESPONSE_URL_TIMEOUT_MS = 3_000;

/** A message to a `response_url`. Both are always named: left out, a post may go to everybody or replace something. */
export interface ResponseMessage {
  response_type: 'ephemeral' | 'in_channel';
  replace_original: boolean;
  text: string;
  blocks: object[];
}

/**
 * Posts to a `response_url`, which works in every conversation, up to 5 times within 30 minutes.
 *
 * @throws Error if Slack does not say that it took it; the message never names the URL
 */
export async function respond(responseUrl: string, response: ResponseMessage): Promise<void> {
  const answer = await wholeWithin(RESPONSE_URL_TIMEOUT_MS)(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // A link preview in Slack would open the link, and each opening counts.
    body: JSON.stringify({ ...response, unfurl_links: false, unfurl_media: false }),
    redirect: 'error',
  });
  // A proxy's page has status 200 too. Slack says `ok`, or the same as JSON.
  const said = await answer.text();
  if (!answer.ok || !/^ok$|"ok":\s*true/.test(said.trim())) {
    throw new Error(`Slack refused the response_url (${answer.status})`);
  }
}
