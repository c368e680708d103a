import type { AckFn, BlockAction, BlockSuggestion, ButtonAction, types, ViewSubmitAction } from '@slack/bolt';
import { errorFields, type Log } from '../lib/log.ts';
import { SealError } from '../lib/seal.ts';
import type { AuditLog } from '../tickets/audit.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import { type Access, AccessError, type Role } from './access.ts';
import type { SlackApp } from './app.ts';
import { plain } from './blocks.ts';
import type { Messenger } from './delivery.ts';
import { notice } from './messages/message.ts';
import type { Acknowledge, ButtonOptions, Click, Command, Submission } from './payloads.ts';
import { clickTarget, type ReplyTarget } from './reply-target.ts';
import { accessSentence, RESTARTING, SEAL_INVALID, UNEXPECTED_ERROR } from './sentences.ts';
import { parseCommand, type SubcommandName } from './subcommands.ts';
import { FORM_CALLBACKS, kindOf } from './views/form.ts';
import { problemView } from './views/notices.ts';

interface Payload {
  /** Slack's type of the payload. */
  type: string;
  /** What the person tries to do, for the audit line. */
  what: string;
  user: string | undefined;
  channel?: string | undefined;
  role: Role;
  acknowledge: Acknowledge;
}

/**
 * Registers listeners. Each registration declares who may use it, and the router checks that before it runs the
 * listener. Whatever goes wrong ends in a sentence to the person.
 */
export class Router {
  readonly #app: SlackApp;
  readonly #access: Access;
  readonly #messenger: Messenger;
  readonly #audit: AuditLog;
  readonly #log: Log;
  readonly #stopping: AbortSignal;
  readonly #command: string;
  readonly #contact: string | undefined;

  constructor(deps: {
    app: SlackApp;
    access: Access;
    messenger: Messenger;
    audit: AuditLog;
    log: Log;
    stopping: AbortSignal;
    /** The slash command, and whom to ask for access: for sentences. */
    command: string;
    contact: string | undefined;
  }) {
    this.#app = deps.app;
    this.#access = deps.access;
    this.#messenger = deps.messenger;
    this.#audit = deps.audit;
    this.#log = deps.log;
    this.#stopping = deps.stopping;
    this.#command = deps.command;
    this.#contact = deps.contact;
  }

