import type { LogLevel } from '../lib/log.ts';
import type { Pattern } from './pattern.ts';
import type { ProxySettings } from './proxy.ts';
import type { RequiredMetadata } from './required-metadata.ts';

/** How Slack reaches the bot: a WebSocket that the bot opens, or signed requests to its port. */
type SlackConnection = { mode: 'socket'; appToken: string } | { mode: 'http'; signingSecret: string };

/** How the bot authenticates at Auth0. */
type Auth0Credential = { clientSecret: string } | { privateKey: string };

/** Where the records are: SQLite in a folder, or PostgreSQL. */
export type DatabaseConfig = { dataDir: string } | { url: string };

/** Auth0 lets a link wait at most five days to be opened. */
export const AUTH0_MAX_LINK_HOURS = 120;

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
  /** Undefined if no proxy is used. */
  proxy: ProxySettings | undefined;
  port: number;
  /** Undefined if `/metrics` is off. */
  metrics: { token: string | undefined } | undefined;
  /** The channel that gets a message for each ticket created or revoked. */
  auditChannel: string | undefined;
  /** Whether people get messages about their links. */
  notifications: boolean;
  database: DatabaseConfig;
  /** Records that are older are deleted. */
  retentionDays: number;
  /** How many links a person can create in an hour. */
  maxLinksPerHour: number;
  /**
   * The secrets that keys are derived from: the first encrypts, all decrypt. If there are none, one is generated in
   * `dataDir`.
   */
  sealKeys: string[];
  /** Shown in every modal and message, to tell staging from production. */
  tenantLabel: string | undefined;
  logLevel: LogLevel;
  /** What works, but probably not as intended. One sentence each, without secrets. */
  warnings: string[];
}

/** A group of people, by Slack IDs. */
export interface Audience {
  /** Every full member of the workspace. Never guests or people from other workspaces. */
  everyone: boolean;
  users: string[];
  userGroups: string[];
}

export const isNobody = ({ everyone, users, userGroups }: Audience) =>
  !everyone && users.length === 0 && userGroups.length === 0;

/** Who may use the bot. */
export interface AccessConfig {
  allowed: Audience;
  /** The allowed people who may also create links that reach existing customers. */
  editors: Audience;
  /** The allowed people who may also create and edit self-service profiles. */
  profileEditors: Audience;
  /** The channels in which the bot works. Empty means everywhere. */
  channels: string[];
  /** The contact that people without access are told to ask. */
  contact: string | undefined;
}

/** The kinds of resources that can be protected, and the variable that lists them. */
export const PROTECTED_VARIABLES = {
  connections: 'PROTECTED_CONNECTIONS',
  organizations: 'PROTECTED_ORGANIZATIONS',
  clients: 'PROTECTED_APPLICATIONS',
} as const;
export type ProtectedKind = keyof typeof PROTECTED_VARIABLES;

/** The company's own rules and defaults for links. */
export interface Policy {
  defaultProfileId: string | undefined;
  defaultClientIds: string[];
  applicationsOptional: boolean;
  /** What no link may reach: names, display names or IDs. */
  protected: Record<ProtectedKind, string[]>;
  /** The company's naming rule, in addition to Auth0's, and a hint that explains it. */
  connectionNamePattern: Pattern | undefined;
  connectionNameHint: string | undefined;
  defaultLinkHours: number;
  maxLinkHours: number;
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
  /** One line for each, beginning with the name of the variable or file. Never a value. */
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
