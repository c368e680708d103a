import type { AckFn, BlockAction, ButtonAction, types, ViewSubmitAction } from '@slack/bolt';
import { errorFields, type Log } from '../lib/log.ts';
import { SealError } from '../lib/seal.ts';
import type { AuditLog } from '../tickets/audit.ts';
import type { TicketKind } from '../tickets/form/field.ts';
import { type Access, AccessError, type Role, strongest } from './access.ts';
import type { SlackApp } from './app.ts';
import { plain } from './blocks.ts';
import type { Messenger } from './delivery.ts';
import { notice } from './messages/message.ts';
import type { Acknowledge, ButtonOptions, Click, Command, Submission } from './payloads.ts';
import { type Place, placeOf } from './reply-target.ts';
import {
  accessSentence,
  RESTARTING,
  SEAL_INVALID,
  type SentenceContext,
  UNEXPECTED_ERROR,
} from './sentences.ts';
import { parseCommand, type SubcommandName } from './subcommands.ts';
import { FORM_CALLBACKS, kindOf, roleFor } from './views/form.ts';
import { problemView } from './views/notices.ts';

interface Payload {
  /** Slack's type of the payload. */
  type: string;
  /** What the person tries to do, for the audit line. */
  what: string;
  user: string | undefined;
  channel?: string | undefined;
  role: Role;
  ack: AckFn<never>;
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
  readonly #sentenceContext: SentenceContext;

