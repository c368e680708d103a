import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { retry } from '../lib/retry.ts';
import type { AuditDetails, AuditEvent } from '../tickets/audit.ts';
import type { Messenger } from './delivery.ts';
import { auditMessage, profileAuditMessage } from './messages/audit.ts';
import type { Message } from './messages/message.ts';
import { ANNOUNCEMENT_RETRY_DELAY_MS } from './timeouts.ts';
import { type SlackApi, slackErrorCode } from './web-api.ts';

/** The number of times that a message is tried again. */
const MAX_RETRIES = 4;
/** Slack's error codes for a channel that the bot can't post in. Trying again changes nothing. */
const CANNOT_POST = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action']);
/** Slack's error code for a call that the bot's scopes don't allow. */
const MISSING_SCOPE = 'missing_scope';

/** Posts to AUDIT_CHANNEL which tickets were created and revoked, and which profiles were created and changed. */
export class AuditChannel {
  readonly #channel: string;
  readonly #messenger: Messenger;
  readonly #tenant: Tenant;
  readonly #stopping: AbortSignal;
  readonly #log: Log;

  constructor(deps: {
    channel: string;
    messenger: Messenger;
    tenant: Tenant;
    stopping: AbortSignal;
    log: Log;
  }) {
    this.#channel = deps.channel;
    this.#messenger = deps.messenger;
    this.#tenant = deps.tenant;
    this.#stopping = deps.stopping;
    this.#log = deps.log;
  }

  /**
   * Tries for some minutes, or less while the bot stops. Never throws: a failure is logged, and the event is on record.
   *
   * @param ticket the ID of the ticket's record
   */
  async announce(event: AuditEvent, details: AuditDetails, ticket?: string): Promise<void> {
    const message = this.#messageFor(event, details, ticket);
    if (!message) return;
    try {
      await retry(
        () => this.#messenger.post(this.#channel, message),
        (error, failures) => {
          const isFinal = CANNOT_POST.has(slackErrorCode(error) ?? '');
          const again = !isFinal && !this.#stopping.aborted && failures <= MAX_RETRIES;
          return again ? ANNOUNCEMENT_RETRY_DELAY_MS * 2 ** (failures - 1) : undefined;
        },
      );
    } catch (error) {
      this.#log.error(
        { channel: this.#channel, event, ...errorFields(error) },
        'The message to AUDIT_CHANNEL could not be posted',
      );
    }
  }

  /** Undefined if the channel gets no message about the event. */
  #messageFor(event: AuditEvent, details: AuditDetails, ticket: string | undefined): Message | undefined {
    switch (event) {
      case 'ticket_made':
      case 'ticket_revoked': {
        const { profile: id = '', user, reason, ...rest } = details;
        const profile = this.#tenant.lists.profiles.byId(id)?.name ?? id;
        // If a revocation has a reason, the bot did it.
        return auditMessage(event, { ...rest, profile, user: reason ? undefined : user }, ticket);
      }
      case 'profile_created':
      case 'profile_changed':
        return profileAuditMessage(event, details);
      default:
        return undefined;
    }
  }
}

/** Why the bot can't post in AUDIT_CHANNEL, and what to do. Undefined if it can, or if Slack doesn't say. */
export async function auditChannelProblem(slack: SlackApi, channel: string): Promise<string | undefined> {
  try {
    const { channel: found } = await slack.conversations.info({ channel });
    if (found?.is_archived) return `AUDIT_CHANNEL ${channel} is archived. Set another one`;
    if (found?.is_member === false) {
      return `The bot is not a member of AUDIT_CHANNEL ${channel}, so it can't post there. Type /invite and the bot's name in the channel`;
    }
    return undefined;
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === undefined || code === MISSING_SCOPE) return undefined;
    return `The bot can't find AUDIT_CHANNEL ${channel} (${code}). Check the ID. If the channel is private, type /invite and the bot's name in it`;
  }
}
