/** A JSON object. */
export type Json = Record<string, unknown>;

/** The result of a command, click, submission or options request. */
export type Delivery = { ok: true; ack?: unknown; ms: number } | { ok: false; error: string; ms: number };

export interface User {
  readonly id: string;
  /** Differs from the bot's workspace for external members of a shared channel. */
  teamId: string;
  /** The workspaces of a Grid that the user is a member of. */
  teams?: string[];
  name: string;
  tz: string;
  guest: false | 'multi' | 'single';
  foreign: boolean;
  /** Whether `users.info` tells the bot about this user. */
  visible: boolean;
  isBot: boolean;
  deleted: boolean;
}

export interface NewUser {
  id?: string;
  name: string;
  tz?: string;
  /** `true` means a multi-channel guest. */
  guest?: boolean | 'multi' | 'single';
  /** Whether the user is from another workspace. */
  foreign?: boolean;
  /** Whether `users.info` tells the bot about this user, by default yes. */
  visible?: boolean;
  /** Makes this a user of the Grid, who is a member of these workspaces. */
  teams?: string[];
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
  /** `true` means 'external': shared with another company. */
  shared?: boolean | 'external' | 'org' | 'pending';
}

export interface Message {
  readonly id: string;
  readonly channel: string;
  /** The only user who sees an ephemeral message. */
  readonly visibleTo?: string;
  /** False for ephemeral messages, which are not in the channel's history. */
  readonly stored: boolean;
  readonly ts: string;
  /** The `ts` of the message that it replies to. */
  readonly thread?: string;
  readonly via: 'ack' | 'response_url' | 'chat.postEphemeral' | 'chat.postMessage';
  text: string;
  blocks: Block[];
  /** Earlier versions, oldest first. */
  readonly replaced: { text: string; blocks: Block[] }[];
  deleted: boolean;
}

/** A request of the bot, with its response. */
export interface Call {
  method: string;
  args: Json;
  /** Undefined if a fault prevented the response. */
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

/** A valid element of any type. */
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
  focus_on_load?: boolean;
}

/** A valid block of any type, with all IDs. */
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

export interface BlockElement {
  block: Block;
  element: Element;
}

/** The value of an element in `view.state.values`. */
export interface Value {
  type: string;
  value?: string | null;
  selected_option?: Option | null;
  selected_options?: Option[];
  selected_conversation?: string | null;
}

/** Values by block ID and action ID. */
export type Values = Record<string, Record<string, Value>>;

/** An open modal, as Slack sends it to the bot. */
export interface View {
  readonly id: string;
  readonly team_id: string;
  readonly type: 'modal' | 'home';
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
