import { expect, it } from 'vitest';
import {
  ACCESS_CHECK_TIMEOUT_MS,
  FORM_CONTENT_TIMEOUT_MS,
  LIVE_LINKS_TIMEOUT_MS,
  SLACK_DEADLINE_MS,
  SUGGESTION_TIMEOUT_MS,
} from '../../src/slack/timeouts.ts';

/** Time for the network and for the bot's own work. */
const MARGIN_MS = 500;

it.each([
  ['a form', ACCESS_CHECK_TIMEOUT_MS + FORM_CONTENT_TIMEOUT_MS],
  ['suggestions', ACCESS_CHECK_TIMEOUT_MS + SUGGESTION_TIMEOUT_MS],
  // The options that only editors can use, and the links for the connection, are looked up together.
  ['a submission', ACCESS_CHECK_TIMEOUT_MS + Math.max(ACCESS_CHECK_TIMEOUT_MS, LIVE_LINKS_TIMEOUT_MS)],
])('the timeouts of %s fit in the time that Slack waits', (_, sum) => {
  expect(sum).toBeLessThanOrEqual(SLACK_DEADLINE_MS - MARGIN_MS);
});
