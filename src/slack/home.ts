import type { types } from '@slack/bolt';
import { DatabaseError } from '../database/errors.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import * as sentences from './sentences.ts';
import type { TicketLister } from './ticket-lister.ts';
import type { TicketQuery } from './ticket-query.ts';
import { HOME_REDRAW_DELAY_MS, HOME_TTL_MS } from './timeouts.ts';
import { homeNotice, homeView } from './views/home.ts';

/** The maximum number of home tabs to redraw. When there are more, the one that was opened first is forgotten. */
const MAX_HOMES = 200;

type Whose = TicketQuery['whose'];

/** The home tab: each person's links, or everyone's. */
export class Home {
  readonly #access: Access;
  readonly #messenger: Messenger;
  readonly #ticketLister: TicketLister;
  readonly #tasks: TaskTracker;
  readonly #log: Log;
  readonly #sentenceContext: sentences.SentenceContext;
  /** Who has opened it, what it shows, and when (milliseconds since 1970). The latest is last. */
  readonly #opened = new Map<string, { whose: Whose; at: number }>();
  #redraw: NodeJS.Timeout | undefined;
  /** Whether something has changed since the last redraw began. */
  #isOutdated = false;

  constructor(deps: {
    access: Access;
    messenger: Messenger;
    ticketLister: TicketLister;
    tasks: TaskTracker;
    log: Log;
    sentenceContext: sentences.SentenceContext;
  }) {
    this.#access = deps.access;
    this.#messenger = deps.messenger;
    this.#ticketLister = deps.ticketLister;
    this.#tasks = deps.tasks;
    this.#log = deps.log;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** Shows the home tab to a person who has opened it, with the links that it showed last. */
  async open(user: string, whose?: Whose): Promise<void> {
    const shown = whose ?? this.#opened.get(user)?.whose ?? 'mine';
    if (await this.#show(user, shown)) this.#remember(user, shown);
  }

  /** Redraws the home tabs that were opened in the last hour, soon: a link has several events in a row. */
  changed(): void {
    this.#isOutdated = true;
    if (this.#redraw || this.#tasks.stopping.aborted) return;
    this.#redraw = setTimeout(() => void this.#tasks.track(this.#redrawAll()), HOME_REDRAW_DELAY_MS).unref();
  }

  /** One at a time. If something changes in the meantime, another redraw follows. */
  async #redrawAll(): Promise<void> {
    this.#isOutdated = false;
    for (const [user, { whose, at }] of [...this.#opened]) {
      if (this.#tasks.stopping.aborted) return;
      if (Date.now() - at > HOME_TTL_MS) this.#opened.delete(user);
      else if (!(await this.#show(user, whose))) this.#opened.delete(user);
    }
    this.#redraw = undefined;
    if (this.#isOutdated) this.changed();
  }

  /** Returns whether the person has access. */
  async #show(user: string, whose: Whose): Promise<boolean> {
    const hasAccess = await this.#access.isUser(user);
    try {
      const view = hasAccess ? await this.#content(user, whose) : this.#noAccess();
      await this.#messenger.publishHome(user, view);
    } catch (error) {
      this.#log.warn({ user, ...errorFields(error) }, 'The home tab could not be shown');
    }
    return hasAccess;
  }

  #noAccess(): types.HomeView {
    return homeNotice(sentences.NO_ACCESS_TITLE, sentences.accessSentence('user', this.#sentenceContext));
  }

  async #content(user: string, whose: Whose): Promise<types.HomeView> {
    try {
      const [records, isEditor] = await Promise.all([
        this.#ticketLister.newest(whose, user),
        this.#access.isEditor(user),
      ]);
      return homeView({ whose, records, viewer: { user, isEditor } }, Date.now());
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return homeNotice(sentences.PROBLEM_TITLE, sentences.recordsUnavailable(this.#sentenceContext));
    }
  }

  #remember(user: string, whose: Whose): void {
    this.#opened.delete(user);
    const [oldest] = this.#opened.keys();
    if (oldest !== undefined && this.#opened.size >= MAX_HOMES) this.#opened.delete(oldest);
    this.#opened.set(user, { whose, at: Date.now() });
  }
}
