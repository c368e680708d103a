import { App, type AppOptions, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { z } from 'zod';
import { errorFields } from '../log.ts';
import { SealError } from '../seal.ts';
import type { Attempt } from './access.ts';
import { plain } from './blocks.ts';
import type { Bot } from './bot.ts';
import { OPEN_FORM, REVOKE_TICKET, readFormRequest } from './buttons.ts';
import { readCommand } from './command.ts';
import { deliver } from './delivery.ts';
import { kindOf } from './form.ts';
import { notice } from './messages.ts';
import { createSeen } from './seen.ts';
import { problemView } from './views.ts';

/** What every payload of Slack's says of who did what, where; the fields that commands and interactions share. */
const payloadShape = z.object({
  type: z.string().default('command'),
  user_id: z.string().optional(),
  user: z.object({ id: z.string() }).optional(),
  channel_id: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ channel_id: z.string().optional() }).optional(),
  response_url: z.string().optional(),
  trigger_id: z.string().optional(),
  text: z.string().optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).optional(),
  view: z
    .object({
      id: z.string(),
      callback_id: z.string().default(''),
      blocks: z.array(z.object({ type: z.string(), block_id: z.string() })),
    })
    .optional(),
});
type Payload = z.output<typeof payloadShape>;

/** Who did something, and where; commands and interactions write it differently. */
function whoAndWhere(payload: Payload | undefined) {
  return {
    user: payload?.user_id ?? payload?.user?.id,
    channel: payload?.channel_id ?? payload?.channel?.id ?? payload?.container?.channel_id,
  };
}

/** Bolt takes a signed request for five minutes, give or take the clocks. */
const SIGNED_MS = 6 * 60_000;

/** A request that Slack signed once and somebody sent again. */
class ReplayError extends Error {
  override name = 'ReplayError';
  constructor() {
    super('A signed request came a second time');
  }
}

/** Work that is under way, so that a stop can wait for it. */
export interface Work {
  readonly stopping: AbortSignal;
  track<T>(work: Promise<T>): Promise<T>;
}

/**
 * Bolt's app, with what holds for every payload: nobody passes who may not, nothing twice, and nothing once the bot
 * is stopping; whatever goes wrong ends in a sentence to the person; and everything is acknowledged, also what
 * nobody listens to.
 */
export class Pipeline extends App {
  readonly #work: Work;
  readonly #bot: Bot;
  readonly #signed = createSeen(SIGNED_MS);

  constructor(
    bot: Bot,
    work: Work,
    receiver: Receiver,
    options: Pick<AppOptions, 'logger' | 'clientOptions'>,
  ) {
    const { botToken } = bot.settings.slack;
    super({
      ...options,
      receiver,
      // One workspace, one token: nothing to look up before a listener runs.
      authorize: async () => ({ botToken }),
      ignoreSelf: false,
      convoStore: false,
    });
    this.#bot = bot;
    this.#work = work;
    // Bolt's own handler logs the error as it is and throws it again; ours is below, and only throws.
    this.error(async (error) => {
      throw error;
    });
  }

  override processEvent(event: ReceiverEvent): Promise<void> {
    return this.#work.track(this.#process(event));
  }

