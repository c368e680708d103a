import type { types } from '@slack/bolt';
import { errorFields, type Log } from '../lib/log.ts';
import { type CallObserver, observe } from '../lib/observe.ts';
import { retryWithin } from '../lib/retry.ts';
import type { PostedMessage } from '../tickets/ticket.ts';
import { context } from './blocks.ts';
import type { Message } from './messages/message.ts';
import type { People } from './people.ts';
import type { ReplyTarget } from './reply-target.ts';
import { tenantLine } from './sentences.ts';
import { LAST_ATTEMPT_WAIT_MS } from './timeouts.ts';
import {
  postToResponseUrl,
  type ResponseMessage,
  rateLimitWait,
  type SlackApi,
  slackErrorCode,
  slackOutcome,
} from './web-api.ts';

/** Where a message arrived: where it was asked for, or in the direct message with the bot. */
export type ArrivedIn = 'conversation' | 'direct';

export interface Arrival {
  place: ArrivedIn;
  /** The ID of the conversation or of the direct message. Undefined if the bot has only a `response_url`. */
  channel: string | undefined;
}

/** Sends messages and shows views. Adds the tenant's label to each of them. */
export class Messenger {
  readonly #slack: SlackApi;
  readonly #people: People;
  readonly #tenantLabel: string | undefined;
  readonly #log: Log;
  readonly #onCall: CallObserver | undefined;

  /** @param deps.onCall called after each post to a `response_url` */
  constructor(deps: {
    slack: SlackApi;
    people: People;
    tenantLabel: string | undefined;
    log: Log;
    onCall?: CallObserver | undefined;
  }) {
    this.#slack = deps.slack;
    this.#people = deps.people;
    this.#tenantLabel = deps.tenantLabel;
    this.#log = deps.log;
    this.#onCall = deps.onCall;
  }

