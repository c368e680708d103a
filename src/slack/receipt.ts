import { errorFields, type Log } from '../lib/log.ts';
import type { Seal } from '../lib/seal.ts';
import type { IssuedTicket } from '../tickets/ticket.ts';
import type { Messenger } from './delivery.ts';
import { notice } from './messages/message.ts';
import { receiptMessage } from './messages/receipt.ts';
import { type PostedMessage, sealRevokeButton } from './revoke-button.ts';
import { receiptPending, receiptUndelivered } from './sentences.ts';

/**
 * The receipt of one ticket: a stored message in the direct message with the requester. It is posted while Auth0
 * creates the ticket, so that it is there even if the bot is killed, and updated when the outcome is known.
 */
export class Receipt {
  readonly #messenger: Messenger;
  readonly #seal: Seal;
  readonly #customer: string;
  /** Resolves with undefined if Slack doesn't accept the message. */
  readonly posted: Promise<PostedMessage | undefined>;

  private constructor(messenger: Messenger, seal: Seal, customer: string, posted: Receipt['posted']) {
    this.#messenger = messenger;
    this.#seal = seal;
    this.#customer = customer;
    this.posted = posted;
  }

  /** Starts to post a receipt. @param reference shown in it until the ticket exists */
  static post(
    { messenger, seal, log }: { messenger: Messenger; seal: Seal; log: Log },
    { user, customer, reference }: { user: string; customer: string; reference: string },
  ): Receipt {
    const posted = messenger
      .postDirect(user, notice(receiptPending(customer, reference)))
      .catch((error: unknown) => {
        log.warn({ user, ...errorFields(error) }, 'The receipt could not be posted');
        return undefined;
      });
    return new Receipt(messenger, seal, customer, posted);
  }

  /** Adds the ticket's details and the button that revokes it. Returns whether Slack did it. */
  async complete(ticket: IssuedTicket): Promise<boolean> {
    const posted = await this.posted;
    if (!posted) return false;
    const sealed = await sealRevokeButton(this.#seal, ticket);
    return this.#messenger.update(posted, receiptMessage(ticket, sealed));
  }

  /** Says that the link was not delivered, and was revoked. */
  async markUndelivered(): Promise<void> {
    const posted = await this.posted;
    if (posted) await this.#messenger.update(posted, notice(receiptUndelivered(this.#customer)));
  }

  /** Deletes the receipt of a ticket that was not created. */
  async delete(): Promise<void> {
    const posted = await this.posted;
    if (posted) await this.#messenger.delete(posted);
  }
}
