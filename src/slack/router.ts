import type { BlockAction, ButtonAction, Context, types, ViewSubmitAction } from '@slack/bolt';
import type { TicketKind } from '../tickets/form/field.ts';
import { type AccessRequest, strongestRole } from './access.ts';
import type { SlackApp } from './app.ts';
import { plain } from './blocks.ts';
import type { Messenger } from './delivery.ts';
import { errorView, type ListenerRunner } from './listener-runner.ts';
import { notice } from './messages/message.ts';
import { type ButtonOptions, type Click, type Command, type Submission, userOf } from './payloads.ts';
import { placeOf } from './reply-target.ts';
import type { SentenceContext } from './sentences.ts';
import { parseCommand, type SubcommandName } from './subcommands.ts';
import { kindOf, roleInView } from './views/form.ts';

/** A listener, and the role that it requires. */
interface CommandListener {
  role: AccessRequest['role'];
  run: (command: Command) => Promise<void>;
}

/**
 * Registers listeners. Each registration declares who may use it, and how the person learns that something went wrong.
 */
export class Router {
  readonly #app: SlackApp;
  readonly #runner: ListenerRunner;
  readonly #messenger: Messenger;
  readonly #sentenceContext: SentenceContext;

  constructor(deps: {
    app: SlackApp;
    runner: ListenerRunner;
    messenger: Messenger;
    sentenceContext: SentenceContext;
  }) {
    this.#app = deps.app;
    this.#runner = deps.runner;
    this.#messenger = deps.messenger;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** The slash command, with a listener for each subcommand. */
  command(listeners: Record<SubcommandName, CommandListener>): void {
    this.#app.command(this.#sentenceContext.command, async ({ command, context, ack }) => {
      const { user_id: user, trigger_id: triggerId } = command;
      const place = { channel: command.channel_id, responseUrl: command.response_url };
      const { subcommand, text } = parseCommand(command.text ?? '');
      const { role, run } = listeners[subcommand];
      await this.#runner.run(
        {
          type: 'command',
          what: 'command',
          body: command,
          user,
          channel: place.channel || undefined,
          anywhere: false,
          role,
          isOutdated: isOutdated(context),
          ack,
        },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ text, target: { user, ...place }, triggerId });
        },
        (sentence, error) => this.#runner.tell(user, place, sentence, error),
        // A refusal costs no call, so a command gets one every time.
        (sentence) => ({
          response_type: 'ephemeral',
          ...this.#messenger.labelMessage(notice(sentence)),
        }),
      );
    });
  }

  /** A global shortcut. */
  shortcut(
    callbackId: string,
    { role }: Pick<AccessRequest, 'role'>,
    run: (shortcut: Omit<Command, 'text'>) => Promise<void>,
  ): void {
    this.#app.shortcut(callbackId, async ({ shortcut, context, ack }) => {
      const { trigger_id: triggerId } = shortcut;
      await this.#runner.run(
        {
          type: 'shortcut',
          what: 'shortcut',
          body: shortcut,
          user: userOf(shortcut),
          anywhere: true,
          role,
          isOutdated: isOutdated(context),
          ack,
        },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ target: { user }, triggerId });
        },
        (sentence, error) => this.#messenger.openView(triggerId, errorView(sentence, error)),
      );
    });
  }

  /** A button, in a message or in a view. */
  button<Value>(
    actionId: string | RegExp,
    { parse, role, anywhere }: ButtonOptions<Value>,
    run: (click: Click<Value>) => Promise<void>,
  ): void {
    this.#app.action<BlockAction<ButtonAction>>(actionId, async ({ body, action, context, ack }) => {
      const user = userOf(body);
      const place = placeOf(body);
      const value = parse(action.value);
      await this.#runner.run(
        {
          type: body.type,
          what: action.action_id,
          body,
          user,
          channel: place.channel,
          // A view has no conversation. What the button opens uses the sealed one.
          anywhere: anywhere || body.view !== undefined,
          role: strongestRole(role(value), roleInView(body.view)),
          isOutdated: isOutdated(context),
          ack,
        },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ value, target: { user, ...place }, triggerId: body.trigger_id, body });
        },
        (sentence, error) => this.#runner.answerInView(body.view, user, place, sentence, error),
      );
    });
  }

  /** The opening of the home tab. The listener answers people without access. */
  homeOpened(run: (user: string) => Promise<void>): void {
    this.#app.event('app_home_opened', async ({ event, body }) => {
      if (event.tab !== 'home') return;
      const { type } = body;
      const ack = async () => undefined;
      await this.#runner.run(
        { type, what: event.type, body, user: event.user, anywhere: true, role: 'anyone', ack },
        (user) => run(user),
      );
    });
  }

  /** The change of a field that other fields depend on. */
  fieldChange(fieldId: string, run: (click: Omit<Click<undefined>, 'value'>) => Promise<void>): void {
    this.#app.action<BlockAction>(fieldId, async ({ body, ack }) => {
      const user = userOf(body);
      const place = placeOf(body);
      await this.#runner.run(
        { type: body.type, what: fieldId, body, user, anywhere: true, role: roleInView(body.view), ack },
        async (user, acknowledge) => {
          await acknowledge();
          await run({ target: { user, ...place }, triggerId: body.trigger_id, body });
        },
        (sentence, error) => this.#runner.answerInView(body.view, user, place, sentence, error),
      );
    });
  }

  /**
   * The submission of a form. The listener acknowledges it.
   *
   * @param isRecorded the listener ignores a submission that is on record, so one from before the start is safe
   */
  submission(
    callbackId: string,
    { role, isRecorded = false }: Pick<AccessRequest, 'role'> & { isRecorded?: boolean },
    run: (submission: Submission) => Promise<void>,
  ): void {
    const constraints = { callback_id: callbackId, type: 'view_submission' } as const;
    this.#app.view<ViewSubmitAction>(constraints, async ({ ack, body, context, view }) => {
      const user = userOf(body);
      const responseUrls = body.response_urls ?? [];
      const firstInput = view.blocks?.find(({ type }) => type === 'input')?.block_id;
      await this.#runner.run(
        {
          type: body.type,
          what: body.type,
          body,
          user,
          anywhere: true,
          role,
          isOutdated: !isRecorded && isOutdated(context),
          ack,
        },
        (user, acknowledge) => run({ user, view, responseUrls, acknowledge }),
        (sentence, error) => this.#runner.answerInView(view, user, {}, sentence, error),
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

  /** Options for a search field. A person without access gets none; the form's submission says why. */
  suggestions(
    fieldId: string,
    { role, kinds }: Pick<AccessRequest, 'role'> & { kinds: readonly TicketKind[] },
    suggest: (typed: string, user: string) => Promise<types.PlainTextOption[]>,
  ): void {
    this.#app.options(fieldId, async ({ options, body, context, ack }) => {
      const view = 'view' in body ? body.view : undefined;
      const kind = kindOf(view?.callback_id);
      const type = 'block_suggestion';
      await this.#runner.run(
        {
          type,
          what: type,
          body,
          user: userOf(body),
          anywhere: true,
          role: strongestRole(role, roleInView(view)),
          isOutdated: isOutdated(context),
          ack,
        },
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
}

/** See `SIGNED_BEFORE_START_MS`. */
const isOutdated = (context: Context) => context.isOutdated === true;
