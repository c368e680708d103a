import type { types } from '@slack/bolt';
import { Auth0Error } from '../auth0/errors.ts';
import type { Connection } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { startProgress } from '../lib/progress.ts';
import type { Seal } from '../lib/seal.ts';
import { within } from '../lib/timeouts.ts';
import { initialValues, usesOptions, type Values } from '../tickets/form/form.ts';
import { editProblem, peopleName } from '../tickets/reach.ts';
import { findChoices } from '../tickets/search.ts';
import type { Access } from './access.ts';
import { type FormRequest, openFormButton } from './buttons.ts';
import type { Messenger } from './delivery.ts';
import { type Message, notice, problem } from './messages/message.ts';
import { existingConnection, findConnection, ifAvailable, valuesFrom } from './prefill.ts';
import type { ProfileForms } from './profile-forms.ts';
import { type ReplyTarget, sealTarget } from './reply-target.ts';
import * as sentences from './sentences.ts';
import { FORM_CONTENT_TIMEOUT_MS, PROGRESS_INTERVAL_MS } from './timeouts.ts';
import { type Form, formView } from './views/form.ts';
import { answerView, loadingView, problemView } from './views/notices.ts';
import { isTimeout, slackErrorCode } from './web-api.ts';

/** Where a form opens: in a new modal, which needs a trigger, or in place of a view. */
export type FormWindow = { triggerId: string } | { viewId: string };

/** A prepared view, or a message in its place. */
export type Prepared = { view: types.ModalView } | { message: Message };

/** A form that may take time to prepare. */
export interface FormContent {
  /** @param metadata the sealed reply target @throws Auth0Error */
  prepare(metadata: string): Promise<Prepared>;
  /** A button that opens the form again. */
  button(label: string): types.Button;
}

/** Slack's error codes for a trigger that was used too late, or by an attempt with a lost response. */
const TOO_LATE = new Set(['expired_trigger_id', 'exchanged_trigger_id']);

/** Opens forms. */
export class FormOpener {
  readonly #tenant: Tenant;
  readonly #access: Access;
  readonly #profileForms: ProfileForms;
  readonly #messenger: Messenger;
  readonly #seal: Seal;
  readonly #log: Log;
  readonly #sentenceContext: sentences.SentenceContext;

  constructor(deps: {
    tenant: Tenant;
    access: Access;
    profileForms: ProfileForms;
    messenger: Messenger;
    seal: Seal;
    log: Log;
    sentenceContext: sentences.SentenceContext;
  }) {
    this.#sentenceContext = deps.sentenceContext;
    this.#tenant = deps.tenant;
    this.#access = deps.access;
    this.#profileForms = deps.profileForms;
    this.#messenger = deps.messenger;
    this.#seal = deps.seal;
    this.#log = deps.log;
  }

  /**
   * Opens a form, or a loading view if its content takes longer than a second. If there is no form to open, a
   * sentence says why.
   */
  async open(request: FormRequest, target: ReplyTarget, window: FormWindow): Promise<void> {
    this.#tenant.refreshLists();
    await this.show(
      {
        prepare: (metadata) => this.#prepare(request, target, metadata),
        button: (label) => openFormButton(label, request),
      },
      target,
      window,
    );
  }

