import { randomBytes, randomInt } from 'node:crypto';
import { checkView } from './block-kit.ts';
import { isObject } from './check.ts';
import { SlackError } from './error.ts';
import type { Call, Channel, Element, Json, Message, NewChannel, NewUser, User, View } from './types.ts';
import { completeBlocks, renderView } from './views.ts';

const RESPONSE_URL_LIFETIME_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;
const MAX_VIEWS = 3;

export interface ResponseUrl {
  channel: string;
  user: string;
  expires: number;
  uses: number;
  /** The ID of the message whose button was clicked. Only this message can be replaced or deleted. */
  original?: string;
}

function token(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length);
}

/** An ID like Slack's: a letter for the kind, then capitals and digits. */
function newId(kind: string): string {
  return kind + randomBytes(5).toString('hex').toUpperCase();
}

/** The state of a workspace, and the rules for changing it. */
export class Workspace {
  readonly teamId = newId('T');
  readonly teamDomain = 'stand-in';
  readonly appId = newId('A');
  readonly botId = newId('B');
  readonly botUserId = newId('U');
  readonly botToken = `xoxb-${randomInt(1e9, 1e10)}-${token(24)}`;
  readonly appToken = `xapp-1-${this.appId}-${randomInt(1e9, 1e10)}-${token(32)}`;
  readonly signingSecret = token(32);
  readonly verificationToken = token(24);

  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly userGroups = new Map<string, Set<string>>();
  readonly messages: Message[] = [];
  readonly calls: Call[] = [];
  /** What the bot did wrong, although Slack may accept it. */
  readonly violations: string[] = [];
  /** The open modals by user ID, the topmost last. */
  readonly modals = new Map<string, View[]>();
  /** The home tabs by user ID. */
  readonly homes = new Map<string, View>();
  /** The open conversation by user ID. */
  readonly viewing = new Map<string, string>();

  /** The ID of the Enterprise Grid that the workspace belongs to, if it belongs to one. */
  enterpriseId: string | undefined;
  /** Whether the app is installed to an organization instead of the workspace. */
  orgWide = false;

  /** How long a trigger is valid, and how long Slack waits for an acknowledgement. */
  responseTimeoutMs = 3_000;

  readonly #triggers = new Map<string, { user: string; expires: number; exchanged: boolean }>();
  readonly #responseUrls = new Map<string, ResponseUrl>();
  #lastTs = 0;

  constructor() {
    const bot = this.addUser({ id: this.botUserId, name: 'sso-ticket-bot' });
    bot.isBot = true;
  }

  addUser(user: NewUser): User {
    const { id = newId('U'), name, tz = 'Europe/Amsterdam', guest = false } = user;
    const { foreign = false, visible = true, teams } = user;
    const added: User = {
      id,
      // In a Grid, a person belongs to the organization.
      teamId: teams && this.enterpriseId ? this.enterpriseId : foreign ? newId('T') : this.teamId,
      ...(teams && { teams }),
      name,
      tz,
      guest: guest === true ? 'multi' : guest,
      foreign,
      visible,
      isBot: false,
      deleted: false,
    };
    this.users.set(id, added);
    return added;
  }

