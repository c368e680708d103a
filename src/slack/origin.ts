import type { BlockAction } from '@slack/bolt';
import { z } from 'zod';
import { type Seal, SealError } from '../seal.ts';

/** Where someone asked, and so where the answer goes. */
export interface Origin {
  user: string;
  channel?: string | undefined;
  responseUrl?: string | undefined;
}

const originShape: z.ZodType<Origin> = z.object({
  user: z.string(),
  channel: z.string().optional(),
  responseUrl: z.string().optional(),
});

/** Where a button was clicked. */
export function clickOrigin({ user, channel, container, response_url }: BlockAction): Origin {
  return { user: user.id, channel: channel?.id ?? container.channel_id, responseUrl: response_url };
}

/** How long someone may take over a form, in seconds. */
const ORIGIN_SECONDS = 7 * 24 * 3600;

/** An origin as it travels in a view's `private_metadata`: about 500 characters. */
export function sealOrigin(seal: Seal, origin: Origin): Promise<string> {
  return seal.close('origin', origin, ORIGIN_SECONDS);
}

/** The origin of a view that came back from `user`. @throws SealError also if the view was another person's */
export async function openOrigin(seal: Seal, sealed: string, user: string): Promise<Origin> {
  const origin = await seal.open('origin', sealed, originShape);
  if (origin.user !== user) throw new SealError('forged');
  return origin;
}
