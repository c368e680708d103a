import { once } from '../lib/memoize.ts';
import type { TokenCheck } from './token-check.ts';
import { type SlackApi, slackErrorCode } from './web-api.ts';

/** The workspace and the app that the bot token belongs to. */
interface Identity {
  team: string;
  /** Undefined unless the workspace belongs to an Enterprise organization. */
  enterprise: string | undefined;
  /** Undefined if Slack doesn't say, because the scope users:read is missing. */
  app: string | undefined;
}

/** Where a payload comes from. */
interface Origin {
  teams: string[];
  enterprises: string[];
  /** Undefined if the payload has no app ID, like some older kinds of payloads. */
  app: string | undefined;
}

/** Where the bot is installed, and which payloads are for it. */
export class Installation {
  readonly #slack: SlackApi;
  readonly #token: TokenCheck;
  /** A bot never changes its app. */
  readonly #app = once(() => this.#fetchApp());

  constructor({ slack, token }: { slack: SlackApi; token: TokenCheck }) {
    this.#slack = slack;
    this.#token = token;
  }

  /** Asks Slack before the first payload arrives, so that no payload has to wait. @throws if Slack doesn't say */
  async load(): Promise<void> {
    await this.#identity();
  }

  /** The ID of the bot's workspace. @throws if Slack doesn't say */
  async team(): Promise<string> {
    const { team_id: team } = await this.#token.answer();
    if (!team) throw new Error("Slack didn't return a workspace");
    return team;
  }

  /**
   * Whether a payload is for this app, and from its workspace or another one of the same Enterprise organization.
   *
   * @throws if Slack doesn't say where the bot is installed
   */
  async accepts(body: object): Promise<boolean> {
    return isFrom(originOf(body), await this.#identity());
  }

  async #identity(): Promise<Identity> {
    const team = await this.team();
    const { enterprise_id: enterprise } = await this.#token.answer();
    return { team, enterprise: enterprise || undefined, app: await this.#app() };
  }

  async #fetchApp(): Promise<string | undefined> {
    const { bot_id: bot } = await this.#token.answer();
    if (!bot) return undefined;
    try {
      const { bot: found } = await this.#slack.bots.info({ bot });
      if (!found?.app_id) throw new Error("Slack didn't return an app");
      return found.app_id;
    } catch (error) {
      if (slackErrorCode(error) === 'missing_scope') return undefined;
      throw error;
    }
  }
}

/**
 * Reads where a payload of any type comes from. In an organization's payload the team can be null. An event in a shared
 * channel has the team of its channel, so only its authorizations say which bot it is for.
 */
export function originOf(body: object): Origin {
  const { type, authorizations, ...payload } = body as Record<string, unknown>;
  const sources = type === 'event_callback' && Array.isArray(authorizations) ? authorizations : [payload];
  return {
    teams: sources.flatMap((source) => [...textAt(source, 'team', 'id'), ...textAt(source, 'team_id')]),
    enterprises: sources.flatMap((source) => [
      ...textAt(source, 'enterprise', 'id'),
      ...textAt(source, 'team', 'enterprise_id'),
      ...textAt(source, 'enterprise_id'),
    ]),
    app: textAt(payload, 'api_app_id')[0],
  };
}

function isFrom({ teams, enterprises, app }: Origin, own: Identity): boolean {
  const isOwnApp = app === undefined || own.app === undefined || app === own.app;
  const isOwnEnterprise = own.enterprise !== undefined && enterprises.includes(own.enterprise);
  return isOwnApp && (teams.includes(own.team) || isOwnEnterprise);
}

/** The text at a path, as a list. The list is empty if there is no text. */
function textAt(value: unknown, ...path: string[]): string[] {
  const found = path.reduce<unknown>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null ? (parent as Record<string, unknown>)[name] : undefined,
    value,
  );
  return typeof found === 'string' && found ? [found] : [];
}
