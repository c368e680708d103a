import type { BlockAction, ViewSubmitAction } from '@slack/bolt';
import type { RequiredRole } from './access.ts';
import type { ReplyTarget } from './reply-target.ts';
import type { ParsedCommand } from './subcommands.ts';

/** A command, after its acknowledgement. */
export interface Command {
  text: ParsedCommand['text'];
  target: ReplyTarget;
  triggerId: string;
}

/** A click on a button, after its acknowledgement. `value` is the button's value after the listener's `parse`. */
export interface Click<Value> {
  value: Value;
  target: ReplyTarget;
  triggerId: string;
  body: BlockAction;
}

export interface Submission {
  user: string;
  view: ViewSubmitAction['view'];
  /** Where Slack lets the form answer, if it asked for a conversation. */
  responseUrls: ResponseUrl[];
  acknowledge: Acknowledge;
}

/** A way to answer in a conversation that was chosen in a form. */
type ResponseUrl = NonNullable<ViewSubmitAction['response_urls']>[number];

export type Acknowledge = (response?: unknown) => Promise<void>;

/** Undefined if the payload has no user, even if its type requires one. */
export function userOf({ user }: { user?: { id?: string } | null }): string | undefined {
  return user?.id;
}

export interface ButtonOptions<Value> {
  /** Must not throw. */
  parse: (value: string | undefined) => Value;
  /** A button in a form needs at least the role of the form. */
  role: (value: Value) => RequiredRole;
  /** Also works outside ALLOWED_CHANNELS. */
  anywhere?: boolean;
}
