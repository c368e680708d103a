import { Auth0Error } from '../auth0/errors.ts';
import { DatabaseError } from '../database/errors.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import type { Follower } from '../tickets/follower.ts';
import type { TicketStore } from '../tickets/store.ts';
import type { TicketRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import { type Message, notice } from './messages/message.ts';
import { ticketDetails, ticketList, type Viewer } from './messages/ticket-list.ts';
import type { ReplyTarget } from './reply-target.ts';
import { recordsUnavailable, type SentenceContext } from './sentences.ts';
import type { TicketQuery } from './ticket-query.ts';
import { LOOK_TIMEOUT_MS } from './timeouts.ts';

/** A page fits in a message, which has at most 50 blocks. */
const PAGE_SIZE = 10;

/** Lists links from the record. */
export class TicketLister {
  readonly #store: TicketStore;
  readonly #follower: Follower;
  readonly #access: Access;
  readonly #messenger: Messenger;
  readonly #log: Log;
  readonly #sentenceContext: SentenceContext;

  constructor(deps: {
    store: TicketStore;
    follower: Follower;
    access: Access;
    messenger: Messenger;
    log: Log;
    sentenceContext: SentenceContext;
  }) {
    this.#store = deps.store;
    this.#follower = deps.follower;
    this.#access = deps.access;
    this.#messenger = deps.messenger;
    this.#log = deps.log;
    this.#sentenceContext = deps.sentenceContext;
  }

  /**
   * Sends the links that are asked for, to the person alone. A search with one match shows everything known about it.
   */
  async list(query: TicketQuery, target: ReplyTarget): Promise<void> {
    await this.#messenger.send(target, await this.#message(query, target.user));
  }

  /** Shows another page in place of the one whose button was clicked. */
  async showPage(query: TicketQuery, target: ReplyTarget): Promise<void> {
    const message = await this.#message(query, target.user);
    if (!(await this.#messenger.replaceEphemeral(target, message)))
      await this.#messenger.send(target, message);
  }

  /** The newest links of a person, or of everyone, live ones first. @throws DatabaseError */
  async newest(whose: TicketQuery['whose'], user: string): Promise<TicketRecord[]> {
    return this.#store.list({
      ...(whose === 'mine' && { requester: user }),
      now: Date.now(),
      limit: PAGE_SIZE,
    });
  }

  async #message(query: TicketQuery, user: string): Promise<Message> {
    const now = Date.now();
    const viewer = { user, isEditor: await this.#access.isEditor(user) };
    const { whose, text, toRevoke, page } = query;
    // Others may revoke only their own.
    const onlyOwn = whose === 'mine' || (toRevoke && !viewer.isEditor);
    try {
      const found = await this.#store.list({
        ...(onlyOwn && { requester: user }),
        ...(text !== undefined && { search: text, ...(!viewer.isEditor && { searcher: user }) }),
        ...(toRevoke && { liveOnly: true }),
        now,
        limit: PAGE_SIZE + 1,
        offset: page * PAGE_SIZE,
      });
      const [only] = found;
      if (only && found.length === 1 && page === 0 && text !== undefined)
        return await this.#details(only, viewer);
      const records = found.slice(0, PAGE_SIZE);
      return ticketList({ records, query, hasNext: found.length > PAGE_SIZE }, viewer, now);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      this.#log.error(errorFields(error), 'The links could not be listed');
      return notice(recordsUnavailable(this.#sentenceContext));
    }
  }

  /**
   * Asks Auth0 about the customer's progress. If it doesn't respond in time, shows only what is on record.
   *
   * @throws DatabaseError
   */
  async #details(record: TicketRecord, viewer: Viewer): Promise<Message> {
    const wait = { deadline: Date.now() + LOOK_TIMEOUT_MS };
    const look = this.#follower.look(record, wait).catch((error: unknown) => {
      if (!(error instanceof Auth0Error)) throw error;
      return undefined;
    });
    const looked = await within(LOOK_TIMEOUT_MS, look);
    return ticketDetails(looked?.record ?? record, viewer, Date.now(), looked?.state);
  }
}
