import type { types } from '@slack/bolt';
import { Auth0Error } from '../auth0/errors.ts';
import { DatabaseError } from '../database/errors.ts';
import { errorFields } from '../lib/log.ts';
import { startProgress } from '../lib/progress.ts';
import { within } from '../lib/timeouts.ts';
import { type CreateProgress, createTicket, type TicketDependencies } from '../tickets/create.ts';
import { TicketError } from '../tickets/errors.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import type { FormShape, Values } from '../tickets/form/form.ts';
import type { TicketRequest } from '../tickets/form/request.ts';
import { revokeTicket } from '../tickets/revoke.ts';
import type { IssuedTicket, Ticket, TicketRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import { AccessError } from './access-error.ts';
import type { Arrival, Messenger } from './delivery.ts';
import { linkMessage } from './messages/link.ts';
import { failure, notice } from './messages/message.ts';
import type { People, Requester } from './people.ts';
import type { Receipts } from './receipt.ts';
import type { ReplyTarget } from './reply-target.ts';
import * as sentences from './sentences.ts';
import { PROGRESS_INTERVAL_MS, RECEIPT_TIMEOUT_MS } from './timeouts.ts';
import { formView } from './views/form.ts';
import { doneView, progressView } from './views/notices.ts';

/** A valid form: everything that is needed to create its link, or to show the form again as it was. */
export interface SubmittedForm {
  kind: TicketKind;
  isEditor: boolean;
  shape: FormShape;
  values: Values;
  request: TicketRequest;
  target: ReplyTarget;
  /** Undefined if the link was asked for by a button instead of a form. */
  viewId: string | undefined;
  /** The same if the form arrives again. A form that was shown again has a new one. */
  submission: string;
  /** The view's own, to show the form again. */
  metadata: string;
  /** The links to revoke first. */
  replaces?: TicketRecord[];
}

interface Dependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  people: People;
  receipts: Receipts;
  maxLinksPerHour: number;
  sentenceContext: sentences.SentenceContext;
}

/** Creates the link of a submitted form and delivers it to the requester. */
export class LinkCreator {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** While it runs, the modal shows the progress. If it fails, the form comes back with the reason. */
  async create(form: SubmittedForm): Promise<void> {
    const { messenger } = this.#deps;
    const refusal = await this.#refusal(form);
    if (refusal) {
      if (await this.#showForm(form, refusal)) return;
      // Not in the chosen conversation, because they may not be a member.
      const { user } = form.target;
      await messenger.send({ user }, notice(sentences.aboutLink(form.request.customer, refusal)));
      return;
    }
    let progress: CreateProgress = { step: 'creating' };
    const stopProgress = startProgress(PROGRESS_INTERVAL_MS, (seconds) =>
      this.#showView(form, progressView(form.request, sentences.progressSentence(progress, seconds)), {
        isProgress: true,
      }),
    );
    const onProgress = (next: CreateProgress) => {
      progress = next;
    };
    try {
      return await this.#createAndDeliver(form, onProgress, stopProgress);
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
      return sentences.accessSentence(error.code, this.#deps.sentenceContext);
    }
  }

  /** @throws TicketError if a link could not be revoked. Then nothing is created. */
  async #revokeReplaced({ target: { user, channel }, replaces = [] }: SubmittedForm): Promise<void> {
    for (const { ticket, events } of replaces) {
      try {
        const event = await revokeTicket(this.#deps, ticket, { user, channel });
        await this.#deps.receipts.update({ ticket, events: [...events, event] });
      } catch (error) {
        throw new TicketError({ code: 'not_replaced', customer: ticket.customer }, { cause: error });
      }
    }
  }

