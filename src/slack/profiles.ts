import { setTimeout as sleep } from 'node:timers/promises';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { respond } from './api.ts';
import type { Bot } from './bot.ts';
import { deliver } from './delivery.ts';
import { NO_PROFILES, notice, profileList } from './messages.ts';
import type { Origin } from './origin.ts';

/** After how long someone is told that Auth0 is being asked. */
const SILENCE_MS = 2_000;

/** Lists the self-service profiles in the conversation, visible to everybody there. */
export async function listProfiles(bot: Bot, origin: Origin): Promise<void> {
  const { directory, settings, slack, log } = bot;
  const { profiles } = directory.lists;
  const tell = (sentence: string) => deliver(slack, origin, notice(sentence, settings.tenantLabel), log);
  try {
    directory.refresh();
    const loaded = profiles.load();
    const slow = await Promise.race([loaded, sleep(SILENCE_MS, true, { ref: false })]);
    if (slow) await tell('Asking Auth0 for the profiles… the list comes in a moment.');
    await loaded;
  } catch (error) {
    if (!(error instanceof Auth0Problem)) throw error;
    await tell(explain(error, 'read'));
    return;
  }
  const all = directory.profiles();
  if (all.length === 0) {
    profiles.refresh(true);
    await tell(NO_PROFILES);
    return;
  }
  try {
    await respond(origin.responseUrl ?? '', {
      response_type: 'in_channel',
      replace_original: false,
      ...profileList(all, settings.tenantLabel),
    });
  } catch (error) {
    log.warn({ ...errorFields(error) }, 'The list of profiles could not be posted');
    await tell('Slack did not take the list of profiles. Type the command again.');
  }
}
