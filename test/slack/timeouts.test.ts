import { expect, it } from 'vitest';
import {
  ACCESS_CHECK_TIMEOUT_MS,
  FORM_CONTENT_TIMEOUT_MS,
  SLACK_DEADLINE_MS,
  SUGGESTION_TIMEOUT_MS,
} from '../../src/slack/timeouts.ts';

/** For the way from Slack to the bot and back, and for the bot's own work. */
const MARGIN_MS = 500;

it.each([
  ['a form', ACCESS_CHECK_TIMEOUT_MS + FORM_CONTENT_TIMEOUT_MS],
  ['suggestions', ACCESS_CHECK_TIMEOUT_MS + SUGGESTION_TIMEOUT_MS],
  // The form's own check of the options for editors, and the check of the conversation.
  ['a submission', 2 * ACCESS_CHECK_TIMEOUT_MS],
])('the time limits of %s fit within the time that Slack waits', (_, sum) => {
  expect(sum).toBeLessThanOrEqual(SLACK_DEADLINE_MS - MARGIN_MS);
});
