import type { BlockAction } from '@slack/bolt';
import * as z from 'zod';
import { type Seal, SealError } from '../lib/seal.ts';
import { FORM_LIFETIME_SECONDS } from './timeouts.ts';

/** The person who asked for something, and where: that is where the answer goes. */
export interface ReplyTarget {
  user: string;
  channel?: string | undefined;
  responseUrl?: string | undefined;
}

export const replyTarget: z.ZodType<ReplyTarget> = z.object({
  user: z.string(),
  channel: z.string().optional(),
  responseUrl: z.string().optional(),
});

/** Where an answer can go. */
export type Place = Omit<ReplyTarget, 'user'>;

/** Where a click was. */
export function placeOf({ channel, container, response_url }: BlockAction): Place {
  return { channel: channel?.id ?? container?.channel_id, responseUrl: response_url };
}

const PURPOSE = 'origin';

/** Seals a target for a view's `private_metadata`: about 500 characters. */
export function sealTarget(seal: Seal, target: ReplyTarget): Promise<string> {
  return seal.seal(PURPOSE, target, FORM_LIFETIME_SECONDS);
}

/**
 * Opens the target of a view that came back from `user`.
 *
 * @throws SealError, even if the seal is ours but the view is another person's
 */
export async function openTarget(seal: Seal, sealed: string, user: string): Promise<ReplyTarget> {
  const target = await seal.open(PURPOSE, sealed, replyTarget);
  if (target.user !== user) throw new SealError('forged');
  return target;
}
