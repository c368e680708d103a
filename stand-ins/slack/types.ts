/** A JSON object, as requests and payloads are. */
export type Json = Record<string, unknown>;

/** How the delivery of a command, click, submission or options request went. */
export type Delivery = { ok: true; ack?: unknown; ms: number } | { ok: false; error: string; ms: number };

export interface User {
  readonly id: string;
  /** The workspace of this person: another one than the bot's for people of a shared channel. */
  teamId: string;
  name: string;
  tz: string;
  guest: false | 'multi' | 'single';
  foreign: boolean;
  isBot: boolean;
  deleted: boolean;
}

export interface NewUser {
  id?: string;
  name: string;
  tz?: string;
  /** A multi-channel guest (`true` too) or a single-channel guest. */
  guest?: boolean | 'multi' | 'single';
  /** From another workspace, met in a shared channel. */
  foreign?: boolean;
}

export interface Channel {
  readonly id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  members: Set<string>;
  botIsMember: boolean;
  shared: false | 'external' | 'org' | 'pending';
}

export interface NewChannel {
  id?: string;
  name?: string;
  kind: Channel['kind'];
  members: Iterable<string>;
  botIsMember?: boolean;
  /** `true` is short for 'external': shared with another company. */
  shared?: boolean | 'external' | 'org' | 'pending';
}

export interface Message {
  readonly id: string;
  readonly channel: string;
  /** Set on an ephemeral message: the only person who sees it. */
  readonly visibleTo?: string;
  /** False for an ephemeral message, which no history keeps. */
  readonly stored: boolean;
  readonly ts: string;
  readonly via: 'ack' | 'response_url' | 'chat.postEphemeral' | 'chat.postMessage';
  text: string;
  blocks: Block[];
  /** What stood here before, oldest first. */
  readonly replaced: { text: string; blocks: Block[] }[];
  deleted: boolean;
}

/** A request the bot made, and what it was answered. */
export interface Call {
  method: string;
  args: Json;
  /** Undefined where a fault kept the answer back. */
  response: unknown;
  at: number;
}

export interface Text {
  type: string;
  text: string;
}

export interface Option {
  text: Text;
  value: string;
  description?: Text;
}

export interface Confirm {
  title?: Text;
  text: Text;
  confirm?: Text;
  deny?: Text;
}

/** Any element, once it passed block-kit.ts; which of the fields are there depends on its type. */
export interface Element {
  type: string;
  action_id: string;
  text?: Text;
  value?: string;
  url?: string;
  confirm?: Confirm;
  options?: Option[];
  option_groups?: { label: Text; options: Option[] }[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_value?: string;
  initial_conversation?: string;
  default_to_current_conversation?: boolean;
  response_url_enabled?: boolean;
  filter?: { include?: string[]; exclude_external_shared_channels?: boolean; exclude_bot_users?: boolean };
  min_query_length?: number;
  max_selected_items?: number;
  min_length?: number;
  max_length?: number;
}

/** Any block, once it passed block-kit.ts and Slack gave it the IDs it lacked. */
export interface Block {
  type: string;
  block_id: string;
  text?: Text;
  fields?: Text[];
  label?: Text;
  hint?: Text;
  optional?: boolean;
  dispatch_action?: boolean;
  element?: Element;
  accessory?: Element;
  elements?: Element[];
}

/** What stands in one element, in the shape in which `view.state.values` carries it. */
export interface Value {
  type: string;
  value?: string | null;
  selected_option?: Option | null;
  selected_options?: Option[];
  selected_conversation?: string | null;
}

/** Values by block ID and action ID. */
export type Values = Record<string, Record<string, Value>>;

/** A modal that stands open, as Slack hands it to the bot. */
export interface View {
  readonly id: string;
  readonly team_id: string;
  readonly type: 'modal';
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  readonly app_id: string;
  readonly bot_id: string;
  title: Text;
  submit: Text | null;
  close: Text | null;
  callback_id: string;
  external_id: string;
  private_metadata: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
  hash: string;
  blocks: Block[];
  state: { values: Values };
}
