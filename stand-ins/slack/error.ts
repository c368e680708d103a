/** An error of the Web API, such as `channel_not_found`. */
export class SlackError extends Error {
  /** Details, which Slack returns in `response_metadata`. */
  readonly details: string[];
  constructor(code: string, details: string[] = []) {
    super(code);
    this.details = details;
  }
}
