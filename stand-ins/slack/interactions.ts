import type { EnvelopeType } from './delivery.ts';
import type { BlockElement, Channel, Delivery, Json, Message, View } from './types.ts';
import type { Workspace } from './workspace.ts';

export interface ClientContext {
  workspace: Workspace;
  commandName: string;
  /** The base URL of a `response_url`. */
  origin(): string;
  deliver(type: EnvelopeType, payload: Json): Promise<Delivery>;
}

/** Sends one user's commands and interactions to the bot. */
export class Interactions {
  readonly #userId: string;
  readonly #context: ClientContext;

  constructor(userId: string, context: ClientContext) {
    this.#userId = userId;
    this.#context = context;
  }

  command(channel: Channel, text: string): Promise<Delivery> {
    const { workspace, commandName } = this.#context;
    return this.#context.deliver('slash_commands', {
      token: workspace.verificationToken,
      team_domain: workspace.teamDomain,
      ...(workspace.enterpriseId && {
        enterprise_id: workspace.enterpriseId,
        enterprise_name: 'Stand-in Grid',
      }),
      channel_id: channel.id,
      channel_name: channelNameInPayload(channel),
      ...this.#user(),
      command: commandName,
      text,
      api_app_id: workspace.appId,
      is_enterprise_install: String(workspace.orgWide),
      response_url: this.responseUrl(channel.id),
      trigger_id: workspace.newTrigger(this.#userId),
    });
  }

  /** Tells the bot that the user has opened its home tab. @param channel the direct message with the bot */
  homeOpened(channel: string): Promise<Delivery> {
    const { workspace } = this.#context;
    const ts = workspace.newTs();
    return this.#context.deliver('events_api', {
      token: workspace.verificationToken,
      team_id: workspace.teamId,
      api_app_id: workspace.appId,
      event: { type: 'app_home_opened', user: this.#userId, channel, tab: 'home', event_ts: ts },
      type: 'event_callback',
      event_id: `Ev${ts.replace('.', '')}`,
      event_time: Math.floor(Number(ts)),
      authorizations: [
        {
          enterprise_id: workspace.enterpriseId ?? null,
          team_id: workspace.teamId,
          user_id: workspace.botUserId,
          is_bot: true,
          is_enterprise_install: workspace.orgWide,
        },
      ],
    });
  }

  send(payload: Json): Promise<Delivery> {
    const { workspace } = this.#context;
    const { user_id: id, user_name: name, team_id } = this.#user();
    return this.#context.deliver('interactive', {
      token: workspace.verificationToken,
      api_app_id: workspace.appId,
      team: { id: workspace.teamId, domain: workspace.teamDomain },
      enterprise: workspace.enterpriseId ? { id: workspace.enterpriseId, name: 'Stand-in Grid' } : null,
      is_enterprise_install: workspace.orgWide,
      user: { id, username: name, name, team_id },
      ...payload,
    });
  }

  blockActions({ block, element }: BlockElement, value: Json, container: View | Message): Promise<Delivery> {
    const { workspace } = this.#context;
    const { type, action_id } = element;
    const common = {
      type: 'block_actions',
      trigger_id: workspace.newTrigger(this.#userId),
      actions: [{ type, action_id, block_id: block.block_id, ...value, action_ts: workspace.newTs() }],
    };
    if ('hash' in container)
      return this.send({ ...common, container: { type: 'view', view_id: container.id }, view: container });

    const { ts, text, blocks, stored } = container;
    const channel = workspace.channel(container.channel);
    return this.send({
      ...common,
      container: { type: 'message', message_ts: ts, channel_id: channel.id, is_ephemeral: !stored },
      channel: { id: channel.id, name: channelNameInPayload(channel) },
      state: { values: {} },
      response_url: this.responseUrl(channel.id, container.id),
      ...(stored && { message: { type: 'message', ts, text, blocks, bot_id: workspace.botId } }),
    });
  }

  responseUrl(channelId: string, originalMessageId?: string): string {
    const { workspace, origin } = this.#context;
    return origin() + workspace.newResponseUrl(channelId, this.#userId, originalMessageId);
  }

  /** The team is the user's own, also in a shared channel. In a Grid, it is the workspace. */
  #user() {
    const { users, teamId } = this.#context.workspace;
    const user = users.get(this.#userId);
    return {
      user_id: this.#userId,
      user_name: user?.name.toLowerCase().replaceAll(' ', '.') ?? '',
      team_id: user?.teams ? teamId : (user?.teamId ?? teamId),
    };
  }
}

/** Slack hides the names of private conversations. */
function channelNameInPayload({ kind, name }: Channel): string {
  if (kind === 'im') return 'directmessage';
  return kind === 'private' ? 'privategroup' : name;
}
