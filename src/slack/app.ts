import { App, type AppOptions, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { errorFields, type Log } from '../lib/log.ts';
import { RecentHashes } from '../lib/recent-hashes.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import { withoutNulls } from '../lib/without-nulls.ts';
import { exceededLimit } from './payload-limits.ts';
import { SIGNATURE_TTL_MS } from './timeouts.ts';

/** A signed request that has arrived before. */
class ReplayError extends Error {
  override name = 'ReplayError';
  constructor() {
    super('A signed request arrived a second time');
  }
}

export interface SlackAppOptions extends Pick<AppOptions, 'logger' | 'clientOptions'> {
  botToken: string;
  receiver: Receiver;
  tasks: TaskTracker;
  log: Log;
}

/**
 * Bolt's app. It refuses oversized payloads and replayed requests, and acknowledges what has no listener. `Router` does
 * the rest.
 */
export class SlackApp extends App {
  readonly #tasks: TaskTracker;
  readonly #log: Log;
  readonly #signatures = new RecentHashes(SIGNATURE_TTL_MS);

  constructor({ botToken, tasks, log, ...options }: SlackAppOptions) {
    super({
      ...options,
      // One workspace and one token, so there is nothing to look up before a listener runs.
      authorize: async () => ({ botToken }),
      ignoreSelf: false,
      convoStore: false,
    });
    this.#tasks = tasks;
    this.#log = log;
    // Bolt's own handler would log the error with its request.
    this.error(async (error) => {
      throw error;
    });
  }

  override processEvent(event: ReceiverEvent): Promise<void> {
    return this.#tasks.track(this.#process(event));
  }

  /** @throws ReplayError for an HTTP request that has arrived before */
  async #process(event: ReceiverEvent): Promise<void> {
    const exceeded = exceededLimit(event.body);
    if (exceeded) {
      this.#log.warn(exceeded, 'A payload is larger than any of Slack’s, so it was ignored');
      return event.ack();
    }
    const { type } = event.body ?? {};
    // Slack delivers commands and interactions only once. Suggestions change nothing, and two equal ones within a
    // second have the same signature.
    const signature = type !== 'block_suggestion' && event.customProperties?.signature;
    if (typeof signature === 'string' && !this.#signatures.add(signature)) {
      throw new ReplayError();
    }

    let acknowledged = false;
    const ack: ReceiverEvent['ack'] = async (response) => {
      acknowledged = true;
      await event.ack(response);
    };
    try {
      // Bolt reads properties of fields that can be null, such as a team.
      const body = (withoutNulls(event.body) ?? {}) as ReceiverEvent['body'];
      await super.processEvent({ ...event, body, ack });
      if (!acknowledged) this.#log.warn({ type }, 'No listener for this payload');
    } catch (error) {
      this.#log.error({ type, ...errorFields(error) }, 'A payload could not be processed');
    }
    if (!acknowledged) await ack();
  }
}