  /**
   * Sends an ephemeral message to one person: through the `response_url`, or with `chat.postEphemeral` where they
   * asked, or in the direct message with the bot. An attempt without a response may have succeeded, so the same person
   * can get the message twice.
   *
   * @param onlyThere only where they asked
   * @returns where it went, or undefined if every attempt failed
   */
  async send(
    target: ReplyTarget,
    message: Message,
    { onlyThere = false } = {},
  ): Promise<Arrival | undefined> {
    const { user, channel, responseUrl } = target;
    const { text, blocks } = this.labelMessage(message);
    const postEphemeral = async (to: string) => {
      await this.#slack.chat.postEphemeral({ channel: to, user, text, blocks });
      return to;
    };
    const respond = async (url: string) => {
      const post = { response_type: 'ephemeral', replace_original: false, text, blocks } as const;
      await this.#respond(url, post);
      return channel;
    };
    // If the message may not go anywhere else, this is the last attempt.
    const postThere = (to: string) => (onlyThere ? lastAttempt(() => postEphemeral(to)) : postEphemeral(to));
    const attempts: [ArrivedIn, string, (() => Promise<string | undefined>) | false | undefined][] = [
      ['conversation', 'response_url', responseUrl ? () => respond(responseUrl) : undefined],
      ['conversation', 'chat.postEphemeral', channel ? () => postThere(channel) : undefined],
      [
        'direct',
        'direct message',
        !onlyThere && (() => lastAttempt(async () => postEphemeral(await this.#people.directMessage(user)))),
      ],
    ];
    for (const [place, method, attempt] of attempts) {
      if (!attempt) continue;
      try {
        return { place, channel: await attempt() };
      } catch (error) {
        this.#log.warn({ method, user, channel, ...errorFields(error) }, "Slack didn't accept a message");
      }
    }
    return undefined;
  }

  /** Posts a message for everyone in the conversation. @throws if Slack doesn't confirm it */
  async sendToEverybody({ responseUrl = '' }: ReplyTarget, message: Message): Promise<void> {
    const post = {
      response_type: 'in_channel',
      replace_original: false,
      ...this.labelMessage(message),
    } as const;
    await lastAttempt(() => this.#respond(responseUrl, post));
  }

  #respond(url: string, post: ResponseMessage): Promise<void> {
    return observe(
      this.#onCall,
      'response_url',
      () => postToResponseUrl(this.#slack, url, post),
      slackOutcome,
    );
  }

  /** Replaces the ephemeral message whose button was clicked. Returns whether Slack did it. */
  async replaceEphemeral({ user, responseUrl }: ReplyTarget, message: Message): Promise<boolean> {
    try {
      if (!responseUrl) throw new Error('The click has no response_url');
      const post = {
        response_type: 'ephemeral',
        replace_original: true,
        ...this.labelMessage(message),
      } as const;
      await lastAttempt(() => this.#respond(responseUrl, post));
      return true;
    } catch (error) {
      this.#log.warn({ user, ...errorFields(error) }, 'A message could not be replaced');
      return false;
    }
  }

  /**
   * Posts a stored message.
   *
   * @param thread the message that it replies to
   * @throws if Slack doesn't accept it
   */
  async post(channel: string, message: Message, thread?: string): Promise<PostedMessage | undefined> {
    const { ts } = await lastAttempt(() =>
      this.#slack.chat.postMessage({
        channel,
        ...this.labelMessage(message),
        ...(thread && { thread_ts: thread }),
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    return ts ? { channel, ts } : undefined;
  }

  /** Posts a stored message in the direct message with the bot. @throws if Slack doesn't accept it */
  async postDirect(user: string, message: Message): Promise<PostedMessage | undefined> {
    return this.post(await lastAttempt(() => this.#people.directMessage(user)), message);
  }

  /** Replaces a stored message. Returns whether Slack did it. */
  async update(posted: PostedMessage, message: Message): Promise<boolean> {
    try {
      await lastAttempt(() => this.#slack.chat.update({ ...posted, ...this.labelMessage(message) }));
      return true;
    } catch (error) {
      this.#log.warn(errorFields(error), 'A message could not be updated');
      return false;
    }
  }

  /** Opens a modal. Returns its ID. @throws if Slack doesn't open it, for example because the trigger is too old */
  async openView(triggerId: string, view: types.ModalView): Promise<string | undefined> {
    const response = await this.#slack.views.open({ trigger_id: triggerId, view: this.labelView(view) });
    return response.view?.id;
  }

  /**
   * Replaces a view. Returns false if it is closed, or if Slack doesn't accept it.
   *
   * @param isProgress another view follows, so this one doesn't wait for a rate limit
   * @param hash the version to replace. If the view has changed since, for example by its submission, it isn't replaced
   */
  async updateView(
    viewId: string,
    view: types.ModalView,
    { isProgress = false, hash }: { isProgress?: boolean; hash?: string } = {},
  ): Promise<boolean> {
    const update = () =>
      this.#slack.views.update({ view_id: viewId, view: this.labelView(view), ...(hash && { hash }) });
    try {
      await (isProgress ? update() : lastAttempt(update));
      return true;
    } catch (error) {
      const code = slackErrorCode(error);
      const fields = { ...errorFields(error), ...(code && { code }) };
      if (code === 'not_found') this.#log.info(fields, 'A view could not be updated: it is closed');
      else if (code === 'hash_conflict')
        this.#log.info(fields, 'A view could not be updated: it has changed');
      else this.#log.error(fields, 'A view could not be updated');
      return false;
    }
  }

  /** Shows a person's home tab. @throws if Slack doesn't accept it */
  async publishHome(user: string, view: types.HomeView): Promise<void> {
    const blocks = [...labelBlocks(this.#tenantLabel), ...view.blocks];
    await lastAttempt(() => this.#slack.views.publish({ user_id: user, view: { ...view, blocks } }));
  }

  /** The view with the tenant's label. For a view in an acknowledgement; the other methods add it themselves. */
  labelView(view: types.ModalView): types.ModalView {
    return labeledView(view, this.#tenantLabel);
  }

  /** The message with the tenant's label. For a message in an acknowledgement; the other methods add it themselves. */
  labelMessage(message: Message): Message {
    return labeledMessage(message, this.#tenantLabel);
  }
}

/** For a call that no other attempt follows: waits for a short rate limit. */
const lastAttempt = <T>(call: () => Promise<T>) => retryWithin(LAST_ATTEMPT_WAIT_MS, rateLimitWait, call);

/** A view with the tenant's label on top. */
export function labeledView(view: types.ModalView, label: string | undefined): types.ModalView {
  return { ...view, blocks: [...labelBlocks(label), ...view.blocks] };
}

/** A message with the tenant's label at the end. */
export function labeledMessage({ text, blocks }: Message, label: string | undefined): Message {
  return { text, blocks: [...blocks, ...labelBlocks(label)] };
}

const labelBlocks = (label: string | undefined) => (label ? [context(tenantLine(label))] : []);
