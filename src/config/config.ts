import type { LogLevel } from '../lib/log.ts';
import type { RequiredMetadata } from './required-metadata.ts';

/** How Slack reaches the bot: a WebSocket that the bot opens, or signed requests to its port. */
type SlackConnection = { mode: 'socket'; appToken: string } | { mode: 'http'; signingSecret: string };

/** How the bot authenticates at Auth0. */
type Auth0Credential = { clientSecret: string } | { privateKey: string };

/** Auth0 lets a link wait at most five days to be opened. */
export const MAX_LINK_HOURS = 120;

/** Everything that can be configured. `readConfig` validates it once; the rest of the code uses plain values. */
export interface Config {
  slack: {
    botToken: string;
    connection: SlackConnection;
    apiUrl: string;
    command: string;
  };
  auth0: {
    /** A bare host, with a port where there is one. */
    domain: string;
    clientId: string;
    credential: Auth0Credential;
  };
  access: AccessConfig;
  /** The company's own rules and defaults for links. */
  policy: Policy;
  port: number;
  /** The channel that gets a message for each ticket created or revoked. */
  auditChannel: string | undefined;
  /** The secret that the sealing key is derived from. */
  sealKey: string;
  /** Shown in every modal and message, to tell staging from production. */
  tenantLabel: string | undefined;
  logLevel: LogLevel;
}

/** Who may use the bot: only those named here. IDs are Slack's. */
export interface AccessConfig {
  users: string[];
  userGroups: string[];
  /** Every full member of the workspace. Never guests or people from other workspaces. */
  everyone: boolean;
  /** The channels in which the bot works. Empty means everywhere. */
  channels: string[];
  /** Who may create links to edit. If both lists are empty, everyone who may use the bot. */
  editors: string[];
  editorGroups: string[];
  /** Whom people without access are told to ask. */
  contact: string | undefined;
}

/** The company's own rules and defaults for links. */
export interface Policy {
  defaultProfileId: string | undefined;
  defaultClientIds: string[];
  applicationsOptional: boolean;
  /** Names or IDs of connections that no link may edit. */
  protectedConnections: string[];
  /** The company's naming rule, in addition to Auth0's, and a hint that explains it. */
  connectionNamePattern: RegExp | undefined;
  connectionNameHint: string | undefined;
  defaultLinkHours: number;
  defaultDomainVerification: 'none' | 'optional' | 'required' | undefined;
  requiredMetadata: RequiredMetadata[];
  /** The tenant's custom domains that a link may open on. */
  customDomains: string[];
  /** A template for the text to the customer. Undefined: the built-in one. */
  customerMessage: string | undefined;
}

/** The bot can't start. The message is a sentence for the person who starts it. */
export class StartError extends Error {
  override name = 'StartError';
}

/** An invalid configuration, with one line for each problem. */
export class ConfigError extends StartError {
  override name = 'ConfigError';
  /** One line for each, beginning with the variable's name. Never a value. */
  readonly problems: string[];
  constructor(problems: string[]) {
    super(
      [
        'The settings are not right yet:',
        ...problems.map((problem) => `  - ${problem}`),
        'Each variable is explained in .env.example.',
      ].join('\n'),
    );
    this.problems = problems;
  }
}
