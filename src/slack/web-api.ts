import { type Logger, LogLevel, webApi } from '@slack/bolt';
import { type CallObserver, observe } from '../lib/observe.ts';
import { withTimeout } from '../lib/timeouts.ts';
import { parseUrl } from '../lib/url.ts';
import { RESPONSE_URL_TIMEOUT_MS, WEB_API_RETRY_DELAY_MS, WEB_API_TIMEOUT_MS } from './timeouts.ts';

export type SlackApi = webApi.WebClient;

/**
 * `fetch` with a time limit to the end of the body. The Web API client's own `timeout` ends at the headers, so a body
 * that stalls would hang forever.
 */
export function fetchWithin(ms: number): typeof fetch {
  return (url, options) =>
    withTimeout(ms, async (signal) => {
      const response = await fetch(url, { ...options, signal });
      const body = await response.arrayBuffer();
      const { status, statusText, headers } = response;
      return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    });
}

/**
 * For calls that a person waits for: one retry after a network failure, and none after a rate limit, because every
 * message can reach its person in another way. (By default, the client retries for half an hour.)
 */
export const WEB_API_OPTIONS = {
  fetch: fetchWithin(WEB_API_TIMEOUT_MS),
  retryConfig: { retries: 1, minTimeout: WEB_API_RETRY_DELAY_MS, maxTimeout: WEB_API_RETRY_DELAY_MS },
  rejectRateLimitedCalls: true,
} satisfies webApi.WebClientOptions;

/** A Web API client that tells an observer about each call. */
export class ObservedWebClient extends webApi.WebClient {
  readonly #onCall: CallObserver | undefined;

  constructor(token: string, options: webApi.WebClientOptions, onCall: CallObserver | undefined) {
    super(token, options);
    this.#onCall = onCall;
  }

  override apiCall(...args: Parameters<webApi.WebClient['apiCall']>): Promise<webApi.WebAPICallResult> {
    return observe(this.#onCall, args[0], () => super.apiCall(...args), slackOutcome);
  }
}

/** Why a call to Slack failed, in one word. */
export function slackOutcome(error: unknown): string {
  const code = slackErrorCode(error);
  if (code) return code;
  if (rateLimitWait(error) !== undefined) return 'rate_limited';
  if (isTimeout(error)) return 'timeout';
  return error instanceof ResponseUrlError ? 'refused' : 'no_answer';
}

/** Slack's error code, such as `invalid_auth`. Undefined if the error isn't a response from Slack. */
export function slackErrorCode(error: unknown): string | undefined {
  const code = error instanceof webApi.WebAPIPlatformError ? error.data.error : '';
  // The client treats a page of HTML as a code.
  return /^[a-z][a-z0-9_]{1,60}$/.test(code) ? code : undefined;
}

/** Whether a call took longer than `WEB_API_TIMEOUT_MS`. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || isTimeout(error.cause);
}

/** How long Slack's rate limit lasts, in milliseconds. Undefined if the error is another one. */
export function rateLimitWait(error: unknown): number | undefined {
  const isLimit = error instanceof webApi.WebAPIRateLimitedError || error instanceof ResponseUrlError;
  return isLimit && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}

/**
 * A logger for Bolt and the Web API client. Without `write` it is silent. Debug lines contain secrets: never pass them
 * on.
 */
export function slackLogger(write?: (level: 'info' | 'warn' | 'error', text: string) => void): Logger {
  const log =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      write?.(level, parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '));
  return {
    debug: () => undefined,
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

/** A post to a `response_url`. Without these two, it may go to everyone or replace the original message. */
export interface ResponseMessage {
  response_type: 'ephemeral' | 'in_channel';
  replace_original: boolean;
  text: string;
  blocks: object[];
}

/** Slack doesn't confirm a post to a `response_url`. The message never has the URL. */
class ResponseUrlError extends Error {
  override name = 'ResponseUrlError';
  /** In seconds, if Slack limits the rate and says so. */
  readonly retryAfter: number | undefined;
  constructor({ status, headers }: Response) {
    super(`Slack refused the response_url (${status})`);
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    this.retryAfter = status === 429 && seconds >= 0 ? seconds : undefined;
  }
}

/**
 * Posts to a `response_url`. It works in every conversation, up to 5 times within 30 minutes. A post can contain a
 * link, so it goes only to Slack.
 *
 * @throws ResponseUrlError if Slack doesn't confirm the post
 */
export async function postToResponseUrl(
  { slackApiUrl }: SlackApi,
  responseUrl: string,
  message: ResponseMessage,
): Promise<void> {
  if (!isSlackUrl(responseUrl, slackApiUrl)) throw new Error("The response_url is not one of Slack's");
  const response = await fetchWithin(RESPONSE_URL_TIMEOUT_MS)(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // A link preview would open the link, and each opening counts.
    body: JSON.stringify({ ...message, unfurl_links: false, unfurl_media: false }),
    redirect: 'error',
  });
  // Slack returns `ok`, or the same as JSON. A proxy's error page may have status 200 too.
  const text = await response.text();
  if (!response.ok || !/^ok$|"ok":\s*true/.test(text.trim())) {
    throw new ResponseUrlError(response);
  }
}

const RESPONSE_URL_ORIGINS = ['https://hooks.slack.com', 'https://hooks.slack-gov.com'];

/** Whether a `response_url` is one of Slack's, or of the stand-in that acts as Slack. */
export function isSlackUrl(url: string, apiUrl: string): boolean {
  const origin = parseUrl(url)?.origin;
  if (origin === undefined) return false;
  return RESPONSE_URL_ORIGINS.includes(origin) || origin === new URL(apiUrl).origin;
}
