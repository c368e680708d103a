import type { WriteQueue } from '../database/write-queue.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { TicketStore } from '../tickets/store.ts';
import type { TicketRecord } from '../tickets/ticket.ts';
import type { Messenger } from './delivery.ts';
import type { Message } from './messages/message.ts';
import { receiptMessage } from './messages/receipt.ts';
import type { SentenceContext } from './sentences.ts';

/** Receipts: stored messages in the direct message with the requester, rendered from the record. */
export class Receipts {
  readonly #messenger: Messenger;
  readonly #store: TicketStore;
  readonly #queue: WriteQueue;
  readonly #log: Log;
  readonly #sentenceContext: SentenceContext;

  constructor(deps: {
    messenger: Messenger;
    store: TicketStore;
    queue: WriteQueue;
    log: Log;
    sentenceContext: SentenceContext;
  }) {
    this.#messenger = deps.messenger;
    this.#store = deps.store;
    this.#queue = deps.queue;
    this.#log = deps.log;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** Posts the receipt of a ticket, and stores its location. Returns whether Slack accepted it. */
  async post(record: TicketRecord): Promise<boolean> {
    const { id, requester } = record.ticket;
    try {
      const posted = await this.#messenger.postDirect(requester, this.#render(record));
      if (posted) await this.#queue.add(() => this.#store.setReceipt(id, posted));
      return posted !== undefined;
    } catch (error) {
      this.#log.warn({ user: requester, ...errorFields(error) }, 'The receipt could not be posted');
      return false;
    }
  }

  /** Renders the receipt of a ticket again, if it has one. Returns whether Slack did it. */
  async update(record: TicketRecord): Promise<boolean> {
    const { receipt } = record.ticket;
    if (!receipt) return false;
    return this.#messenger.update(receipt, this.#render(record));
  }

  #render(record: TicketRecord): Message {
    return receiptMessage(record, Date.now(), this.#sentenceContext);
  }
}