  async #createAndDeliver(
    form: SubmittedForm,
    onProgress: (progress: CreateProgress) => void,
    stopProgress: () => Promise<void>,
  ): Promise<void> {
    const { people, maxLinksPerHour: maxPerHour } = this.#deps;
    const { request, target, isEditor, values, submission: id } = form;
    const { user: requester, channel } = target;
    const person = people.requester(requester);
    let issued: IssuedTicket | undefined;
    const deliver = async (ticket: IssuedTicket) => {
      issued = ticket;
      return this.#deliver(form, ticket, await person);
    };
    const submission = { id, request, isEditor, requester, channel, form: recordedValues(values) };
    const beforeCreate = () => this.#revokeReplaced(form);
    const options = { maxPerHour, deliver, beforeCreate, onProgress };
    let created: Awaited<ReturnType<typeof createTicket<Arrival>>>;
    try {
      created = await createTicket(this.#deps, submission, options);
    } catch (error) {
      const hasButton = issued ? await this.#sendUndeliveredReceipt(issued, error) : false;
      await stopProgress();
      await this.#returnForm(form, this.#sentence(form, error, hasButton));
      return;
    }
    if (!created) {
      // A form that arrives again was already answered. If two people clicked a button, only one of them was.
      if (form.viewId === undefined) await this.#sayAlreadyDone(form);
      return;
    }
    const { ticket } = created.issued;
    const receipt = this.#sendReceipt(form, ticket);
    // The modal changes last, so that everything is there when it says so.
    await within(RECEIPT_TIMEOUT_MS, receipt);
    await stopProgress();
    await this.#showView(form, doneView(request, created.delivery.place, channel));
    await receipt;
  }

  async #sayAlreadyDone({ target, request: { customer }, replaces }: SubmittedForm): Promise<void> {
    const sentence = replaces ? sentences.alreadyRevoked(customer) : sentences.linkStillWorks(customer);
    await this.#deps.messenger.send(target, notice(sentence));
  }

  /** Sends the message with the link. With ALLOWED_CHANNELS, it goes where it was asked for or nowhere. */
  async #deliver(
    { target, replaces = [] }: SubmittedForm,
    issued: IssuedTicket,
    requester: Requester,
  ): Promise<Arrival | undefined> {
    const { access, messenger, tenant } = this.#deps;
    const message = linkMessage({
      issued,
      requester,
      template: tenant.policy.customerMessage,
      replaces: replaces.length > 0,
    });
    return messenger.send(target, message, { onlyThere: access.limitsChannels });
  }

  /** If Slack doesn't accept it, tells the person, because the link's message mentions the receipt. */
  async #sendReceipt({ request, target }: SubmittedForm, ticket: Ticket): Promise<void> {
    const { receipts, messenger } = this.#deps;
    if (await receipts.post({ ticket, events: [] })) return;
    await messenger.send(target, notice(sentences.receiptLost(request.customer)));
  }

  /** Sends the receipt of a link that nobody got and that still works. Returns whether it has a button to revoke it. */
  async #sendUndeliveredReceipt({ ticket }: IssuedTicket, error: unknown): Promise<boolean> {
    const stillWorks =
      error instanceof TicketError && error.details.code === 'not_delivered' && !error.details.revoked;
    return stillWorks && (await this.#deps.receipts.post({ ticket, events: [] }));
  }

  #sentence({ isEditor }: SubmittedForm, error: unknown, receipt: boolean): string {
    if (!(error instanceof TicketError || error instanceof Auth0Error || error instanceof DatabaseError)) {
      this.#deps.log.error(errorFields(error), 'Creating a link failed');
    }
    return sentences.createSentence(error, { ...this.#deps.sentenceContext, isEditor, receipt });
  }

  /** Shows the form again as it was, with a sentence on top. If it is closed, sends the sentence in a message. */
  async #returnForm(form: SubmittedForm, sentence: string): Promise<void> {
    if (await this.#showForm(form, sentence)) return;
    const { kind, values, target, request } = form;
    const message = failure(sentences.aboutLink(request.customer, sentence), { kind, values });
    await this.#deps.messenger.send(target, message);
  }

  /** Returns false if the form is closed. */
  #showForm(form: SubmittedForm, sentence: string): Promise<boolean> {
    const { tenant } = this.#deps;
    const { kind, isEditor, shape, values, metadata } = form;
    const context = { kind, isEditor, policy: tenant.policy, tenant };
    return this.#showView(form, formView({ shape, values, metadata, notice: sentence }, context));
  }

  /** Returns false if there is no view to replace, or it is closed. */
  async #showView(
    { viewId }: SubmittedForm,
    view: types.ModalView,
    options: { isProgress?: boolean } = {},
  ): Promise<boolean> {
    return viewId !== undefined && this.#deps.messenger.updateView(viewId, view, options);
  }
}

/** The values that are needed to create a ticket again, possibly from another conversation. */
function recordedValues({ conversation: _, existingLink: __, ...values }: Values): Partial<Values> {
  return values;
}
