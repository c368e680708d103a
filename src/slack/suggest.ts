import type { types } from '@slack/bolt';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import type { SearchSource } from '../ticket/field.ts';
import { LIMITS } from './blocks.ts';
import type { Bot } from './bot.ts';
import { toNotice, toOptions } from './form.ts';
import { within } from './patience.ts';

/** Slack waits 3 seconds for suggestions, and asking who someone is may have taken more than one of them. */
const PATIENCE_MS = 1_000;
const EXACT_MS = 500;
/** How often one person's typing may ask Auth0 itself. */
const ASK_EVERY_MS = 1_000;

/** What can be picked in a search field for what someone has typed. */
export type Suggest = (source: SearchSource, typed: string, user: string) => Promise<types.PlainTextOption[]>;

/**
 * Suggests from memory. While the list is still coming, what has arrived is searched, and a last entry says so;
 * if it cannot be loaded, an entry says why. What no list holds is asked of Auth0 by its exact name or ID, so
 * that something made a minute ago is found too.
 */
export function createSuggest({ directory, log }: Pick<Bot, 'directory' | 'log'>): Suggest {
  const asked = new Map<string, number>();

  /** One look-up a second for each person: typing asks for every letter. */
  function mayAsk(user: string): boolean {
    const now = Date.now();
    if (now - (asked.get(user) ?? 0) < ASK_EVERY_MS) return false;
    for (const [other, at] of asked) if (now - at >= ASK_EVERY_MS) asked.delete(other);
    asked.set(user, now);
    return true;
  }

  return async (source, typed, user) => {
    const list = directory.lists[source];
    list.refresh();
    const loaded = list.load().catch((error: unknown) => error);
    const failure = await within(PATIENCE_MS, loaded);
    const options = toOptions(directory.matches(source, typed, LIMITS.options - 1));
    if (options.length === 0 && mayAsk(user)) {
      const found = directory.ask(source, typed.trim()).catch((error: unknown) => {
        log.info({ source, error: String(error) }, 'A look-up by exact name failed');
        return undefined;
      });
      const match = await within(EXACT_MS, found);
      if (match) return toOptions([match]);
    }
    if (list.ready()) return options;
    const sentence = failure instanceof Auth0Problem ? explain(failure, 'read') : STILL_LOADING;
    return [...options, ...toNotice(sentence)];
  };
}

const STILL_LOADING = 'The list is still loading. Type again in a moment.';
