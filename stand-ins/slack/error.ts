import type { Json } from './types.ts';

/** An error of the Web API, such as `channel_not_found`. */
export class SlackError extends Error {
  /** Details, which Slack returns in `response_metadata`. */
  readonly details: string[];
  /** More fields of the response. */
  readonly fields: Json;
  constructor(code: string, details: string[] = [], fields: Json = {}) {
    super(code);
    this.details = details;
    this.fields = fields;
  }
}
