import { setTimeout as sleep } from 'node:timers/promises';
import type { types } from '@slack/bolt';
import { Auth0Error } from '../auth0/errors.ts';
import type { SearchSource } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { cleanTyped } from '../lib/text.ts';
import { within } from '../lib/timeouts.ts';
import { findChoices } from '../tickets/search.ts';
import { LIMITS } from './blocks.ts';
import { auth0Sentence, LIST_LOADING, type SentenceContext } from './sentences.ts';
import { LOOK_UP_INTERVAL_MS, SUGGESTION_TIMEOUT_MS } from './timeouts.ts';
import { toNotice, toOptions } from './views/options.ts';

/** A list of at most this many entries takes a few calls, so it is read again when a search finds nothing. */
const MAX_QUICK_RELOAD = 500;
const MIN_RELOAD_AGE_SECONDS = 15;

/**
 * Suggests entries of the tenant's lists, from memory. While a list is loading, its first entries are searched, and
 * the last suggestion says so. An exact name or ID that the list doesn't have is looked up at Auth0.
 */
export class Suggester {
  readonly #tenant: Tenant;
  readonly #log: Log;
  readonly #sentenceContext: SentenceContext;
  /** Each person's latest lookup, and when the next one may start, in milliseconds since 1970. */
  readonly #lookUps = new Map<string, { nextAt: number }>();
  /** The latest failure of each list, so that not every keystroke tries again. */
  readonly #failures = new Map<SearchSource, { error: unknown; at: number }>();

  constructor(deps: { tenant: Tenant; log: Log; sentenceContext: SentenceContext }) {
    this.#tenant = deps.tenant;
    this.#log = deps.log;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** Answers within `SUGGESTION_TIMEOUT_MS`. */
  async suggest(source: SearchSource, typed: string, user: string): Promise<types.PlainTextOption[]> {
    const tenant = this.#tenant;
    const list = tenant.lists[source];
    const text = cleanTyped(typed);
    const find = async () => toOptions(await findChoices(tenant, source, text, LIMITS.options - 1));
    const failed = this.#failures.get(source);
    const failedRecently = failed && Date.now() - failed.at < LOOK_UP_INTERVAL_MS;
    if (!failedRecently) list.refreshIfOld();
    const loaded = failedRecently ? Promise.resolve(failed.error) : this.#load(source);
    const [failure] = await Promise.all([
      within(SUGGESTION_TIMEOUT_MS, loaded),
      tenant.mayBeMissing(source, text) &&
        within(
          SUGGESTION_TIMEOUT_MS,
          this.#lookUp(source, text, user, async () => (await find()).length > 0),
        ),
    ]);
    if (list.isComplete()) {
      const found = await find();
      // The customer may have just set it up. The next keystroke then finds it.
      const isSmall = list.size <= MAX_QUICK_RELOAD;
      if (text && found.length === 0 && isSmall && (list.age ?? 0) > MIN_RELOAD_AGE_SECONDS) list.refresh();
      return found;
    }
    const sentence =
      failure instanceof Auth0Error ? auth0Sentence(failure, 'read', this.#sentenceContext) : LIST_LOADING;
    return [...(await find()), ...toNotice(sentence)];
  }

  /** Resolves with the reason if the list can't be loaded. */
  async #load(source: SearchSource): Promise<unknown> {
    try {
      await this.#tenant.lists[source].load();
      return undefined;
    } catch (error) {
      this.#failures.set(source, { error, at: Date.now() });
      return error;
    }
  }

  /**
   * Looks up one text at Auth0, and adds the result to the list. Each keystroke asks, so each person gets one lookup a
   * second: a lookup waits until then (or is skipped if the list has a match), and only the latest text is looked up.
   */
  async #lookUp(
    source: SearchSource,
    text: string,
    user: string,
    hasMatches: () => Promise<boolean>,
  ): Promise<void> {
    const now = Date.now();
    for (const [other, { nextAt }] of this.#lookUps) {
      if (nextAt + LOOK_UP_INTERVAL_MS < now) this.#lookUps.delete(other);
    }
    const mine = { nextAt: Math.max(now, this.#lookUps.get(user)?.nextAt ?? 0) };
    this.#lookUps.set(user, mine);
    if (mine.nextAt > now) {
      if (await hasMatches()) return;
      await sleep(mine.nextAt - Date.now(), undefined, { ref: false });
      if (this.#lookUps.get(user) !== mine) return;
    }
    mine.nextAt = Date.now() + LOOK_UP_INTERVAL_MS;
    try {
      await this.#tenant.lookUp(source, text);
    } catch (error) {
      this.#log.info({ source, ...errorFields(error) }, 'A look-up by exact name failed');
    }
  }
}