  /** @throws ReplayError for a request over HTTP that has been here before */
  async #process(event: ReceiverEvent): Promise<void> {
    let acknowledged = false;
    const ack: ReceiverEvent['ack'] = async (response) => {
      acknowledged = true;
      await event.ack(response);
    };
    const payload = payloadShape.safeParse(event.body, { jitless: true }).data;
    // Slack never delivers a command or an interaction twice. A suggestion does nothing, and whoever types the same
    // twice within a second sends the same twice.
    const signature = payload?.type !== 'block_suggestion' && event.customProperties?.signature;
    if (typeof signature === 'string' && this.#signed(signature)) throw new ReplayError();
    try {
      const refusal = this.#work.stopping.aborted
        ? RESTARTING
        : await this.#bot.access.refusal(attemptOf(payload));
      if (refusal) await this.#answer(payload, ack, acknowledged, refusal);
      else await super.processEvent({ ...event, ack });
    } catch (error) {
      await this.#answer(payload, ack, acknowledged, this.#explain(error, payload)).catch((second: unknown) =>
        this.#bot.log.error(errorFields(second), 'Someone could not be told of an error'),
      );
    }
    if (!acknowledged) {
      this.#bot.log.warn({ type: payload?.type }, 'Slack sent something that nobody listens to');
      await ack();
    }
  }

  #explain(error: unknown, payload: Payload | undefined): string {
    const { log, audit } = this.#bot;
    // Bolt wraps what a listener throws.
    const original = error instanceof Error && 'original' in error ? error.original : error;
    const { user } = whoAndWhere(payload);
    if (original instanceof SealError) {
      audit({ event: 'seal_refused', user, what: payload?.type, reason: original.reason });
      return STALE;
    }
    log.error({ user, type: payload?.type, ...errorFields(original) }, 'A listener failed');
    return FAILED;
  }

  /** Says a sentence instead of doing what was asked, in the way that what was asked allows. */
  async #answer(
    payload: Payload | undefined,
    ack: (response?: unknown) => Promise<void>,
    acknowledged: boolean,
    sentence: string,
  ): Promise<void> {
    const { slack, settings } = this.#bot;
    const label = settings.tenantLabel;
    const { type, view, trigger_id } = payload ?? {};
    if (type === 'block_suggestion') {
      // A suggestion has no room for a sentence that matters; the form's submission says it.
      if (!acknowledged) await ack({ options: [] });
      return;
    }
    const input = view?.blocks.find((block) => block.type === 'input');
    if (type === 'view_submission' && input && !acknowledged) {
      // At the first field, so that everything typed stays.
      await ack({ response_action: 'errors', errors: { [input.block_id]: plain(sentence, 2000).text } });
      return;
    }
    if (!acknowledged) await ack();
    const { user, channel } = whoAndWhere(payload);
    // A form stays as it is, with what was typed.
    if (view && !input) await slack.views.update({ view_id: view.id, view: problemView(sentence, label) });
    else if (type === 'shortcut' && trigger_id) {
      await slack.views.open({ trigger_id, view: problemView(sentence, label) });
    } else if (user) {
      const origin = { user, channel, responseUrl: payload?.response_url };
      await deliver(this.#bot, origin, notice(sentence, label));
    }
  }
}

/** What a payload is an attempt at: the one place that knows every way in. */
function attemptOf(payload: Payload | undefined): Attempt {
  const { type = 'unknown', view, text, actions } = payload ?? {};
  const { user, channel } = whoAndWhere(payload);
  const [action] = actions ?? [];
  if (type === 'command') {
    const wish = readCommand(text ?? '');
    return { user, channel, edit: wish.wish === 'form' && wish.kind === 'edit', what: type };
  }
  const inEdit = kindOf(view?.callback_id) === 'edit';
  if (action) {
    const edit =
      inEdit || (action.action_id.startsWith(OPEN_FORM) && readFormRequest(action.value)?.kind === 'edit');
    // Ending a link harms nothing, and its receipt stands outside every channel.
    const revoke = action.action_id === REVOKE_TICKET;
    return { user, channel: revoke ? undefined : channel, edit, what: action.action_id };
  }
  // A form's conversation is sealed in it: its submission checks that.
  return { user, channel, edit: inEdit, what: type };
}

const RESTARTING = 'The bot is being restarted. Nothing was done; try again in a few seconds.';
const STALE =
  'This cannot be used any more: it is too old, or was not made for you. Nothing was done. Close it and type the command again.';
const FAILED =
  'Something went wrong inside the bot, and it may not have done what you asked. Try again; if it happens again, tell whoever runs this bot.';
