import type { webApi } from '@slack/bolt';
import { timeLimited } from '../patience.ts';

/** The Web API, as Bolt gives it to a listener. */
export type SlackApi = webApi.WebClient;

/**
 * For someone who waits: a call that failed on the way is made once more, and none takes longer than this in
 * all. (The Web API client by default repeats for half an hour.) What Slack limits is refused at once, since
 * every message here has another way to its person.
 */
export const API_OPTIONS = {
  timeout: 2_500,
  retryConfig: { retries: 1, minTimeout: 200, maxTimeout: 200 },
  rejectRateLimitedCalls: true,
} satisfies webApi.WebClientOptions;

const RESPONSE_URL_TIMEOUT_MS = 3_000;

/** A message to a `response_url`. Both are always named: left out, a post may go to everybody or replace something. */
export interface Response {
  response_type: 'ephemeral' | 'in_channel';
  replace_original: boolean;
  text: string;
  blocks: object[];
}

/**
 * Posts to a `response_url`, which works in every conversation, up to 5 times within 30 minutes.
 *
 * @throws Error if Slack refuses it or does not answer; the message never names the URL
 */
export async function respond(responseUrl: string, response: Response): Promise<void> {
  const status = await timeLimited(RESPONSE_URL_TIMEOUT_MS, async (signal) => {
    const answer = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // A link preview in Slack would open the link, and each opening counts.
      body: JSON.stringify({ ...response, unfurl_links: false, unfurl_media: false }),
      redirect: 'error',
      signal,
    });
    await answer.text();
    return answer.status;
  });
  if (status < 200 || status > 299) throw new Error(`Slack refused the response_url (${status})`);
}
