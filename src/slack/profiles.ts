import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { within } from '../patience.ts';
import type { Profile } from '../ticket/tenant.ts';
import { respond } from './api.ts';
import type { Bot } from './bot.ts';
import { deliver } from './delivery.ts';
import { NO_PROFILES, notice, profileList } from './messages.ts';
import type { Origin } from './origin.ts';

/** After how long someone is told that Auth0 is being asked. */
const SILENCE_MS = 2_000;

/**
 * Lists the self-service profiles, visible to everybody in the conversation; where other companies may read
 * along, to the requester alone, who can then post it.
 */
export async function listProfiles(bot: Bot, origin: Origin): Promise<void> {
  const shared = mayBeShared(bot, origin);
  const profiles = await profilesOrReason(bot, origin);
  if (typeof profiles === 'string') return tell(bot, origin, profiles);
  if (await shared) {
    await deliver(bot, origin, profileList(profiles, bot.settings.tenantLabel, 'alone'));
  } else await post(bot, origin, profiles);
}

/** Posts the list for everybody after all: the requester of one that only they could see has decided so. */
export async function postProfiles(bot: Bot, origin: Origin): Promise<void> {
  const profiles = await profilesOrReason(bot, origin);
  if (typeof profiles === 'string') await tell(bot, origin, profiles);
  else await post(bot, origin, profiles);
}

/** The profiles; or why there are none to list, as a sentence. */
async function profilesOrReason(bot: Bot, origin: Origin): Promise<readonly Profile[] | string> {
  const { directory } = bot;
  const { profiles } = directory.lists;
  try {
    directory.refresh();
    const loaded = profiles.load();
    const soon = await within(
      SILENCE_MS,
      loaded.then(() => true),
    );
    if (!soon) await tell(bot, origin, 'Asking Auth0 for the profiles… the list comes in a moment.');
    await loaded;
  } catch (error) {
    if (!(error instanceof Auth0Problem)) throw error;
    return explain(error, 'read');
  }
  const all = directory.profiles();
  if (all.length > 0) return all;
  // Most likely someone is making one now.
  profiles.forget();
  return NO_PROFILES;
}

async function post(bot: Bot, origin: Origin, profiles: readonly Profile[]): Promise<void> {
  try {
    await respond(origin.responseUrl ?? '', {
      response_type: 'in_channel',
      replace_original: false,
      ...profileList(profiles, bot.settings.tenantLabel),
    });
  } catch (error) {
    bot.log.warn({ ...errorFields(error) }, 'The list of profiles could not be posted');
    await tell(bot, origin, 'Slack did not take the list of profiles. Type the command again.');
  }
}

async function tell(bot: Bot, origin: Origin, sentence: string): Promise<void> {
  await deliver(bot, origin, notice(sentence, bot.settings.tenantLabel));
}

/** Whether people from another company may read along; also where Slack does not say, as in direct messages. */
async function mayBeShared({ slack, log }: Bot, { channel = '' }: Origin): Promise<boolean> {
  try {
    const told = await within(SILENCE_MS, slack.conversations.info({ channel }));
    if (!told) throw new Error(`Slack took longer than ${SILENCE_MS} ms`);
    return told.channel?.is_ext_shared !== false || Boolean(told.channel.is_pending_ext_shared);
  } catch (error) {
    log.info({ channel, ...errorFields(error) }, 'Slack did not say whether a channel is shared');
    return true;
  }
}