  /** Like `open`, for any form. */
  async show(content: FormContent, target: ReplyTarget, window: FormWindow): Promise<void> {
    const metadata = await sealTarget(this.#seal, target);
    const prepared = content.prepare(metadata).catch((error: unknown): Prepared => {
      if (!(error instanceof Auth0Error)) throw error;
      const sentence = sentences.auth0Sentence(error, 'read', this.#sentenceContext);
      const button = content.button(sentences.TRY_AGAIN);
      return { view: problemView(sentence, { button, metadata }) };
    });
    const ready = await within(FORM_CONTENT_TIMEOUT_MS, prepared);
    if (ready && 'message' in ready) return this.#showMessage(ready.message, target, window, metadata);

    const viewId = await this.#showFirst(ready?.view, content, target, metadata, window);
    if (!viewId || ready) return;
    const stopProgress = startProgress(PROGRESS_INTERVAL_MS, (seconds) =>
      this.#messenger.updateView(viewId, loadingView(metadata, seconds), { isProgress: true }),
    );
    const result = await prepared.finally(stopProgress);
    if ('message' in result) await this.#showMessage(result.message, target, { viewId }, metadata);
    else await this.#messenger.updateView(viewId, result.view);
  }

  /**
   * Shows the form, or a loading view until it is ready. Returns the ID of the view. Undefined if it could not be
   * opened; then the person gets a message.
   */
  async #showFirst(
    ready: types.ModalView | undefined,
    content: FormContent,
    target: ReplyTarget,
    metadata: string,
    window: FormWindow,
  ): Promise<string | undefined> {
    const view = ready ?? loadingView(metadata);
    if ('viewId' in window) {
      await this.#messenger.updateView(window.viewId, view, { isProgress: !ready });
      return window.viewId;
    }
    try {
      return await this.#messenger.openView(window.triggerId, view);
    } catch (error) {
      await this.#explain(error, content, target);
      return undefined;
    }
  }

  /** Tells the person why there is no form. Opening it again helps only if it came too late. */
  async #explain(error: unknown, content: FormContent, target: ReplyTarget): Promise<void> {
    const code = slackErrorCode(error);
    const isLate = isTimeout(error) || (code !== undefined && TOO_LATE.has(code));
    this.#log[isLate ? 'warn' : 'error'](
      { user: target.user, ...errorFields(error), ...(code && { code }) },
      "Slack didn't open the form",
    );
    const message = isLate
      ? problem(sentences.FORM_NOT_OPENED, content.button(sentences.OPEN_FORM_AGAIN))
      : notice(sentences.formRefused(code, this.#sentenceContext));
    await this.#messenger.send(target, message);
  }

  /** In the view if there already is one, otherwise in an ephemeral message. */
  async #showMessage(
    message: Message,
    target: ReplyTarget,
    window: FormWindow,
    metadata: string,
  ): Promise<void> {
    const view = answerView(message.blocks, metadata);
    const isShown = 'viewId' in window && (await this.#messenger.updateView(window.viewId, view));
    if (!isShown) await this.#messenger.send(target, message);
  }

  async #prepare(request: FormRequest, target: ReplyTarget, metadata: string): Promise<Prepared> {
    const tenant = this.#tenant;
    const { policy } = tenant;
    const { profiles, clients } = tenant.lists;
    await profiles.load();
    if (tenant.profiles().length === 0) {
      // Someone is probably creating one now.
      profiles.invalidate();
      const first = await this.#profileForms.forFirst(target);
      const button = openFormButton(sentences.TRY_AGAIN, request);
      const sentence = sentences.noProfiles(this.#sentenceContext);
      return { view: first ?? problemView(sentence, { button, metadata }) };
    }
    if (policy.defaultClientIds.length > 0) {
      await ifAvailable(clients.load());
    }

    const { kind, text } = request;
    const given: Partial<Values> = { ...request.values };
    if (text && kind === 'new') Object.assign(given, await valuesFrom(tenant, text));
    if (text && kind === 'edit') {
      const connection = await findConnection(tenant, text);
      if (!connection) return { message: await this.#connectionNotFound(text) };
      const problem = editProblem(connection, tenant.protected);
      if (problem) return { message: notEditable(sentences.editSentence(problem, this.#sentenceContext)) };
      given.connection = [toChoice(connection)];
    }
    const context = { kind, isEditor: await this.#access.isEditor(target.user), policy, tenant };
    const values = initialValues(context, given);
    const shape = {
      asksConversation: target.channel === undefined,
      // Open from the start if a reopened form has values there.
      more: usesOptions(values, context),
    };
    const existing =
      text && kind === 'new' ? await existingConnection(tenant, text, values.connectionName) : undefined;
    const top = existing ? this.#editInstead(existing, context.isEditor) : {};
    const notice = request.incomplete ? sentences.FORM_INCOMPLETE : undefined;
    return { view: formView({ shape, values, metadata, notice, focus: 'first field', ...top }, context) };
  }

  /** A notice for the form for a new connection. Editors get a button that edits the existing one. */
  #editInstead(connection: Connection, isEditor: boolean): Pick<Form, 'notice' | 'button'> {
    const canEdit = isEditor && !editProblem(connection, this.#tenant.protected);
    const names = { customer: peopleName(connection), connection: connection.name };
    return {
      notice: sentences.customerHasConnection(names, canEdit, this.#sentenceContext),
      button: canEdit
        ? openFormButton(sentences.EDIT_INSTEAD, {
            kind: 'edit',
            values: { connection: [toChoice(connection)] },
          })
        : undefined,
    };
  }

  async #connectionNotFound(text: string): Promise<Message> {
    const similar = await findChoices(this.#tenant, 'connections', text, 3);
    const sentence = sentences.connectionNotFound(
      sentences.shortened(text),
      this.#tenant.lists.connections.isComplete(),
      similar.length > 0,
    );
    const buttons: [string, FormRequest][] = [
      ...similar.map(({ id, name }): [string, FormRequest] => [
        sentences.editConnection(name),
        { kind: 'edit', values: { connection: [{ id, name }] } },
      ]),
      [sentences.FIND_CONNECTION, { kind: 'edit', values: {} }],
      [sentences.NEW_CONNECTION, { kind: 'new', values: {}, text }],
    ];
    return notice(
      sentence,
      ...buttons.map(([label, request], index) => openFormButton(label, request, index)),
    );
  }
}

function notEditable(sentence: string): Message {
  return notice(sentence, openFormButton(sentences.FIND_CONNECTION, { kind: 'edit', values: {} }));
}

const toChoice = ({ id, name }: Connection) => ({ id, name });
