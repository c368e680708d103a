import * as z from 'zod';
import { LOG_LEVELS } from '../lib/log.ts';
import { type Config, ConfigError } from './config.ts';
import { templateProblem } from './customer-message.ts';
import { dataDirectoryProblem } from './data-directory.ts';
import { compilePattern } from './pattern.ts';
import { proxyProblems, readProxy } from './proxy.ts';
import { parseRequiredMetadata } from './required-metadata.ts';
import {
  audience,
  flag,
  hours,
  isHttpsOrLocal,
  isPrivateKey,
  list,
  names,
  people,
  required,
  slackIds,
  wholeNumber,
} from './values.ts';

const environment = z.object({
  SLACK_BOT_TOKEN: required('the bot token of the Slack app').startsWith('xoxb-', {
    error: ({ input }) =>
      /^xoxe[.-]/.test(String(input))
        ? 'is a token that expires: the bot does not support token rotation. Slack does not let you turn it off for an app, so create a new app from manifest.yml, leave token rotation off under "OAuth & Permissions", and set its bot token (xoxb-)'
        : 'must start with xoxb- (the bot token, from "OAuth & Permissions")',
  }),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', { error: 'must start with xapp- (an app-level token, from "Basic Information")' })
    .optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, { error: 'is too short for a signing secret' }).optional(),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://slack.com/api/' })
    .refine(isHttpsOrLocal, {
      error:
        'must begin with https://; http:// is for a stand-in on this machine (127.0.0.1, localhost or [::1])',
    })
    .transform((url) => (url.endsWith('/') ? url : `${url}/`))
    .default('https://slack.com/api/'),
  SLASH_COMMAND: z
    .string()
    .regex(/^\/[\p{Ll}\p{N}_-]{1,31}$/u, {
      error: 'must start with /, followed by up to 31 lowercase letters, digits, - or _',
    })
    .default('/sso-ticket'),
  PORT: z.coerce
    .number({ error: 'must be a port number' })
    .int({ error: 'must be a port number' })
    .min(0, { error: 'must be a port number' })
    .max(65_535, { error: 'must be a port number' })
    .default(3000),
  AUTH0_DOMAIN: required('the domain of the Auth0 tenant, such as acme.eu.auth0.com').regex(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i,
    { error: 'must be a bare host such as acme.eu.auth0.com, without https:// and without a path' },
  ),
  AUTH0_CLIENT_ID: required('the client ID of the machine-to-machine application'),
  AUTH0_CLIENT_SECRET: z.string().optional(),
  AUTH0_CLIENT_PRIVATE_KEY: z
    .string()
    // One-line environment files write line breaks as \n.
    .transform((key) => key.replaceAll('\\n', '\n'))
    .refine(isPrivateKey, {
      error: 'must be an RSA private key, PKCS#8 in PEM form (-----BEGIN PRIVATE KEY-----)',
    })
    .optional(),
  ALLOWED: audience(['everyone']),
  EDITORS: audience(['everyone', 'nobody']),
  PROFILE_EDITORS: people,
  ALLOWED_CHANNELS: slackIds('CGD', 'C012ABCDEF'),
  ACCESS_CONTACT: z.string().max(100, { error: 'must have at most 100 characters' }).optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgres://user:password@host:5432/database',
    })
    .optional(),
  RETENTION_DAYS: wholeNumber('days', 1).default(400),
  MAX_LINKS_PER_HOUR: wholeNumber('links', 1).default(20),
  SEAL_KEY: names.refine((keys) => keys.every((key) => key.length >= 32), {
    error:
      'must contain keys of at least 32 characters, separated by commas; `openssl rand -base64 32` generates one',
  }),
  DEFAULT_PROFILE_ID: z.string().optional(),
  DEFAULT_CLIENT_IDS: list,
  APPLICATIONS_OPTIONAL: flag,
  PROTECTED_CONNECTIONS: names,
  PROTECTED_ORGANIZATIONS: names,
  PROTECTED_APPLICATIONS: names,
  CONNECTION_NAME_PATTERN: z
    .string()
    .transform((source, context) => {
      try {
        return compilePattern(source);
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error) });
        return z.NEVER;
      }
    })
    .optional(),
  CONNECTION_NAME_HINT: z.string().max(200, { error: 'must have at most 200 characters' }).optional(),
  DEFAULT_LINK_HOURS: hours,
  MAX_LINK_HOURS: hours,
  DEFAULT_DOMAIN_VERIFICATION: z
    .enum(['off', 'optional', 'required'], { error: 'must be off, optional or required' })
    .transform((value) => (value === 'off' ? 'none' : value))
    .optional(),
  REQUIRED_METADATA: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return parseRequiredMetadata(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: `is not right: ${messageOf(error)}` });
        return z.NEVER;
      }
    }),
  AUTH0_CUSTOM_DOMAINS: list.refine(
    (domains) => domains.every((domain) => /^[a-z0-9.-]{1,75}$/i.test(domain)),
    { error: 'must contain bare hosts such as login.acme.com, separated by commas' },
  ),
  CUSTOMER_MESSAGE: z
    .string()
    .max(2000, { error: 'must have at most 2,000 characters' })
    .transform((text) => text.replaceAll('\\n', '\n'))
    .superRefine((text, context) => {
      const problem = templateProblem(text);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .optional(),
  AUDIT_CHANNEL: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, { error: 'must be the ID of a channel, such as C012ABCDEF' })
    .optional(),
  NOTIFICATIONS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  METRICS: flag,
  METRICS_TOKEN: z
    .string()
    .min(16, { error: 'must have at least 16 characters; `openssl rand -hex 16` generates one' })
    .optional(),
  TENANT_LABEL: z.string().max(100, { error: 'must have at most 100 characters' }).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

const NO_ENV_FILE = '.env is missing: run `cp .env.example .env`, and fill it in';
/** What is wrong with the value of one variable. Undefined if nothing is. */
export function variableProblem(name: keyof typeof environment.shape, value: string): string | undefined {
  return environment.shape[name].safeParse(value, { jitless: true }).error?.issues[0]?.message;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Variables of earlier versions, and what takes their place. */
const RENAMED: Record<string, string> = {
  ALLOWED_USERS: 'put its IDs into ALLOWED',
  ALLOWED_USERGROUPS: 'put its IDs into ALLOWED',
  ALLOW_EVERYONE: 'set ALLOWED=everyone instead of true',
  EDITOR_USERGROUPS: 'put its IDs into EDITORS',
};

/** Problems between variables. Checked on the raw values, so that all problems are reported together. */
function crossProblems(given: Record<string, string>): string[] {
  const problems = proxyProblems(given);
  if (!given.SLACK_APP_TOKEN && !given.SLACK_SIGNING_SECRET) {
    problems.push('SLACK_APP_TOKEN is not set: set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP');
  }
  if (given.METRICS === 'true' && !given.SLACK_APP_TOKEN && !given.METRICS_TOKEN) {
    problems.push('METRICS_TOKEN is not set: over HTTP the port is public, so METRICS=true needs it');
  }
  for (const [name, instead] of Object.entries(RENAMED)) {
    if (given[name]) problems.push(`${name} is no longer used: ${instead}, and remove it`);
  }
  if (!given.AUTH0_CLIENT_SECRET && !given.AUTH0_CLIENT_PRIVATE_KEY) {
    problems.push('AUTH0_CLIENT_SECRET is not set: set it, or AUTH0_CLIENT_PRIVATE_KEY');
  }
  if (given.AUTH0_CLIENT_SECRET && given.AUTH0_CLIENT_PRIVATE_KEY) {
    problems.push('AUTH0_CLIENT_PRIVATE_KEY is set together with AUTH0_CLIENT_SECRET: keep one of the two');
  }
  if (given.DATABASE_URL && !given.SEAL_KEY) {
    problems.push(
      'SEAL_KEY is not set: with DATABASE_URL, all instances need the same key; `openssl rand -base64 32` generates one',
    );
  }
  return problems;
}

/** What works, but probably not as intended. One sentence each. */
function warningsFor(
  given: Record<string, string>,
  { DEFAULT_LINK_HOURS, MAX_LINK_HOURS }: z.infer<typeof environment>,
  atStart: Variables,
): string[] {
  const warnings: string[] = [];
  if (given.DEFAULT_LINK_HOURS && DEFAULT_LINK_HOURS > MAX_LINK_HOURS) {
    warnings.push(`DEFAULT_LINK_HOURS is above MAX_LINK_HOURS, so links start at ${MAX_LINK_HOURS} hours`);
  }
  if (given.NODE_EXTRA_CA_CERTS && !atStart.NODE_EXTRA_CA_CERTS) {
    warnings.push(
      'NODE_EXTRA_CA_CERTS has no effect in .env, because Node reads it before: set it in the environment of the process',
    );
  }
  const dataProblem = dataDirectoryProblem(given);
  if (dataProblem) warnings.push(dataProblem);
  return warnings;
}

type Variables = Record<string, string | undefined>;

/** The variables that are not empty, without spaces around their values. */
export function givenVariables(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
}

/** Where the variables come from. */
export interface EnvironmentSource {
  /** The variables without those from `.env`. */
  atStart?: Variables;
  /** Whether there is a `.env`. */
  hasEnvFile?: boolean;
}

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 *
 * @throws ConfigError that lists every variable that is missing or wrong, but never its value
 */
export function readConfig(
  variables: Variables,
  { atStart = variables, hasEnvFile = true }: EnvironmentSource = {},
): Config {
  const given = givenVariables(variables);
  const result = environment.safeParse(given, { jitless: true });
  const issues = result.error?.issues ?? [];
  const problems = [
    // If there is a token, the variables were set in another way.
    ...(hasEnvFile || given.SLACK_BOT_TOKEN ? [] : [NO_ENV_FILE]),
    ...issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
    ...crossProblems(given),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  const env = result.data;
  return {
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      connection: env.SLACK_APP_TOKEN
        ? { mode: 'socket', appToken: env.SLACK_APP_TOKEN }
        : { mode: 'http', signingSecret: env.SLACK_SIGNING_SECRET ?? '' },
      apiUrl: env.SLACK_API_URL,
      command: env.SLASH_COMMAND,
    },
    auth0: {
      domain: env.AUTH0_DOMAIN,
      clientId: env.AUTH0_CLIENT_ID,
      credential: env.AUTH0_CLIENT_PRIVATE_KEY
        ? { privateKey: env.AUTH0_CLIENT_PRIVATE_KEY }
        : { clientSecret: env.AUTH0_CLIENT_SECRET ?? '' },
    },
    access: {
      allowed: env.ALLOWED,
      editors: env.EDITORS,
      profileEditors: env.PROFILE_EDITORS,
      channels: env.ALLOWED_CHANNELS,
      contact: env.ACCESS_CONTACT,
    },
    policy: {
      defaultProfileId: env.DEFAULT_PROFILE_ID,
      defaultClientIds: env.DEFAULT_CLIENT_IDS,
      applicationsOptional: env.APPLICATIONS_OPTIONAL,
      protected: {
        connections: env.PROTECTED_CONNECTIONS,
        organizations: env.PROTECTED_ORGANIZATIONS,
        clients: env.PROTECTED_APPLICATIONS,
      },
      connectionNamePattern: env.CONNECTION_NAME_PATTERN,
      connectionNameHint: env.CONNECTION_NAME_HINT,
      defaultLinkHours: Math.min(env.DEFAULT_LINK_HOURS, env.MAX_LINK_HOURS),
      maxLinkHours: env.MAX_LINK_HOURS,
      defaultDomainVerification: env.DEFAULT_DOMAIN_VERIFICATION,
      requiredMetadata: env.REQUIRED_METADATA,
      customDomains: env.AUTH0_CUSTOM_DOMAINS,
      customerMessage: env.CUSTOMER_MESSAGE,
    },
    auditChannel: env.AUDIT_CHANNEL,
    notifications: env.NOTIFICATIONS === 'on',
    proxy: readProxy(given),
    port: env.PORT,
    metrics: env.METRICS ? { token: env.METRICS_TOKEN } : undefined,
    database: env.DATABASE_URL ? { url: env.DATABASE_URL } : { dataDir: env.DATA_DIR },
    retentionDays: env.RETENTION_DAYS,
    maxLinksPerHour: env.MAX_LINKS_PER_HOUR,
    sealKeys: env.SEAL_KEY,
    tenantLabel: env.TENANT_LABEL,
    logLevel: env.LOG_LEVEL,
    warnings: warningsFor(given, env, atStart),
  };
}
