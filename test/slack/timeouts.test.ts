import { expect, it } from 'vitest';
import {
  ACCESS_CHECK_TIMEOUT_MS,
  FORM_CONTENT_TIMEOUT_MS,
  SLACK_DEADLINE_MS,
  SUGGESTION_TIMEOUT_MS,
} from '../../src/slack/timeouts.ts';

/** Time for the network and for the bot's own work. */
const MARGIN_MS = 500;

it.each([
  ['a form', ACCESS_CHECK_TIMEOUT_MS + FORM_CONTENT_TIMEOUT_MS],
  ['suggestions', ACCESS_CHECK_TIMEOUT_MS + SUGGESTION_TIMEOUT_MS],
  // One check for the options that only editors can use, and one for the conversation.
  ['a submission', 2 * ACCESS_CHECK_TIMEOUT_MS],
])('the timeouts of %s fit in the time that Slack waits', (_, sum) => {
  expect(sum).toBeLessThanOrEqual(SLACK_DEADLINE_MS - MARGIN_MS);
});
