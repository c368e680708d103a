import { setTimeout as sleep } from 'node:timers/promises';
import type { types } from '@slack/bolt';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import type { SearchId } from '../ticket/fields.ts';
import { LIMITS } from './blocks.ts';
import type { Bot } from './bot.ts';
import { toNotice, toOptions } from './form.ts';

/** Slack waits 3 seconds for suggestions. */
const PATIENCE_MS = 2_000;

const LISTS = { clients: 'clients', organizations: 'organizations', connection: 'connections' } as const;

/**
 * What can be picked in a search field for what has been typed. While the list is still coming, what has
 * arrived is searched, and a last entry says so; if it cannot be loaded, an entry says why.
 */
export async function suggest(bot: Bot, field: SearchId, typed: string): Promise<types.PlainTextOption[]> {
  const { directory } = bot;
  const list = directory.lists[LISTS[field]];
  list.refresh();
  const failure = await Promise.race([
    list.load().catch((error: unknown) => error),
    sleep(PATIENCE_MS, undefined, { ref: false }),
  ]);
  const options = toOptions(directory.matches(field, typed, LIMITS.options - 1));
  if (list.ready()) return options;
  const sentence = failure instanceof Auth0Problem ? explain(failure, 'read') : STILL_LOADING;
  return [...options, ...toNotice(sentence)];
}

const STILL_LOADING = 'The list is still loading. Type again in a moment.';
