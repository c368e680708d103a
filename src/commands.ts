import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { webApi } from '@slack/bolt';
import { Auth0Error } from './auth0/errors.ts';
import { ManagementApi } from './auth0/management-api.ts';
import { Tenant } from './auth0/tenant.ts';
import { type Config, StartError } from './config/config.ts';
import { sealKeys } from './config/seal-keys.ts';
import { Database } from './database/database.ts';
import { DatabaseError } from './database/errors.ts';
import { databaseProblem } from './database/problems.ts';
import { WriteQueue } from './database/write-queue.ts';
import { createLog, type Log } from './lib/log.ts';
import { once } from './lib/memoize.ts';
import { Seal, SealError } from './lib/seal.ts';
import { auth0Cause, auth0Consequence } from './slack/sentences.ts';
import { slackErrorCode, slackLogger, WEB_API_OPTIONS } from './slack/web-api.ts';
import { type EventQuery, TicketArchive } from './tickets/archive.ts';
import { AuditLog } from './tickets/audit.ts';
import { auditLine } from './tickets/audit-line.ts';
import type { TicketDependencies } from './tickets/create.ts';
import { revokeTicket } from './tickets/revoke.ts';
import { TicketStore } from './tickets/store.ts';
import { summarize } from './tickets/summary.ts';

/**
 * `npm run audit`: prints events as JSON lines, oldest first.
 *
 * @param args such as `--since 2026-11-01 --user U012ABCDEF`
 * @throws StartError for an option that is wrong, or if the records can't be read
 */
export async function runAudit(config: Config, args: string[], print: (line: string) => void): Promise<void> {
  const query = eventQuery(args);
  await withRecords(config, async ({ archive }) => {
    for await (const event of archive.events(query)) print(auditLine(event));
  });
}

/**
 * `npm run revoke -- <reference>`: revokes a link by the ID of its record or the correlation ID of its creation. Works
 * even while the bot is down.
 *
 * @returns a sentence that says what happened
 * @throws StartError if nothing was revoked
 */
export async function runRevoke(config: Config, [reference]: string[]): Promise<string> {
  if (!reference) throw new StartError('Give the reference of a link: npm run revoke -- <reference>');
  return withRecords(config, async (deps) => {
    const record = await deps.store.find(reference);
    if (!record) throw new StartError(`There's no link with the reference ${reference} on record.`);
    const { ticket, events } = record;
    const { status } = summarize(ticket, events, Date.now());
    if (status === 'revoked') return `The link for ${ticket.customer} was already revoked.`;
    if (ticket.sealedId === undefined)
      throw new StartError("No link was created, so there's nothing to revoke.");
    try {
      await revokeTicket(deps, ticket, { user: undefined, reason: 'npm run revoke' });
    } catch (error) {
      if (error instanceof Auth0Error)
        throw new StartError(`${auth0Cause(error, 'revoke')} ${auth0Consequence(error, 'revoke')}`, {
          cause: error,
        });
      if (!(error instanceof SealError)) throw error;
      throw new StartError(
        error.code === 'expired'
          ? 'The link has expired.'
          : "The link's ID can't be decrypted. Set SEAL_KEY or DATA_DIR to what the bot uses.",
      );
    }
    return `The link for ${ticket.customer} no longer works.`;
  });
}

function eventQuery(args: string[]): EventQuery {
  const text = { type: 'string' } as const;
  try {
    const options = { since: text, until: text, user: text, customer: text, connection: text };
    const { since, until, ...rest } = parseArgs({ args, options }).values;
    return { since: toTime(since), until: toTime(until), ...rest };
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

function toTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new StartError(`${text} is not a time such as 2026-11-01 or 2026-11-01T08:00:00Z.`);
  return time;
}

interface Dependencies extends TicketDependencies {
  archive: TicketArchive;
}

/** Opens the records for a command. @throws StartError if that fails */
async function withRecords<T>(config: Config, use: (deps: Dependencies) => Promise<T>): Promise<T> {
  const log = createLog('error', { write: () => undefined });
  const database = new Database({ config: config.database, log });
  const queue = new WriteQueue({ log });
  try {
    const result = await use(dependencies(config, database, queue, log));
    await queue.flush();
    return result;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new StartError(`${databaseProblem(error, database.location)}.`);
  } finally {
    await database.close();
  }
}

function dependencies(config: Config, database: Database, queue: WriteQueue, log: Log): Dependencies {
  const { botToken, apiUrl } = config.slack;
  const slack = new webApi.WebClient(botToken, {
    ...WEB_API_OPTIONS,
    slackApiUrl: apiUrl,
    logger: slackLogger(),
  });
  const scope = once(async () => {
    const team = await slack.auth.test().then(
      ({ team_id }) => team_id,
      (error: unknown) => {
        const code = slackErrorCode(error) ?? 'no answer';
        throw new StartError(`Slack does not say which workspace the records belong to (${code}).`);
      },
    );
    if (!team) throw new StartError("Slack didn't return a workspace.");
    return { auth0Domain: config.auth0.domain, team };
  });
  const store = new TicketStore({ database, scope, instance: randomUUID() });
  const api = new ManagementApi({ config: config.auth0, log, stopping: new AbortController().signal });
  return {
    tenant: new Tenant({ label: config.tenantLabel, policy: config.policy, api, log }),
    store,
    archive: new TicketArchive({ database, scope }),
    audit: new AuditLog({ log, store, queue, onEvent: () => undefined }),
    seal: new Seal({ keys: sealKeys(config) }),
    log,
  };
}
