import { randomUUID } from 'node:crypto';
import type { BlockAction, ButtonAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { SealError } from '../seal.ts';
import { respond } from './api.ts';
import type { Bot } from './bot.ts';
import { deliver } from './delivery.ts';
import { type Message, notice, revokedMessage } from './messages.ts';
import type { Origin } from './origin.ts';
import { sealedTicket } from './submit.ts';

type ClickArgs = SlackActionMiddlewareArgs<BlockAction<ButtonAction>>;

/** Revokes the ticket of the button that was clicked, and says so in place of the message that holds the link. */
export async function revokeTicket(bot: Bot, { body, action }: ClickArgs): Promise<void> {
  const { seal, tenant, settings, slack, log } = bot;
  const label = settings.tenantLabel;
  const origin: Origin = {
    user: body.user.id,
    channel: body.channel?.id ?? body.container.channel_id,
    responseUrl: body.response_url,
  };
  const tell = (sentence: string) => deliver(slack, origin, notice(sentence, label), log);
  try {
    const ticket = await seal.open('ticket', action.value ?? '', sealedTicket);
    await tenant.revokeTicket(ticket.profileId, ticket.ticketId, { correlationId: randomUUID() });
    await replace(bot, origin, revokedMessage(ticket.connection, label));
  } catch (error) {
    if (error instanceof SealError) {
      log.warn(
        { user: origin.user, reason: error.reason },
        'A button came back with a seal that does not open',
      );
      await tell(error.reason === 'expired' ? EXPIRED : FORGED);
    } else if (error instanceof Auth0Problem) await tell(explain(error, 'revoke'));
    else throw error;
  }
}

const EXPIRED =
  'This link has expired, and so has any set-up begun with it: there is nothing left to revoke.';
const FORGED =
  'This button cannot be used any more, and nothing was revoked: its contents are not what this bot wrote, or its key was changed since. If the link must not work, ask whoever runs this bot.';

/** Puts a message in place of the one that was clicked; beside it, if Slack does not let it be replaced. */
async function replace({ slack, log }: Bot, origin: Origin, message: Message): Promise<void> {
  try {
    if (!origin.responseUrl) throw new Error('The click came without a response_url');
    await respond(origin.responseUrl, { response_type: 'ephemeral', replace_original: true, ...message });
  } catch (error) {
    log.warn({ user: origin.user, ...errorFields(error) }, 'A message could not be replaced');
    await deliver(slack, { user: origin.user, channel: origin.channel }, message, log);
  }
}
