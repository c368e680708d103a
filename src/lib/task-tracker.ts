import { setMaxListeners } from 'node:events';

/** The work in progress, so that a stop can wait for it. */
export class TaskTracker {
  readonly #tasks = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor() {
    // Every call that waits has a listener. Beyond ten, Node would warn of a leak.
    setMaxListeners(0, this.stopping);
  }

  /** Aborted when the bot stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get count(): number {
    return this.#tasks.size;
  }

  /** Adds a task, and returns it. */
  track<T>(task: Promise<T>): Promise<T> {
    this.#tasks.add(task);
    return task.finally(() => this.#tasks.delete(task));
  }

  /** Aborts `stopping`, and waits until no task is left, at most `ms`. Returns whether none is left. */
  async stop(ms: number): Promise<boolean> {
    this.#stopping.abort();
    const deadline = new Promise((resolve) => setTimeout(resolve, ms, 'timeout').unref());
    while (this.#tasks.size > 0) {
      if ((await Promise.race([Promise.allSettled(this.#tasks), deadline])) === 'timeout') return false;
    }
    return true;
  }
}
