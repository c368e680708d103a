import { setTimeout as sleep } from 'node:timers/promises';
import type { types } from '@slack/bolt';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import { errorFields } from '../log.ts';
import { within } from '../patience.ts';
import type { SearchSource } from '../ticket/field.ts';
import { LIMITS } from './blocks.ts';
import type { Bot } from './bot.ts';
import { toNotice, toOptions } from './form.ts';

/**
 * How long an answer may wait, for the list and for a look-up. Slack waits 3 seconds, people for less, and asking
 * who someone is may have taken 1.2 of them.
 */
const PATIENCE_MS = 1_200;
/** How often one person's typing may ask Auth0 itself. */
const ASK_EVERY_MS = 1_000;

/** What can be picked in a search field for what someone has typed. */
export type Suggest = (source: SearchSource, typed: string, user: string) => Promise<types.PlainTextOption[]>;

/**
 * Suggests from memory. While the list is still coming, what has arrived is searched, and a last entry says so;
 * if it cannot be loaded, an entry says why. An exact name or ID that no list holds is asked of Auth0, so that
 * something made a minute ago is found too.
 */
export function createSuggest({ directory, log }: Pick<Bot, 'directory' | 'log'>): Suggest {
  /** Each person's latest look-up: when it may go, and then when the next one may, in milliseconds since 1970. */
  const typing = new Map<string, { nextAt: number }>();
  /** The lists that failed a moment ago: not every letter asks for them anew. */
  const failures = new Map<SearchSource, { error: unknown; at: number }>();

  /**
   * Has Auth0 look for exactly this; what it finds is in the list from then on. One call a second for each person,
   * since typing asks with every letter: a look-up waits for its second (or is left out, where it need not be), and
   * only the last text typed is looked for.
   */
  async function lookUp(source: SearchSource, typed: string, user: string, wait: boolean): Promise<void> {
    const now = Date.now();
    for (const [other, { nextAt }] of typing) if (nextAt + ASK_EVERY_MS < now) typing.delete(other);
    const mine = { nextAt: Math.max(now, typing.get(user)?.nextAt ?? 0) };
    typing.set(user, mine);
    if (mine.nextAt > now) {
      if (!wait) return;
      await sleep(mine.nextAt - now, undefined, { ref: false });
      if (typing.get(user) !== mine) return;
    }
    mine.nextAt = Date.now() + ASK_EVERY_MS;
    try {
      await directory.ask(source, typed);
    } catch (error) {
      log.info({ source, ...errorFields(error) }, 'A look-up by exact name failed');
    }
  }

  /** Why the list is not there; undefined once it is. */
  async function load(source: SearchSource): Promise<unknown> {
    try {
      await directory.lists[source].load();
      return undefined;
    } catch (error) {
      failures.set(source, { error, at: Date.now() });
      return error;
    }
  }

  return async (source, typed, user) => {
    const list = directory.lists[source];
    const text = typed.trim();
    const find = () => toOptions(directory.matches(source, text, LIMITS.options - 1));
    const failed = failures.get(source);
    const recent = failed && Date.now() - failed.at < ASK_EVERY_MS;
    if (!recent) list.refresh();
    const loaded = recent ? Promise.resolve(failed.error) : load(source);
    const [failure] = await Promise.all([
      within(PATIENCE_MS, loaded),
      directory.mayMiss(source, text) && within(PATIENCE_MS, lookUp(source, text, user, find().length === 0)),
    ]);
    if (list.ready()) return find();
    const sentence = failure instanceof Auth0Problem ? explain(failure, 'read') : STILL_LOADING;
    return [...find(), ...toNotice(sentence)];
  };
}

const STILL_LOADING = 'The list is still loading. Type again in a moment.';
