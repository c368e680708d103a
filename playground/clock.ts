/** How far the time of this process is ahead. */
let aheadMs = 0;
let isPatched = false;

/**
 * Makes `Date.now()` and `new Date()` of this process run ahead. Timers are not affected. Code that keeps `Date.now`
 * for later must get it after the first call.
 */
export function shiftTime(ms: number): void {
  aheadMs = ms;
  if (isPatched) return;
  isPatched = true;
  const { now } = Date;
  Date.now = () => now() + aheadMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [target.now()], newTarget),
  });
}

/** The time that the bot and the stand-ins see. The stand-ins run in this process, and the bot in another one. */
export class Clock {
  #offsetMs = 0;
  readonly #shiftBot: (ms: number) => Promise<void>;

  /** @param shiftBot shifts the time of the bot's process */
  constructor(shiftBot: (ms: number) => Promise<void>) {
    this.#shiftBot = shiftBot;
  }

  /** How far the time is ahead, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Moves the time forward, for the bot first: nothing may seem to come from its future. */
  async forward(ms: number): Promise<void> {
    const offsetMs = this.#offsetMs + ms;
    this.#offsetMs = offsetMs;
    await this.#shiftBot(offsetMs);
    shiftTime(offsetMs);
  }

  /** Goes back to the real time, for whatever else this process does. */
  stop(): void {
    if (isPatched) shiftTime(0);
  }
}
