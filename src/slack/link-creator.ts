import { Auth0Error } from '../auth0/errors.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { startProgress } from '../lib/progress.ts';
import type { Seal } from '../lib/seal.ts';
import { within } from '../lib/timeouts.ts';
import type { AuditLog } from '../tickets/audit.ts';
import { type CreateProgress, createTicket } from '../tickets/create.ts';
import { TicketError } from '../tickets/errors.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import type { FormShape, Values } from '../tickets/form/form.ts';
import type { TicketRequest } from '../tickets/form/request.ts';
import { type IssuedTicket, newRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import { AccessError } from './access-error.ts';
import type { Arrival, Messenger } from './delivery.ts';
import { linkMessage } from './messages/link.ts';
import { failure, notice } from './messages/message.ts';
import type { People, Requester } from './people.ts';
import { Receipt } from './receipt.ts';
import type { ReplyTarget } from './reply-target.ts';
import { type PostedMessage, sealRevokeButton } from './revoke-button.ts';
import {
  aboutLink,
  accessSentence,
  createSentence,
  progressSentence,
  receiptLost,
  type SentenceContext,
} from './sentences.ts';
import { PROGRESS_INTERVAL_MS, RECEIPT_TIMEOUT_MS } from './timeouts.ts';
import { formView } from './views/form.ts';
import { doneView, progressView } from './views/notices.ts';

/** A valid form: all that is needed to create its link, or to give the form back as it was. */
export interface SubmittedForm {
  kind: TicketKind;
  isEditor: boolean;
  shape: FormShape;
  values: Values;
  request: TicketRequest;
  target: ReplyTarget;
  viewId: string;
  /** The view's own, for the form that is given back. */
  metadata: string;
}

interface Dependencies {
  tenant: Tenant;
  access: Access;
  audit: AuditLog;
  messenger: Messenger;
  people: People;
  seal: Seal;
  log: Log;
  sentenceContext: SentenceContext;
}

/** Creates the link of a submitted form and brings it to the requester. */
export class LinkCreator {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** While it runs, the modal shows how far it is. If it fails, the form comes back with the reason. */
  async create(form: SubmittedForm): Promise<void> {
    const { messenger } = this.#deps;
    const refusal = await this.#refusal(form);
    if (refusal) {
      if (await this.#showForm(form, refusal)) return;
      // Not in a conversation that they may not be in.
      const { user } = form.target;
      await messenger.send({ user }, notice(aboutLink(form.request.customer, refusal)));
      return;
    }
    let progress: CreateProgress = { step: 'creating' };
    const stopProgress = startProgress(PROGRESS_INTERVAL_MS, (seconds) =>
      messenger.updateView(form.viewId, progressView(form.request, progressSentence(progress, seconds)), {
        isProgress: true,
      }),
    );
    const onProgress = (next: CreateProgress) => {
      progress = next;
    };
    try {
      await this.#createAndDeliver(form, onProgress, stopProgress);
    } finally {
      await stopProgress();
    }
  }

  /** Why no link may go to the conversation that was chosen. Undefined if it may, or if none was to be chosen. */
  async #refusal({ shape, target: { user, channel } }: SubmittedForm): Promise<string | undefined> {
    try {
      if (shape.asksConversation && channel) await this.#deps.access.checkMembership(user, channel);
      return undefined;
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
      return accessSentence(error.code, this.#deps.sentenceContext);
    }
  }

  async #createAndDeliver(
    form: SubmittedForm,
    onProgress: (progress: CreateProgress) => void,
    stopProgress: () => Promise<void>,
  ): Promise<void> {
    const { messenger, people } = this.#deps;
    const { request, target, viewId, isEditor } = form;
    const { user, channel } = target;
    const record = newRecord(request, user, channel);
    // Together with the create call, so that there is nothing to wait for when the ticket is there.
    const receipt = Receipt.post(this.#deps, {
      user,
      customer: request.customer,
      reference: record.correlationId,
    });
    const requester = people.requester(user);
    let issued: IssuedTicket | undefined;
    const deliver = async (ticket: IssuedTicket) => {
      issued = ticket;
      const posted = await within(RECEIPT_TIMEOUT_MS, receipt.posted);
      const arrival = await this.#deliver(form, ticket, posted, await requester);
      return arrival && { ...arrival, posted };
    };
    const created = await createTicket(this.#deps, request, record, { isEditor, deliver, onProgress }).catch(
      async (error: unknown) => {
        const hasButton = issued ? await this.#markUndelivered(receipt, issued, error) : false;
        await stopProgress();
        await this.#returnForm(form, this.#sentence(form, error, hasButton));
        if (!issued) await receipt.delete();
      },
    );
    if (!created) return;
    const { ticket, delivery } = created;
    if (delivery.posted) await this.#completeReceipt(form, receipt, ticket);
    await stopProgress();
    await messenger.updateView(viewId, doneView(request, delivery.place, channel));
    // A late receipt: the link's message says that there is none.
    if (!delivery.posted && (await receipt.posted)) await this.#completeReceipt(form, receipt, ticket);
  }

  /** Sends the message with the link. With ALLOWED_CHANNELS, it goes where it was asked for or nowhere. */
  async #deliver(
    { target }: SubmittedForm,
    ticket: IssuedTicket,
    posted: PostedMessage | undefined,
    requester: Requester,
  ): Promise<Arrival | undefined> {
    const { access, messenger, seal, tenant } = this.#deps;
    const message = linkMessage({
      ticket,
      requester,
      template: tenant.policy.customerMessage,
      sealed: await sealRevokeButton(seal, ticket, posted),
      receipt: posted !== undefined,
    });
    return messenger.send(target, message, { onlyThere: access.limitsChannels });
  }

  /** If Slack doesn't accept it, the person hears about it: the link's message says that there is a receipt. */
  async #completeReceipt(
    { request, target }: SubmittedForm,
    receipt: Receipt,
    ticket: IssuedTicket,
  ): Promise<void> {
    if (await receipt.complete(ticket)) return;
    await this.#deps.messenger.send(target, notice(receiptLost(request.customer)));
  }

  /** Updates the receipt of a link that nobody got. Returns whether it has a button that revokes the ticket. */
  async #markUndelivered(receipt: Receipt, ticket: IssuedTicket, error: unknown): Promise<boolean> {
    const revoked =
      error instanceof TicketError && error.details.code === 'not_delivered' && error.details.revoked;
    if (!revoked) return receipt.complete(ticket);
    await receipt.markUndelivered();
    return false;
  }

  #sentence({ isEditor }: SubmittedForm, error: unknown, receipt: boolean): string {
    if (!(error instanceof TicketError || error instanceof Auth0Error)) {
      this.#deps.log.error(errorFields(error), 'Creating a link failed');
    }
    return createSentence(error, { ...this.#deps.sentenceContext, isEditor, receipt });
  }

  /** Shows the form again as it was, with a sentence on top. If it is closed, a message has the sentence. */
  async #returnForm(form: SubmittedForm, sentence: string): Promise<void> {
    if (await this.#showForm(form, sentence)) return;
    const { kind, values, target, request } = form;
    const message = failure(aboutLink(request.customer, sentence), { kind, values });
    await this.#deps.messenger.send(target, message);
  }

  /** Returns false if the form is closed. */
  #showForm(form: SubmittedForm, sentence: string): Promise<boolean> {
    const { messenger, tenant } = this.#deps;
    const { kind, isEditor, shape, values, metadata, viewId } = form;
    const context = { kind, isEditor, policy: tenant.policy, tenant };
    return messenger.updateView(viewId, formView({ shape, values, metadata, notice: sentence }, context));
  }
}
