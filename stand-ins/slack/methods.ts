import { jsonOrText } from '../json.ts';
import { channelObject, userObject } from './api-objects.ts';
import { checkMessage } from './block-kit.ts';
import { isObject } from './check.ts';
import { SlackError } from './error.ts';
import type { Channel, Json, Message } from './types.ts';
import { validateBlocks } from './validate-blocks.ts';
import type { Workspace } from './workspace.ts';

/** What methods use besides their arguments. */
export interface Context {
  workspace: Workspace;
  scopes: readonly string[];
  /** Whether the app's messages tab is enabled. Without it, the bot cannot send direct messages. */
  messagesTab: boolean;
  /** Creates the URL of a Socket Mode connection. */
  socketUrl(): string;
}

interface Method {
  scope?: string;
  token?: 'app';
  run(args: Json, context: Context): Json;
}

class MissingScope extends Error {
  readonly needed: string;
  constructor(needed: string) {
    super('missing_scope');
    this.needed = needed;
  }
}

function requireScope(scopes: readonly string[], needed: string): void {
  if (!scopes.includes(needed)) throw new MissingScope(needed);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

const READ_SCOPE = { public: 'channels:read', private: 'groups:read', im: 'im:read' } as const;

/** A conversation that the bot can see. */
function visibleChannel(workspace: Workspace, id: unknown): Channel {
  const channel = workspace.channels.get(asText(id));
  if (!channel || (channel.kind !== 'public' && !channel.botIsMember))
    throw new SlackError('channel_not_found');
  return channel;
}

/** A conversation that the bot can write to. */
function writableChannel({ workspace, messagesTab }: Context, id: unknown): Channel {
  const channel = visibleChannel(workspace, id);
  if (!channel.botIsMember) throw new SlackError('not_in_channel');
  if (channel.kind === 'im' && !messagesTab) throw new SlackError('messages_tab_disabled');
  return channel;
}

/** Returns the message in the arguments. @throws SlackError if it is not valid */
function messageOf(args: Json): Json {
  const sent: Json = {};
  for (const name of ['text', 'blocks']) if (args[name] !== undefined) sent[name] = args[name];
  if (!sent.text && !(Array.isArray(sent.blocks) && sent.blocks.length > 0)) throw new SlackError('no_text');
  const problems = checkMessage(sent);
  if (problems.length > 0)
    throw new SlackError(
      'invalid_blocks',
      problems.map((one) => `[ERROR] ${one}`),
    );
  return sent;
}

function storedMessage(workspace: Workspace, args: Json): Message {
  const found = workspace.messages.find(
    ({ channel, ts, stored, deleted }) => stored && !deleted && channel === args.channel && ts === args.ts,
  );
  if (!found) throw new SlackError('message_not_found');
  return found;
}

/** The message that an argument says it is a reply to. */
function threadOf({ messages }: Workspace, { id }: Channel, thread: unknown): { thread?: string } {
  if (thread === undefined) return {};
  const parent = messages.find(({ channel, ts, stored }) => stored && channel === id && ts === thread);
  if (!parent) throw new SlackError('thread_not_found');
  return { thread: parent.ts };
}

/** The members of a conversation. The bot is one of them where it is a member. */
function membersOf({ botUserId }: Workspace, { members, botIsMember }: Channel): string[] {
  return [...new Set([...members, ...(botIsMember ? [botUserId] : [])])];
}

/** A page of user IDs. Slack's documentation requires a limit under 1,000. */
function pageOf(ids: string[], cursor: string, limit: unknown = 100): Json {
  const size = Number(limit);
  if (!Number.isInteger(size) || size < 1 || size >= 1_000) throw new SlackError('invalid_limit');
  const first = cursor
    ? ids.indexOf(
        Buffer.from(cursor, 'base64')
          .toString()
          .replace(/^user:/, ''),
      )
    : 0;
  if (first < 0) throw new SlackError('invalid_cursor');
  const next = ids[first + size];
  const next_cursor = next ? Buffer.from(`user:${next}`).toString('base64') : '';
  return { members: ids.slice(first, first + size), response_metadata: { next_cursor } };
}

const METHODS: Record<string, Method> = {
  'auth.test': {
    run: (_, { workspace }) => ({
      url: 'https://stand-in.slack.com/',
      team: 'Stand-in',
      user: 'sso-ticket-bot',
      // For an organization-wide installation, Slack returns only the organization.
      team_id: workspace.orgWide ? workspace.enterpriseId : workspace.teamId,
      user_id: workspace.botUserId,
      bot_id: workspace.botId,
      ...(workspace.enterpriseId && { enterprise_id: workspace.enterpriseId }),
      is_enterprise_install: workspace.orgWide,
    }),
  },
  'apps.connections.open': { token: 'app', run: (_, { socketUrl }) => ({ url: socketUrl() }) },
  'blocks.validate': { run: validateBlocks },
  'bots.info': {
    scope: 'users:read',
    run: ({ bot }, { workspace }) => {
      if (bot !== undefined && bot !== workspace.botId) throw new SlackError('bot_not_found');
      return {
        bot: { id: workspace.botId, app_id: workspace.appId, user_id: workspace.botUserId, deleted: false },
      };
    },
  },
  'views.open': {
    run: ({ trigger_id, view }, { workspace }) => ({
      view: workspace.openView(workspace.exchangeTrigger(trigger_id), view),
    }),
  },
  'views.push': {
    run: ({ trigger_id, view }, { workspace }) => ({
      view: workspace.pushView(workspace.exchangeTrigger(trigger_id), view),
    }),
  },
  'views.update': {
    run: ({ view_id, external_id, view, hash }, { workspace }) => {
      const named = external_id && workspace.findView((one) => one.external_id === external_id)?.view.id;
      return { view: workspace.updateView(asText(view_id ?? named), view, hash) };
    },
  },
  'views.publish': {
    run: ({ user_id, view, hash }, { workspace }) => ({
      view: workspace.publishHome(asText(user_id), view, hash),
    }),
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    run: (args, context) => {
      const { workspace } = context;
      const channel = writableChannel(context, args.channel);
      const user = workspace.users.get(asText(args.user));
      if (!user || !channel.members.has(user.id)) throw new SlackError('user_not_in_channel');
      const via = 'chat.postEphemeral';
      const message = { channel: channel.id, visibleTo: user.id, stored: false, via } as const;
      return { message_ts: workspace.post(message, messageOf(args)).ts };
    },
  },
  'chat.postMessage': {
    scope: 'chat:write',
    run: (args, context) => {
      const { workspace } = context;
      // A user ID means the direct messages with that user.
      const to = workspace.users.has(asText(args.channel))
        ? workspace.directMessages(asText(args.channel)).id
        : args.channel;
      const channel = writableChannel(context, to);
      const thread = threadOf(workspace, channel, args.thread_ts);
      const message = { channel: channel.id, stored: true, via: 'chat.postMessage', ...thread } as const;
      const { ts, text, blocks } = workspace.post(message, messageOf(args));
      return {
        channel: channel.id,
        ts,
        message: { type: 'message', ts, text, blocks, bot_id: workspace.botId },
      };
    },
  },
  'chat.delete': {
    scope: 'chat:write',
    run: (args, { workspace }) => {
      const message = storedMessage(workspace, args);
      message.deleted = true;
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.update': {
    scope: 'chat:write',
    run: (args, { workspace }) => {
      const message = storedMessage(workspace, args);
      workspace.replace(message, messageOf(args));
      return { channel: message.channel, ts: message.ts, text: message.text };
    },
  },
  'conversations.open': {
    scope: 'im:write',
    run: ({ users }, { workspace }) => {
      if (!asText(users)) throw new SlackError('users_list_not_supplied');
      const user = workspace.users.get(asText(users));
      if (!user) throw new SlackError('user_not_found');
      if (user.deleted) throw new SlackError('user_disabled');
      return { channel: { id: workspace.directMessages(user.id).id } };
    },
  },
  'conversations.info': {
    run: (args, { workspace, scopes }) => {
      const channel = visibleChannel(workspace, args.channel);
      requireScope(scopes, READ_SCOPE[channel.kind]);
      return { channel: channelObject(channel) };
    },
  },
  'conversations.members': {
    run: ({ channel: id, limit, cursor }, { workspace, scopes }) => {
      const channel = visibleChannel(workspace, id);
      requireScope(scopes, READ_SCOPE[channel.kind]);
      return pageOf(membersOf(workspace, channel), asText(cursor), limit);
    },
  },
  'users.info': {
    scope: 'users:read',
    run: (args, { workspace }) => {
      const user = workspace.users.get(asText(args.user));
      if (!user) throw new SlackError('user_not_found');
      if (!user.visible) throw new SlackError('user_not_visible');
      return { user: userObject(user, isTrue(args.include_locale), workspace.enterpriseId) };
    },
  },
  'usergroups.list': {
    scope: 'usergroups:read',
    run: (args, { workspace }) => ({
      usergroups: [...workspace.userGroups].map(([id, users]) => ({
        id,
        team_id: workspace.teamId,
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
    run: ({ usergroup, team_id }, { workspace }) => {
      if (workspace.orgWide && !team_id) throw new SlackError('missing_argument');
      const users = workspace.userGroups.get(asText(usergroup));
      if (!users) throw new SlackError('no_such_subteam');
      return { users: [...users] };
    },
  },
};

/** Executes a Web API call, and returns Slack's response. */
export function callMethod(name: string, token: string | undefined, args: Json, context: Context): Json {
  try {
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) throw new SlackError('unknown_method');
    checkToken(method, token, context.workspace);
    if (method.scope) requireScope(context.scopes, method.scope);
    return { ok: true, ...method.run(args, context) };
  } catch (error) {
    if (error instanceof MissingScope)
      return { ok: false, error: error.message, needed: error.needed, provided: context.scopes.join(',') };
    if (!(error instanceof SlackError)) throw error;
    const { message, details, fields } = error;
    return {
      ok: false,
      error: message,
      ...fields,
      ...(details.length > 0 && { response_metadata: { messages: details } }),
    };
  }
}

function checkToken(method: Method, token: string | undefined, workspace: Workspace): void {
  if (!token) throw new SlackError('not_authed');
  if (token !== workspace.botToken && token !== workspace.appToken) throw new SlackError('invalid_auth');
  const wanted = method.token === 'app' ? workspace.appToken : workspace.botToken;
  if (token !== wanted) throw new SlackError('not_allowed_token_type');
}

/** Parses the arguments of a request. In a form, `@slack/web-api` sends objects as JSON. */
export function argumentsOf(body: string, contentType: string): Json {
  if (contentType.startsWith('application/json')) {
    const parsed = jsonOrText(body);
    return isObject(parsed) ? parsed : {};
  }
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      JSON_ARGUMENTS.has(name) ? jsonOrText(value) : value,
    ]),
  );
}

const JSON_ARGUMENTS = new Set(['view', 'message', 'blocks', 'attachments', 'metadata']);