  addChannel({ kind, members, botIsMember = false, shared = false, ...more }: NewChannel): Channel {
    const id = more.id ?? newId(kind === 'im' ? 'D' : 'C');
    const channel: Channel = {
      id,
      name: more.name ?? (kind === 'im' ? 'directmessage' : id.toLowerCase()),
      kind,
      members: new Set(members),
      botIsMember,
      shared: shared === true ? 'external' : shared,
    };
    this.channels.set(id, channel);
    return channel;
  }

  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (!channel) throw new Error(`There is no conversation ${id}`);
    return channel;
  }

  /** The direct messages between the bot and a user. */
  directMessages(user: string): Channel {
    const found = [...this.channels.values()].find(
      ({ kind, botIsMember, members }) => kind === 'im' && botIsMember && members.has(user),
    );
    return found ?? this.addChannel({ kind: 'im', members: [user], botIsMember: true });
  }

  /** Creates a unique message timestamp. */
  newTs(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, Date.now() * 1000);
    return `${Math.floor(this.#lastTs / 1e6)}.${String(this.#lastTs % 1e6).padStart(6, '0')}`;
  }

  /** Adds a message. `checkMessage` must have accepted it. */
  post(
    message: Omit<Message, 'id' | 'ts' | 'text' | 'blocks' | 'replaced' | 'deleted'>,
    sent: Json,
  ): Message {
    const posted: Message = {
      ...message,
      id: `M${this.messages.length + 1}`,
      ts: this.newTs(),
      ...content(sent),
      replaced: [],
      deleted: false,
    };
    if (!posted.text) this.violations.push(`${message.via}: a message without text for screen readers`);
    this.messages.push(posted);
    return posted;
  }

  replace(message: Message, sent: Json): void {
    message.replaced.push({ text: message.text, blocks: message.blocks });
    Object.assign(message, content(sent));
  }

  newTrigger(user: string): string {
    const id = `${randomInt(1e9, 1e10)}.${randomInt(1e9, 1e10)}.${token(32)}`;
    this.#triggers.set(id, { user, expires: Date.now() + this.responseTimeoutMs, exchanged: false });
    return id;
  }

  /** Returns the user of a trigger. A trigger works once, and not for long. */
  exchangeTrigger(id: unknown): string {
    const trigger = this.#triggers.get(String(id));
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.exchanged) throw new SlackError('exchanged_trigger_id');
    if (Date.now() > trigger.expires) throw new SlackError('expired_trigger_id');
    trigger.exchanged = true;
    return trigger.user;
  }

  /** Creates a `response_url`, and returns its path. */
  newResponseUrl(channel: string, user: string, original?: string): string {
    const id = `${this.teamId}/${randomInt(1e9, 1e10)}/${token(24)}`;
    const expires = Date.now() + RESPONSE_URL_LIFETIME_MS;
    this.#responseUrls.set(id, { channel, user, expires, uses: 0, ...(original && { original }) });
    return `/response/${id}`;
  }

  /** @throws SlackError if it is unknown, too old or used up */
  responseUrl(id: string): ResponseUrl {
    const found = this.#responseUrls.get(id);
    if (!found) throw new SlackError('unknown_url');
    if (Date.now() > found.expires) throw new SlackError('expired_url');
    if (found.uses >= RESPONSE_URL_USES) throw new SlackError('used_url');
    return found;
  }

  /** Finds a view, with its user and the user's stack of views. */
  findView(wanted: (view: View) => boolean): { user: string; stack: View[]; view: View } | undefined {
    for (const [user, stack] of this.modals) {
      const view = stack.find(wanted);
      if (view) return { user, stack, view };
    }
    return undefined;
  }

  openView(user: string, sent: unknown): View {
    const view = this.#show(user, sent);
    this.modals.set(user, [view]);
    return view;
  }

  pushView(user: string, sent: unknown): View {
    const stack = this.modals.get(user) ?? [];
    const below = stack.at(-1);
    if (!below) throw new SlackError('not_found');
    if (stack.length >= MAX_VIEWS) throw new SlackError('push_limit_reached');
    const view = this.#show(user, sent, { rootViewId: below.root_view_id, previousViewId: below.id });
    stack.push(view);
    return view;
  }

  /** Shows a user's home tab. Each user has one. */
  publishHome(user: string, sent: unknown, hash?: unknown): View {
    if (!this.users.has(user)) throw new SlackError('user_not_found');
    const before = this.homes.get(user);
    if (hash !== undefined && hash !== before?.hash) throw new SlackError('hash_conflict');
    if (!isObject(sent) || sent.type !== 'home') throw new SlackError('invalid_arguments');
    const view = this.#show(user, sent, {}, before);
    this.homes.set(user, view);
    return view;
  }

  updateView(id: string, sent: unknown, hash?: unknown): View {
    const found = this.findView((view) => view.id === id);
    if (!found) throw new SlackError('not_found');
    const { user, stack, view: before } = found;
    if (hash !== undefined && hash !== before.hash) throw new SlackError('hash_conflict');
    const view = this.#show(user, sent, {}, before);
    stack.splice(stack.indexOf(before), 1, view);
    return view;
  }

  #show(
    user: string,
    sent: unknown,
    above: { rootViewId?: string; previousViewId?: string } = {},
    before?: View,
  ) {
    const view = validated(sent);
    const externalId = view.external_id;
    if (externalId && this.findView((one) => one.external_id === externalId && one.id !== before?.id))
      throw new SlackError('duplicate_external_id');
    const ids = {
      id: before?.id ?? newId('V'),
      teamId: this.teamId,
      appId: this.appId,
      botId: this.botId,
      ...above,
      ...(before && { rootViewId: before.root_view_id }),
      ...(before?.previous_view_id && { previousViewId: before.previous_view_id }),
    };
    return renderView(view, ids, before?.state.values ?? {}, (element) => {
      const current = this.channels.get(this.viewing.get(user) ?? '');
      return current && this.offers(element, current, user) ? current.id : undefined;
    });
  }

  /** Whether a user sees a conversation in the client. */
  canSee(user: string, channel: Channel): boolean {
    const guest = this.users.get(user)?.guest;
    return channel.members.has(user) || (channel.kind === 'public' && !guest);
  }

  /** Whether a `conversations_select` offers a conversation to a user. */
  offers({ filter = {} }: Element, channel: Channel, user: string): boolean {
    if (filter.include && !filter.include.includes(channel.kind)) return false;
    if (filter.exclude_external_shared_channels && channel.shared) return false;
    if (filter.exclude_bot_users && channel.kind === 'im' && channel.botIsMember) return false;
    return this.canSee(user, channel);
  }
}

function content(sent: Json) {
  return {
    text: typeof sent.text === 'string' ? sent.text : '',
    blocks: completeBlocks(Array.isArray(sent.blocks) ? sent.blocks : []),
  };
}

/** Validates a view. @throws SlackError with all problems */
function validated(sent: unknown): Json {
  const problems = checkView(sent);
  if (problems.length > 0)
    throw new SlackError(
      'invalid_arguments',
      problems.map((one) => `[ERROR] ${one}`),
    );
  // checkView accepts objects only.
  return sent as Json;
}