  constructor(deps: {
    app: SlackApp;
    access: Access;
    messenger: Messenger;
    audit: AuditLog;
    log: Log;
    stopping: AbortSignal;
    sentenceContext: SentenceContext;
  }) {
    this.#app = deps.app;
    this.#access = deps.access;
    this.#messenger = deps.messenger;
    this.#audit = deps.audit;
    this.#log = deps.log;
    this.#stopping = deps.stopping;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** The slash command, with a listener for each subcommand. */
  command(listeners: Record<SubcommandName, { role: Role; run: (command: Command) => Promise<void> }>): void {
    this.#app.command(this.#sentenceContext.command, async ({ command, ack }) => {
      const { user_id: user, trigger_id: triggerId } = command;
      const place = { channel: command.channel_id, responseUrl: command.response_url };
      const { subcommand, text } = parseCommand(command.text ?? '');
      const { role, run } = listeners[subcommand];
      await this.#run(
        { type: 'command', what: 'command', user, channel: place.channel, role, ack },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ text, target: { user, ...place }, triggerId });
        },
        (sentence) => this.#tell(user, place, sentence),
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
      const { trigger_id: triggerId } = shortcut;
      await this.#run(
        { type: 'shortcut', what: 'shortcut', user: userOf(shortcut), role, ack },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ target: { user }, triggerId });
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
      const user = userOf(body);
      const place = placeOf(body);
      const value = parse(action.value);
      await this.#run(
        {
          type: body.type,
          what: action.action_id,
          user,
          channel: anywhere ? undefined : place.channel,
          role: strongest(role(value), roleInView(body.view)),
          ack,
        },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ value, target: { user, ...place }, triggerId: body.trigger_id, body });
        },
        (sentence) => this.#answerInView(body.view, user, place, sentence),
      );
    });
  }

  /** The submission of a form. The listener acknowledges it. */
  submission(kind: TicketKind, run: (submission: Submission) => Promise<void>): void {
    const constraints = { callback_id: FORM_CALLBACKS[kind], type: 'view_submission' } as const;
    this.#app.view<ViewSubmitAction>(constraints, async ({ ack, body, view }) => {
      const user = userOf(body);
      const responseUrl = body.response_urls?.[0]?.response_url;
      const firstInput = view.blocks.find(({ type }) => type === 'input')?.block_id;
      await this.#run(
        { type: body.type, what: body.type, user, role: roleFor(kind), ack },
        (user, acknowledge) => run({ user, view, responseUrl, acknowledge }),
        (sentence) => this.#answerInView(view, user, {}, sentence),
        // At the first field, so that the form stays as it is.
        firstInput
          ? (sentence) => ({
              response_action: 'errors',
              errors: { [firstInput]: plain(sentence, 2000).text },
            })
          : undefined,
      );
    });
  }

  /** Options for a search field. A person who is refused gets none; the form's submission says why. */
  suggestions(
    fieldId: string,
    { role, kinds }: { role: Role; kinds: readonly TicketKind[] },
    suggest: (typed: string, user: string) => Promise<types.PlainTextOption[]>,
  ): void {
    this.#app.options(fieldId, async ({ options, body, ack }) => {
      const view = 'view' in body ? body.view : undefined;
      const kind = kindOf(view?.callback_id);
      const type = 'block_suggestion';
      await this.#run(
        { type, what: type, user: userOf(body), role: strongest(role, roleInView(view)), ack },
        async (user, acknowledge) => {
          // Only a form that has the field may ask for its options.
          const isInForm = kind !== undefined && kinds.includes(kind);
          await acknowledge({ options: isInForm ? await suggest(options.value, user) : [] });
        },
        undefined,
        () => ({ options: [] }),
      );
    });
  }

  /**
   * Runs a listener if the person may use it. If not, or if the listener fails, answers with a sentence.
   *
   * @param answer says the sentence after the acknowledgement
   * @param acknowledgement says it in the acknowledgement instead, unless the listener has sent it already
   */
  async #run(
    { ack, ...payload }: Payload,
    listener: (user: string, acknowledge: Acknowledge) => Promise<void>,
    answer?: (sentence: string) => Promise<unknown>,
    acknowledgement?: (sentence: string) => object,
  ): Promise<void> {
    let acknowledged = false;
    const acknowledge: Acknowledge = async (response) => {
      if (acknowledged) return;
      acknowledged = true;
      // Bolt types the response by the payload. Here, the payload's listener decides what it sends.
      await (ack as Acknowledge)(response);
    };
    try {
      if (this.#stopping.aborted) throw new StoppingError();
      await listener(await this.#access.check(payload), acknowledge);
    } catch (error) {
      const sentence = this.#sentenceFor(error, payload);
      const inAcknowledgement = !acknowledged && acknowledgement !== undefined;
      try {
        // Before the answer, which may take longer than Slack waits.
        await acknowledge(inAcknowledgement ? acknowledgement(sentence) : undefined);
        if (!inAcknowledgement) await answer?.(sentence);
      } catch (second) {
        this.#log.error(errorFields(second), 'A person could not be told about an error');
      }
    }
    await acknowledge();
  }

  #sentenceFor(error: unknown, { type, user }: Omit<Payload, 'ack'>): string {
    if (error instanceof StoppingError) return RESTARTING;
    if (error instanceof AccessError) return accessSentence(error.code, this.#sentenceContext);
    if (error instanceof SealError) {
      this.#audit.write('seal_refused', { user, what: type, reason: error.code });
      return SEAL_INVALID;
    }
    this.#log.error({ user, type, ...errorFields(error) }, 'A listener failed');
    return UNEXPECTED_ERROR;
  }

  /** In the view, unless it is a form: that stays as it is, with what was typed. */
  async #answerInView(
    view: { id: string; blocks: { type: string }[] } | undefined,
    user: string | undefined,
    place: Place,
    sentence: string,
  ): Promise<void> {
    const isForm = view?.blocks.some(({ type }) => type === 'input');
    if (view && !isForm) await this.#messenger.updateView(view.id, problemView(sentence));
    else await this.#tell(user, place, sentence);
  }

  async #tell(user: string | undefined, place: Place, sentence: string): Promise<void> {
    if (user) await this.#messenger.send({ user, ...place }, notice(sentence));
  }
}

/** The bot is stopping, and starts nothing new. */
class StoppingError extends Error {
  override name = 'StoppingError';
}

/** Undefined if the payload names nobody, whatever its type says. */
function userOf({ user }: { user?: { id?: string } | null }): string | undefined {
  return user?.id;
}

/** What is in a form is for the same people as the form. */
function roleInView(view: { callback_id?: string } | null | undefined): Role {
  const kind = kindOf(view?.callback_id);
  return kind ? roleFor(kind) : 'user';
}
