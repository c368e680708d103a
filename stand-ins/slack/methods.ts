import { checkMessage } from './block-kit.ts';
import { isObject } from './check.ts';
import type { Channel, Json, Message, User } from './types.ts';
import { Refusal, type World } from './world.ts';

/** What a method needs to know besides its arguments. */
export interface Context {
  world: World;
  scopes: readonly string[];
  /** Whether the app's messages tab is enabled: without it, it cannot write to people directly. */
  messagesTab: boolean;
  /** A fresh address for a Socket Mode connection. */
  socketUrl(): string;
}

interface Method {
  scope?: string;
  token?: 'app';
  run(args: Json, context: Context): Json;
}

/** The call lacks a scope. */
class MissingScope extends Error {
  readonly needed: string;
  constructor(needed: string) {
    super('missing_scope');
    this.needed = needed;
  }
}

function need(scopes: readonly string[], needed: string): void {
  if (!scopes.includes(needed)) throw new MissingScope(needed);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

// ---------------------------------------------------------------------------------- people and channels

function userAnswer(user: User, locale: boolean): Json {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name.toLowerCase().replaceAll(' ', '.'),
    real_name: user.name,
    deleted: user.deleted,
    profile: { display_name: user.name, real_name: user.name, team: user.teamId },
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetOf(user.tz),
    ...(locale && { locale: 'en-US' }),
    is_bot: user.isBot,
    is_restricted: user.guest !== false,
    is_ultra_restricted: user.guest === 'single',
    ...(user.foreign && { is_stranger: true }),
  };
}

/** Seconds east of Greenwich, now. */
function offsetOf(timeZone: string): number {
  const now = new Date();
  now.setMilliseconds(0);
  const there = new Date(`${now.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`);
  return Math.round((there.getTime() - now.getTime()) / 1000);
}

const READ_SCOPE = { public: 'channels:read', private: 'groups:read', im: 'im:read' } as const;

function channelAnswer(channel: Channel): Json {
  const { id, name, kind, shared, botIsMember } = channel;
  return {
    id,
    ...(kind === 'im' ? { user: [...channel.members][0] } : { name }),
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_private: kind !== 'public',
    is_im: kind === 'im',
    is_mpim: false,
    is_archived: false,
    is_member: botIsMember,
    is_shared: shared === 'external' || shared === 'org',
    is_ext_shared: shared === 'external',
    is_org_shared: shared === 'org',
    is_pending_ext_shared: shared === 'pending',
  };
}

/** A conversation that the bot can see. */
function visibleChannel(world: World, id: unknown): Channel {
  const channel = world.channels.get(asText(id));
  if (!channel || (channel.kind !== 'public' && !channel.botIsMember)) throw new Refusal('channel_not_found');
  return channel;
}

/** A conversation that the bot can write to. */
function writableChannel({ world, messagesTab }: Context, id: unknown): Channel {
  const channel = visibleChannel(world, id);
  if (!channel.botIsMember) throw new Refusal('not_in_channel');
  if (channel.kind === 'im' && !messagesTab) throw new Refusal('messages_tab_disabled');
  return channel;
}

// ---------------------------------------------------------------------------------------------- messages

/** The part of the arguments that is the message, when Slack takes it. */
function messageOf(args: Json): Json {
  const sent: Json = {};
  for (const name of ['text', 'blocks']) if (args[name] !== undefined) sent[name] = args[name];
  if (!sent.text && !(Array.isArray(sent.blocks) && sent.blocks.length > 0)) throw new Refusal('no_text');
  const problems = checkMessage(sent);
  if (problems.length > 0)
    throw new Refusal(
      'invalid_blocks',
      problems.map((one) => `[ERROR] ${one}`),
    );
  return sent;
}

function storedMessage(world: World, args: Json): Message {
  const found = world.messages.find(
    ({ channel, ts, stored, deleted }) => stored && !deleted && channel === args.channel && ts === args.ts,
  );
  if (!found) throw new Refusal('message_not_found');
  return found;
}

// ----------------------------------------------------------------------------------------------- the table

