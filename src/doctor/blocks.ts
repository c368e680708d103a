import { webApi } from '@slack/bolt';
import * as z from 'zod';
import type { Config } from '../config/config.ts';
import { retryWithin } from '../lib/retry.ts';
import { LAST_ATTEMPT_WAIT_MS } from '../slack/timeouts.ts';
import { rateLimitWait, type SlackApi, slackErrorCode } from '../slack/web-api.ts';
import { type Check, failed, passed } from './check.ts';
import { type Sample, samples } from './samples.ts';

/** The error codes of `blocks.validate` for what Slack would refuse. */
const REFUSED = new Set(['invalid_blocks', 'invalid_message', 'invalid_view']);

const refusal = z.object({
  errors: z.array(z.object({ message: z.string().default(''), pointer: z.string().default('') })),
});

/**
 * Asks Slack whether it would accept every modal and every message that the bot can send. Nothing is sent to anyone.
 */
export async function* checkBlocks(slack: SlackApi, config: Config): AsyncGenerator<Check> {
  const all = await samples(config);
  let refused = 0;
  for (const sample of all) {
    try {
      await retryWithin(LAST_ATTEMPT_WAIT_MS, rateLimitWait, () => validate(slack, sample));
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === undefined || !REFUSED.has(code)) {
        yield unchecked(code);
        return;
      }
      refused += 1;
      yield failed(
        `Slack blocks: Slack refuses ${sample.name}: ${reasons(error)}. If one of your settings is too long there, shorten it. Otherwise, report a bug`,
      );
    }
  }
  if (refused === 0) yield passed(`Slack blocks: Slack accepts all ${all.length} modals and messages`);
}

function validate(slack: SlackApi, sample: Sample) {
  return slack.blocks.validate(
    'view' in sample ? { view: sample.view } : { message: { blocks: sample.message.blocks } },
  );
}

/** @param code Slack's error code, if it gave one */
function unchecked(code: string | undefined): Check {
  if (code === 'unknown_method') {
    return passed("Slack blocks: not checked, because this Slack doesn't have the method blocks.validate");
  }
  const answer = code ? `Slack says ${code}` : "the bot can't read Slack's answer";
  return failed(`Slack blocks (blocks.validate): ${answer}. Try again in a minute`);
}

/** Slack's reasons, and where they apply. */
function reasons(error: unknown): string {
  const { data } = refusal.safeParse(error instanceof webApi.WebAPIPlatformError && error.data);
  const found = data?.errors.map(({ message, pointer }) => `${message} at ${pointer || '/'}`) ?? [];
  return found.slice(0, 3).join('; ') || 'no reason given';
}
