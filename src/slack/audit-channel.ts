import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { AuditDetails, AuditEvent } from '../tickets/audit.ts';
import type { Messenger } from './delivery.ts';
import { auditMessage, profileAuditMessage } from './messages/audit.ts';
import type { Message } from './messages/message.ts';

/** Posts to AUDIT_CHANNEL which tickets were created and revoked, and which profiles were created and changed. */
export class AuditChannel {
  readonly #channel: string;
  readonly #messenger: Messenger;
  readonly #tenant: Tenant;
  readonly #log: Log;

  constructor(deps: { channel: string; messenger: Messenger; tenant: Tenant; log: Log }) {
    this.#channel = deps.channel;
    this.#messenger = deps.messenger;
    this.#tenant = deps.tenant;
    this.#log = deps.log;
  }

  /** Never throws: a failure is logged. */
  async announce(event: AuditEvent, details: AuditDetails): Promise<void> {
    const message = this.#messageFor(event, details);
    if (!message) return;
    try {
      await this.#messenger.post(this.#channel, message);
    } catch (error) {
      this.#log.error(
        { channel: this.#channel, ...errorFields(error) },
        'The message to AUDIT_CHANNEL could not be posted. Is the bot a member of it?',
      );
    }
  }

  /** Undefined if the channel doesn't hear of it. */
  #messageFor(event: AuditEvent, details: AuditDetails): Message | undefined {
    switch (event) {
      case 'ticket_made':
      case 'ticket_revoked': {
        const { profile: id = '', user, reason, ...rest } = details;
        const profile = this.#tenant.lists.profiles.byId(id)?.name ?? id;
        // A revocation with a reason is the bot's own.
        return auditMessage(event, { ...rest, profile, user: reason ? undefined : user });
      }
      case 'profile_created':
      case 'profile_changed':
        return profileAuditMessage(event, details);
      default:
        return undefined;
    }
  }
}