const METHODS: Record<string, Method> = {
  'auth.test': {
    run: (_, { world }) => ({
      url: 'https://stand-in.slack.com/',
      team: 'Stand-in',
      user: 'sso-ticket-bot',
      team_id: world.teamId,
      user_id: world.botUserId,
      bot_id: world.botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': { token: 'app', run: (_, { socketUrl }) => ({ url: socketUrl() }) },
  'bots.info': {
    scope: 'users:read',
    run: ({ bot }, { world }) => {
      if (bot !== undefined && bot !== world.botId) throw new Refusal('bot_not_found');
      return { bot: { id: world.botId, app_id: world.appId, user_id: world.botUserId, deleted: false } };
    },
  },
  'views.open': {
    run: ({ trigger_id, view }, { world }) => ({
      view: world.openView(world.exchangeTrigger(trigger_id), view),
    }),
  },
  'views.push': {
    run: ({ trigger_id, view }, { world }) => ({
      view: world.pushView(world.exchangeTrigger(trigger_id), view),
    }),
  },
  'views.update': {
    run: ({ view_id, external_id, view, hash }, { world }) => {
      const named = external_id && world.findView((one) => one.external_id === external_id)?.view.id;
      return { view: world.updateView(asText(view_id ?? named), view, hash) };
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    run: (args, context) => {
      const { world } = context;
      const channel = writableChannel(context, args.channel);
      const user = world.users.get(asText(args.user));
      if (!user || !channel.members.has(user.id)) throw new Refusal('user_not_in_channel');
      const via = 'chat.postEphemeral';
      const message = { channel: channel.id, visibleTo: user.id, stored: false, via } as const;
      return { message_ts: world.post(message, messageOf(args)).ts };
    },
  },
  'chat.postMessage': {
    scope: 'chat:write',
    run: (args, context) => {
      const { world } = context;
      // A person's ID stands for the direct messages with that person.
      const to = world.users.has(asText(args.channel))
        ? world.directMessages(asText(args.channel)).id
        : args.channel;
      const channel = writableChannel(context, to);
      const message = { channel: channel.id, stored: true, via: 'chat.postMessage' } as const;
      const { ts, text, blocks } = world.post(message, messageOf(args));
      return { channel: channel.id, ts, message: { type: 'message', ts, text, blocks, bot_id: world.botId } };
    },
  },
  'chat.delete': {
    scope: 'chat:write',
    run: (args, { world }) => {
      const message = storedMessage(world, args);
      message.deleted = true;
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.update': {
    scope: 'chat:write',
    run: (args, { world }) => {
      const message = storedMessage(world, args);
      world.replace(message, messageOf(args));
      return { channel: message.channel, ts: message.ts, text: message.text };
    },
  },
  'conversations.open': {
    scope: 'im:write',
    run: ({ users }, { world }) => {
      if (!asText(users)) throw new Refusal('users_list_not_supplied');
      const user = world.users.get(asText(users));
      if (!user) throw new Refusal('user_not_found');
      if (user.deleted) throw new Refusal('user_disabled');
      return { channel: { id: world.directMessages(user.id).id } };
    },
  },
  'conversations.info': {
    run: (args, { world, scopes }) => {
      const channel = visibleChannel(world, args.channel);
      need(scopes, READ_SCOPE[channel.kind]);
      return { channel: channelAnswer(channel) };
    },
  },
  'users.info': {
    scope: 'users:read',
    run: (args, { world }) => {
      const user = world.users.get(asText(args.user));
      if (!user) throw new Refusal('user_not_found');
      return { user: userAnswer(user, isTrue(args.include_locale)) };
    },
  },
  'usergroups.list': {
    scope: 'usergroups:read',
    run: (args, { world }) => ({
      usergroups: [...world.userGroups].map(([id, users]) => ({
        id,
        team_id: world.teamId,
        is_usergroup: true,
        name: id,
        handle: id.toLowerCase(),
        date_delete: 0,
        user_count: users.size,
        ...(isTrue(args.include_users) && { users: [...users] }),
      })),
    }),
  },
  'usergroups.users.list': {
    scope: 'usergroups:read',
    run: ({ usergroup }, { world }) => {
      const users = world.userGroups.get(asText(usergroup));
      if (!users) throw new Refusal('no_such_subteam');
      return { users: [...users] };
    },
  },
};

/** Carries out a Web API call and gives Slack's answer, `{ ok: false, error }` for a refusal. */
export function callMethod(name: string, token: string | undefined, args: Json, context: Context): Json {
  try {
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) throw new Refusal('unknown_method');
    checkToken(method, token, context.world);
    if (method.scope) need(context.scopes, method.scope);
    return { ok: true, ...method.run(args, context) };
  } catch (error) {
    if (error instanceof MissingScope)
      return { ok: false, error: error.message, needed: error.needed, provided: context.scopes.join(',') };
    if (!(error instanceof Refusal)) throw error;
    const { message, messages } = error;
    return { ok: false, error: message, ...(messages.length > 0 && { response_metadata: { messages } }) };
  }
}

function checkToken(method: Method, token: string | undefined, world: World): void {
  if (!token) throw new Refusal('not_authed');
  if (token !== world.botToken && token !== world.appToken) throw new Refusal('invalid_auth');
  const wanted = method.token === 'app' ? world.appToken : world.botToken;
  if (token !== wanted) throw new Refusal('not_allowed_token_type');
}

/** The arguments of a request, whose objects `@slack/web-api` sends as JSON inside a form. */
export function argumentsOf(body: string, contentType: string): Json {
  if (contentType.startsWith('application/json')) {
    const parsed = maybeJson(body);
    return isObject(parsed) ? parsed : {};
  }
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      JSON_ARGUMENTS.has(name) ? maybeJson(value) : value,
    ]),
  );
}

const JSON_ARGUMENTS = new Set(['view', 'blocks', 'attachments', 'metadata']);

/** What is no JSON stays a text, and the validator says what it should have been. */
function maybeJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
