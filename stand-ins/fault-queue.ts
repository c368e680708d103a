/** The faults that a test has set for requests to a stand-in. */
export class FaultQueue<Match, Request, Fault> {
  readonly #matches: (match: Match, request: Request) => boolean;
  #queue: { match: Match; fault: Fault; left: number }[] = [];

  constructor(matches: (match: Match, request: Request) => boolean) {
    this.#matches = matches;
  }

  add(match: Match, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#queue.push({ match, fault, left: times });
  }

  clear(): void {
    this.#queue = [];
  }

  /** Returns the oldest fault for a request, and counts it. */
  take(request: Request): Fault | undefined {
    const found = this.#queue.find(({ match, left }) => left > 0 && this.#matches(match, request));
    if (found) found.left -= 1;
    return found?.fault;
  }
}
