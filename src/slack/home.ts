import type { types } from '@slack/bolt';
import { DatabaseError } from '../database/errors.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import * as sentences from './sentences.ts';
import type { TicketLister } from './ticket-lister.ts';
import type { TicketQuery } from './ticket-query.ts';
import { HOME_CHECK_INTERVAL_MS, HOME_REDRAW_DELAY_MS, HOME_TTL_MS } from './timeouts.ts';
import { homeNotice, homeView } from './views/home.ts';

/** The maximum number of home tabs to redraw. When there are more, the one that was opened first is forgotten. */
const MAX_HOMES = 200;

type Whose = TicketQuery['whose'];

interface OpenedHome {
  whose: Whose;
  /** When it was opened, in milliseconds since 1970. */
  at: number;
  /** What it shows. */
  view: string;
}

/** The home tab: each person's links, or everyone's. */
export class Home {
  readonly #access: Access;
  readonly #messenger: Messenger;
  readonly #ticketLister: TicketLister;
  readonly #tasks: TaskTracker;
  readonly #log: Log;
  readonly #sentenceContext: sentences.SentenceContext;
  readonly #checkIntervalMs: number;
  /** By the person who has opened it. The latest is last. */
  readonly #opened = new Map<string, OpenedHome>();
  #redraw: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;
  /** Whether something has changed since the last redraw began. */
  #isOutdated = false;

  /** @param deps.checkIntervalMs how often the home tabs are compared with the record, in milliseconds */
  constructor(deps: {
    access: Access;
    messenger: Messenger;
    ticketLister: TicketLister;
    tasks: TaskTracker;
    log: Log;
    sentenceContext: sentences.SentenceContext;
    checkIntervalMs?: number | undefined;
  }) {
    this.#checkIntervalMs = deps.checkIntervalMs ?? HOME_CHECK_INTERVAL_MS;
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
    const view = await this.#show(user, shown);
    if (view !== undefined) this.#remember(user, { whose: shown, at: Date.now(), view });
  }

  /** Redraws the home tabs that were opened in the last hour, soon: a link has several events in a row. */
  changed(): void {
    this.#isOutdated = true;
    if (this.#redraw || this.#opened.size === 0 || this.#tasks.stopping.aborted) return;
    this.#redraw = setTimeout(() => void this.#tasks.track(this.#redrawAll()), HOME_REDRAW_DELAY_MS).unref();
  }

  /** One at a time. If something changes in the meantime, another redraw follows. */
  async #redrawAll(): Promise<void> {
    this.#isOutdated = false;
    for (const [user, home] of [...this.#opened]) {
      if (this.#tasks.stopping.aborted) return;
      const isOld = Date.now() - home.at > HOME_TTL_MS;
      const view = isOld ? undefined : await this.#show(user, home.whose, home.view);
      // In the meantime, the person may have opened it again.
      if (this.#opened.get(user) !== home) continue;
      if (view === undefined) this.#opened.delete(user);
      else home.view = view;
    }
    this.#redraw = undefined;
    this.#scheduleCheck();
    if (this.#isOutdated) this.changed();
  }

  /** Another instance, or time alone, may change a link. */
  #scheduleCheck(): void {
    clearTimeout(this.#check);
    this.#check = setTimeout(() => this.changed(), this.#checkIntervalMs).unref();
  }

  /**
   * Publishes the view, unless it is the one that is shown already.
   *
   * @returns the view, or undefined if the person has no access
   */
  async #show(user: string, whose: Whose, shown?: string): Promise<string | undefined> {
    const hasAccess = await this.#access.isUser(user);
    let published = shown;
    try {
      const view = hasAccess ? await this.#content(user, whose) : this.#noAccess();
      const json = JSON.stringify(view);
      if (json !== shown) await this.#messenger.publishHome(user, view);
      published = json;
    } catch (error) {
      this.#log.warn({ user, ...errorFields(error) }, 'The home tab could not be shown');
    }
    return hasAccess ? (published ?? '') : undefined;
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

  #remember(user: string, home: OpenedHome): void {
    this.#opened.delete(user);
    const [oldest] = this.#opened.keys();
    if (oldest !== undefined && this.#opened.size >= MAX_HOMES) this.#opened.delete(oldest);
    this.#opened.set(user, home);
    if (!this.#redraw) this.#scheduleCheck();
  }
}
