import { setTimeout as sleep } from 'node:timers/promises';
import { type types, webApi } from '@slack/bolt';
import { errorFields } from '../log.ts';
import { respond } from './api.ts';
import type { Bot } from './bot.ts';
import type { Posted } from './issued.ts';
import type { Message } from './messages.ts';
import type { Origin } from './origin.ts';

/** Where a message arrived: in the conversation where it was asked for, or in the person's own with the bot. */
export type Place = 'conversation' | 'direct';

/**
 * Brings an ephemeral message to one person: by the `response_url`; else by `chat.postEphemeral` in the same
 * conversation, where the bot is a member; else in the person's own conversation with the bot. Each way has a
 * time limit of seconds. A way that fails without an answer may have worked, so the message can come twice,
 * to the same person.
 *
 * @returns where it went, or undefined if every way failed
 */
export async function deliver(
  { slack, people, log }: Pick<Bot, 'slack' | 'people' | 'log'>,
  origin: Origin,
  message: Message,
): Promise<Place | undefined> {
  const { user, channel, responseUrl } = origin;
  const post = (to: string) =>
    slack.chat.postEphemeral({
      channel: to,
      user,
      text: message.text,
      blocks: message.blocks,
    });
  const ways: [Place, string, (() => Promise<unknown>) | undefined][] = [
    [
      'conversation',
      'response_url',
      responseUrl
        ? () => respond(responseUrl, { response_type: 'ephemeral', replace_original: false, ...message })
        : undefined,
    ],
    ['conversation', 'chat.postEphemeral', channel ? () => post(channel) : undefined],
    ['direct', 'direct message', async () => post(await people.direct(user))],
  ];
  for (const [place, way, go] of ways) {
    if (!go) continue;
    try {
      await go();
      return place;
    } catch (error) {
      log.warn({ way, user, channel, ...errorFields(error) }, 'Slack did not take a message this way');
    }
  }
  return undefined;
}

/** How long a last view waits for Slack's rate limit, at most: after a burst Slack takes only so many a minute. */
const LAST_VIEW_MS = 15_000;

/**
 * Shows a view in place of another; false if that was closed, or Slack does not take it.
 *
 * @param last nothing follows this view: it is shown again where Slack's rate limit asks for a short wait
 */
export async function showView(
  { slack, log }: Pick<Bot, 'slack' | 'log'>,
  viewId: string,
  view: types.ModalView,
  last?: 'last',
): Promise<boolean> {
  const show = () => slack.views.update({ view_id: viewId, view });
  try {
    await show().catch(async (error: unknown) => {
      const wait = error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : undefined;
      if (!last || wait === undefined || wait > LAST_VIEW_MS) throw error;
      await sleep(wait);
      return show();
    });
    return true;
  } catch (error) {
    log.info(errorFields(error), 'A view could not be updated: most likely it was closed');
    return false;
  }
}

/** Puts a message in place of a receipt; false if Slack does not take it. */
export async function updateReceipt(
  { slack, log }: Pick<Bot, 'slack' | 'log'>,
  receipt: Posted,
  message: Message,
): Promise<boolean> {
  try {
    await slack.chat.update({ ...receipt, ...message });
    return true;
  } catch (error) {
    log.warn(errorFields(error), 'A receipt could not be updated');
    return false;
  }
}
