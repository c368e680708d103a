import { randomUUID } from 'node:crypto';
import type { BlockAction, ButtonAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { SealError } from '../seal.ts';
import { announce } from './announce.ts';
import { respond } from './api.ts';
import type { Bot } from './bot.ts';
import { deliver, updateReceipt } from './delivery.ts';
import { type Issued, openIssued } from './issued.ts';
import { type Message, notice, revokedMessage } from './messages.ts';
import { clickOrigin, type Origin } from './origin.ts';

type ClickArgs = SlackActionMiddlewareArgs<BlockAction<ButtonAction>>;

/**
 * Revokes the ticket of the button that was clicked. The message that holds the link, and the receipt, then
 * say so; if neither can be changed, a new message does.
 */
export async function revokeTicket(bot: Bot, { body, action }: ClickArgs): Promise<void> {
  const { seal, tenant, settings, audit, log } = bot;
  const { container } = body;
  const origin = clickOrigin(body);
  const tell = (sentence: string) => deliver(bot, origin, notice(sentence, settings.tenantLabel));
  let issued: Issued;
  try {
    issued = await openIssued(seal, action.value);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    const { user, channel } = origin;
    audit({ event: 'seal_refused', user, channel, what: action.action_id, reason: error.reason });
    await tell(error.reason === 'expired' ? EXPIRED : FORGED);
    return;
  }

  const { facts } = issued;
  const correlationId = randomUUID();
  const line = { ...facts, user: origin.user, channel: origin.channel, correlationId };
  try {
    await tenant.revokeTicket(issued.profileId, issued.ticketId, { correlationId });
  } catch (error) {
    log.warn({ user: origin.user, ticket: facts.ticket, correlationId }, 'A ticket was not revoked');
    if (!(error instanceof Auth0Problem)) throw error;
    const outcome = error.mayHaveHappened
      ? `It is not certain that the link for ${facts.connection} was revoked.`
      : `The link for ${facts.connection} was not revoked.`;
    await tell(`${outcome} ${explain(error, 'revoke')}`);
    return;
  }
  audit({ event: 'ticket_revoked', ...line });
  const announced = announce(bot, 'revoked', line);

  const receipt = container.is_ephemeral
    ? issued.receipt
    : { channel: container.channel_id ?? '', ts: container.message_ts ?? '' };
  const revoked = revokedMessage(facts.connection ?? '', settings.tenantLabel);
  const [receiptSays, linkSays] = await Promise.all([
    receipt && updateReceipt(bot, receipt, revoked),
    container.is_ephemeral && replaceLink(bot, origin, revoked),
  ]);
  // Where the click was, the person must read that it worked.
  if (!(container.is_ephemeral ? linkSays : receiptSays)) {
    await deliver(bot, origin, revoked);
  }
  await announced;
}

const EXPIRED =
  'This link has expired, and so has any set-up begun with it: there is nothing left to revoke.';
const FORGED =
  'This button cannot be used any more, and nothing was revoked: its contents are not what this bot wrote, or its key was changed since. If the link must not work, ask whoever runs this bot.';

/** Puts a sentence in place of the ephemeral message that holds the link; whether Slack let it. */
async function replaceLink({ log }: Bot, origin: Origin, message: Message): Promise<boolean> {
  try {
    if (!origin.responseUrl) throw new Error('The click came without a response_url');
    await respond(origin.responseUrl, { response_type: 'ephemeral', replace_original: true, ...message });
    return true;
  } catch (error) {
    log.warn({ user: origin.user, ...errorFields(error) }, 'A message could not be replaced');
    return false;
  }
}
