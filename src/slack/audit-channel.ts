import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { AuditDetails, AuditEvent } from '../tickets/audit.ts';
import type { Messenger } from './delivery.ts';
import { auditMessage } from './messages/audit.ts';

/** Posts to AUDIT_CHANNEL which tickets were created and revoked. */
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
  async announce(
    event: AuditEvent,
    { profile: id = '', user, reason, ...details }: AuditDetails,
  ): Promise<void> {
    if (event !== 'ticket_made' && event !== 'ticket_revoked') return;
    const profile = this.#tenant.lists.profiles.byId(id)?.name ?? id;
    // A revocation with a reason is the bot's own.
    const actor = reason ? undefined : user;
    try {
      await this.#messenger.post(this.#channel, auditMessage(event, { ...details, profile, user: actor }));
    } catch (error) {
      this.#log.error(
        { channel: this.#channel, ...errorFields(error) },
        'The message to AUDIT_CHANNEL could not be posted. Is the bot a member of it?',
      );
    }
  }
}
