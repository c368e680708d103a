import type { AckFn, types } from '@slack/bolt';
import { DatabaseError } from '../database/errors.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { RecentKeys } from '../lib/recent-keys.ts';
import { SealError } from '../lib/seal.ts';
import { type AuditLog, newEvent } from '../tickets/audit.ts';
import type { Access, AccessRequest } from './access.ts';
import { AccessError } from './access-error.ts';
import type { Messenger } from './delivery.ts';
import { MAX_DENIED_PEOPLE } from './denial-log.ts';
import { notice } from './messages/message.ts';
import type { Acknowledge } from './payloads.ts';
import type { Place } from './reply-target.ts';
import {
  accessSentence,
  RESTARTING,
  recordsUnavailable,
  type SentenceContext,
  sealInvalid,
  unexpectedError,
} from './sentences.ts';
import { DENIAL_INTERVAL_MS } from './timeouts.ts';
import { noAccessView, problemView } from './views/notices.ts';

interface Payload extends AccessRequest {
  /** Slack's type of the payload. */
  type: string;
  /** Signed too long before the process started: it may have been handled already. */
  isOutdated?: boolean;
  ack: AckFn<never>;
}

/** Runs the listener of every payload. Checks access, and turns every error into a sentence. */
export class ListenerRunner {
  readonly #access: Access;
  readonly #messenger: Messenger;
  readonly #audit: AuditLog;
  readonly #log: Log;
  readonly #stopping: AbortSignal;
  readonly #sentenceContext: SentenceContext;
  /** The people who were told that they have no access. */
  readonly #refused = new RecentKeys(DENIAL_INTERVAL_MS, MAX_DENIED_PEOPLE);

  constructor(deps: {
    access: Access;
    messenger: Messenger;
    audit: AuditLog;
    log: Log;
    stopping: AbortSignal;
    sentenceContext: SentenceContext;
  }) {
    this.#access = deps.access;
    this.#messenger = deps.messenger;
    this.#audit = deps.audit;
    this.#log = deps.log;
    this.#stopping = deps.stopping;
    this.#sentenceContext = deps.sentenceContext;
  }

  /**
   * Runs a listener if the person may use it. If not, or if the listener fails, answers with a sentence.
   *
   * @param answer sends the sentence after the acknowledgement
   * @param acknowledgement sends it in the acknowledgement instead, unless the listener has already acknowledged
   */
  async run(
    { ack, ...payload }: Payload,
    listener: (user: string, acknowledge: Acknowledge) => Promise<void>,
    answer?: (sentence: string, error: unknown) => Promise<unknown>,
    acknowledgement?: (sentence: string) => object,
  ): Promise<void> {
    let acknowledged = false;
    const acknowledge: Acknowledge = async (response) => {
      if (acknowledged) return;
      acknowledged = true;
      // Bolt's type of the response depends on the payload. Here, the payload's listener decides what to send.
      await (ack as Acknowledge)(response);
    };
    try {
      if (this.#stopping.aborted || payload.isOutdated) throw new RestartError();
      await listener(await this.#access.check(payload), acknowledge);
    } catch (error) {
      const sentence = this.#sentenceFor(error, payload);
      const inAcknowledgement = !acknowledged && acknowledgement !== undefined;
      try {
        // Before the answer, which may take longer than Slack waits.
        await acknowledge(inAcknowledgement ? acknowledgement(sentence) : undefined);
        if (!inAcknowledgement) await answer?.(sentence, error);
      } catch (answerError) {
        this.#log.error(errorFields(answerError), 'A person could not be told about an error');
      }
    }
    await acknowledge();
  }

  #sentenceFor(error: unknown, { type, user }: Omit<Payload, 'ack'>): string {
    if (error instanceof RestartError) return RESTARTING;
    if (error instanceof AccessError) return accessSentence(error.code, this.#sentenceContext);
    if (error instanceof SealError) {
      void this.#audit.write(newEvent('seal_refused', { user, what: type, reason: error.code }));
      return sealInvalid(this.#sentenceContext);
    }
    // The database logs its own errors.
    if (error instanceof DatabaseError) return recordsUnavailable(this.#sentenceContext);
    this.#log.error({ user, type, ...errorFields(error) }, 'A listener failed');
    return unexpectedError(this.#sentenceContext);
  }

  /** In the view. A form is not replaced, because it has what the person typed. */
  async answerInView(
    view: { id: string; type: string; blocks: { type: string }[] } | undefined,
    user: string | undefined,
    place: Place,
    sentence: string,
    error: unknown,
  ): Promise<void> {
    const isForm = view?.blocks?.some(({ type }) => type === 'input');
    if (view?.type === 'modal' && !isForm)
      await this.#messenger.updateView(view.id, errorView(sentence, error));
    else await this.tell(user, place, sentence, error);
  }

  /** In a message. A person gets at most one refusal a minute, because clicks are unlimited. */
  async tell(user: string | undefined, place: Place, sentence: string, error: unknown): Promise<void> {
    if (!user || (error instanceof AccessError && !this.#refused.add(user))) return;
    await this.#messenger.send({ user, ...place }, notice(sentence));
  }
}

/** Why a listener did nothing. */
export function errorView(sentence: string, error: unknown): types.ModalView {
  return error instanceof AccessError ? noAccessView(sentence) : problemView(sentence);
}

/** The bot is stopping and starts nothing new, or it has just started and the request is older. */
class RestartError extends Error {
  override name = 'RestartError';
}