  /** The slash command, with a listener for each subcommand. */
  command(listeners: Record<SubcommandName, { role: Role; run: (command: Command) => Promise<void> }>): void {
    this.#app.command(this.#command, async ({ command, ack }) => {
      const {
        user_id: user,
        channel_id: channel,
        response_url: responseUrl,
        trigger_id: triggerId,
      } = command;
      const { subcommand, text } = parseCommand(command.text ?? '');
      const { role, run } = listeners[subcommand];
      const target = { user, channel, responseUrl };
      await this.#run(
        { type: 'command', what: 'command', user, channel, role, acknowledge: anyResponse(ack) },
        async (acknowledge) => {
          await acknowledge();
          await run({ text, target, triggerId });
        },
        (sentence) => this.#messenger.send(target, notice(sentence)),
      );
    });
  }

  /** A global shortcut. */
  shortcut(
    callbackId: string,
    { role }: { role: Role },
    run: (shortcut: Omit<Command, 'text'>) => Promise<void>,
  ): void {
    this.#app.shortcut(callbackId, async ({ shortcut, ack }) => {
      const { user, trigger_id: triggerId } = shortcut;
      await this.#run(
        { type: 'shortcut', what: 'shortcut', user: user?.id, role, acknowledge: anyResponse(ack) },
        async (acknowledge) => {
          await acknowledge();
          await run({ target: { user: user.id }, triggerId });
        },
        (sentence) => this.#messenger.openView(triggerId, problemView(sentence)),
      );
    });
  }

  /** A button, in a message or in a view. */
  button<Value>(
    actionId: string | RegExp,
    { parse, role, anywhere }: ButtonOptions<Value>,
    run: (click: Click<Value>) => Promise<void>,
  ): void {
    this.#app.action<BlockAction<ButtonAction>>(actionId, async ({ body, action, ack }) => {
      const target = clickTarget(body);
      const value = parse(action.value);
      await this.#run(
        {
          type: body.type,
          what: action.action_id,
          user: target.user,
          channel: anywhere ? undefined : target.channel,
          role: roleInForm(body.view?.callback_id) === 'editor' ? 'editor' : role(value),
          acknowledge: anyResponse(ack),
        },
        async (acknowledge) => {
          await acknowledge();
          await run({ value, target, triggerId: body.trigger_id, body });
        },
        (sentence) => this.#answerClick(body.view, target, sentence),
      );
    });
  }

  /** The submission of a form. The listener acknowledges it. */
  submission(
    kind: TicketKind,
    { role }: { role: Role },
    run: (submission: Submission) => Promise<void>,
  ): void {
    const constraints = { callback_id: FORM_CALLBACKS[kind], type: 'view_submission' } as const;
    this.#app.view<ViewSubmitAction>(constraints, async ({ ack, body, view }) => {
      const user = body.user?.id;
      const responseUrl = body.response_urls?.[0]?.response_url;
      let answered = false;
      await this.#run(
        { type: body.type, what: body.type, user, role, acknowledge: anyResponse(ack) },
        (acknowledge) =>
          run({
            user,
            view,
            responseUrl,
            acknowledge: (response) => {
              answered = true;
              return acknowledge(response);
            },
          }),
        async (sentence, acknowledge) => {
          const input = view.blocks.find(({ type }) => type === 'input');
          if (input?.block_id && !answered) {
            // At the first field, so that the form stays as it is.
            const errors = { [input.block_id]: plain(sentence, 2000).text };
            await acknowledge({ response_action: 'errors', errors });
          } else await this.#answerClick(view, { user }, sentence);
        },
      );
    });
  }

  /** Options for a search field. Who is refused gets none; the form's submission says why. */
  suggestions(
    fieldId: string,
    { role }: { role: Role },
    suggest: (typed: string, user: string) => Promise<types.PlainTextOption[]>,
  ): void {
    this.#app.options(fieldId, async ({ options, body, ack }) => {
      const { user, view }: Partial<BlockSuggestion> = body;
      await this.#run(
        {
          type: 'block_suggestion',
          what: 'block_suggestion',
          user: user?.id,
          role: roleInForm(view?.callback_id) === 'editor' ? 'editor' : role,
          acknowledge: anyResponse(ack),
        },
        async (acknowledge) => acknowledge({ options: await suggest(options.value, user?.id ?? '') }),
        async (_, acknowledge) => acknowledge({ options: [] }),
      );
    });
  }

  /** Runs a listener if the person may use it. Answers with a sentence if not, or if the listener fails. */
  async #run(
    payload: Payload,
    listener: (acknowledge: Acknowledge) => Promise<void>,
    answer: (sentence: string, acknowledge: Acknowledge) => Promise<unknown>,
  ): Promise<void> {
    let acknowledged = false;
    const acknowledge: Acknowledge = async (response) => {
      if (acknowledged) return;
      acknowledged = true;
      await payload.acknowledge(response);
    };
    try {
      if (!this.#stopping.aborted) {
        await this.#access.check(payload);
        await listener(acknowledge);
        return;
      }
      await answer(RESTARTING, acknowledge);
    } catch (error) {
      const sentence = this.#sentenceFor(error, payload);
      await answer(sentence, acknowledge).catch((second: unknown) =>
        this.#log.error(errorFields(second), 'A person could not be told about an error'),
      );
    } finally {
      await acknowledge();
    }
  }

  #sentenceFor(error: unknown, { type, user }: Payload): string {
    if (error instanceof AccessError) return accessSentence(error.code, this.#command, this.#contact);
    if (error instanceof SealError) {
      this.#audit.write('seal_refused', { user, what: type, reason: error.code });
      return SEAL_INVALID;
    }
    this.#log.error({ user, type, ...errorFields(error) }, 'A listener failed');
    return UNEXPECTED_ERROR;
  }

  /** In the view, unless it is a form: that stays as it is, with what was typed. */
  async #answerClick(
    view: { id: string; blocks: { type: string }[] } | undefined,
    target: ReplyTarget,
    sentence: string,
  ): Promise<void> {
    const isForm = view?.blocks.some(({ type }) => type === 'input');
    if (view && !isForm) await this.#messenger.updateView(view.id, problemView(sentence));
    else if (target.user) await this.#messenger.send(target, notice(sentence));
  }
}

/** Bolt types the acknowledgement of each payload. Here, the listener of that payload decides what it sends. */
const anyResponse = (ack: AckFn<never>) => ack as Acknowledge;

/** What is in a form to edit is for editors, like the form. */
const roleInForm = (callbackId: string | undefined): Role =>
  kindOf(callbackId) === 'edit' ? 'editor' : 'user';
