import { errorFields, type Log } from '../lib/log.ts';
import { type AuditLog, newEvent } from '../tickets/audit.ts';
import { isMuted, ownerOf } from '../tickets/follow.ts';
import type { FollowStore } from '../tickets/follow-store.ts';
import { summarize } from '../tickets/summary.ts';
import { factsOf, type TicketRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import { linkNotice, type NoticeKind, type NoticeReader, undeliveredNotice } from './messages/link-notice.ts';
import type { People } from './people.ts';
import { slackErrorCode } from './web-api.ts';

interface Dependencies {
  messenger: Messenger;
  people: People;
  access: Access;
  followed: FollowStore;
  audit: AuditLog;
  /** Gets the messages for people who can't be reached. */
  auditChannel: string | undefined;
  isOn: boolean;
  log: Log;
}

/** Slack's error codes for a person who can't get direct messages, now or later. */
const UNREACHABLE = new Set([
  'user_disabled',
  'user_not_found',
  'user_not_visible',
  'cannot_dm_bot',
  'channel_not_found',
  'is_archived',
  'messages_tab_disabled',
  'missing_scope',
  'not_in_channel',
  'restricted_action',
]);

/** Tells people about the progress of their links: only what matters, and each thing once. */
export class Notifier {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Sends the message that is due for a link, if any. Returns false if it should be tried again later.
   *
   * @throws DatabaseError
   */
  async notify(record: TicketRecord): Promise<boolean> {
    const { ticket, events } = record;
    if (!this.#deps.isOn || isMuted(record)) return true;
    const { isFinished, attention } = summarize(ticket, events, Date.now());
    let isDone = true;
    for (const kind of [isFinished && ('finished' as const), attention]) {
      if (kind) isDone = (await this.#notifyOnce(record, kind)) && isDone;
    }
    return isDone;
  }

  async #notifyOnce(record: TicketRecord, kind: NoticeKind): Promise<boolean> {
    const { followed, audit, log } = this.#deps;
    const { ticket } = record;
    const event = newEvent('notified', { ...factsOf(ticket), reason: kind }, ticket.id);
    // Claimed before it is sent: another instance may look at the same link. A crash in between loses the message.
    const [claimed] = await followed.add(ticket.id, [event]);
    if (!claimed) return true;
    try {
      await this.#send(record, kind);
      audit.logStored(event);
      return true;
    } catch (error) {
      log.warn({ user: ownerOf(record), ...errorFields(error) }, 'A message about a link could not be sent');
      await followed.remove(event);
      return false;
    }
  }

  /** @throws if Slack doesn't accept it now */
  async #send(record: TicketRecord, kind: NoticeKind): Promise<void> {
    const { people, access, log } = this.#deps;
    const { ticket } = record;
    const user = ownerOf(record);
    const { timeZone } = await people.requester(user);
    const mayAct = user === ticket.requester || (await access.isEditor(user));
    const reader = { user, timeZone, mayAct };
    if (await people.isDeactivated(user).catch(() => false)) return this.#sendElsewhere(record, kind, reader);
    try {
      await this.#sendToOwner(record, kind, reader);
    } catch (error) {
      const code = slackErrorCode(error) ?? '';
      if (!UNREACHABLE.has(code)) throw error;
      log.info({ user, code }, "A person can't get direct messages");
      await this.#sendElsewhere(record, kind, reader);
    }
  }

  /** As a reply to the receipt, if it is theirs. */
  async #sendToOwner(record: TicketRecord, kind: NoticeKind, reader: NoticeReader): Promise<void> {
    const { messenger } = this.#deps;
    const { receipt, requester } = record.ticket;
    const message = linkNotice(record, kind, reader, Date.now());
    if (receipt && reader.user === requester) await messenger.post(receipt.channel, message, receipt.ts);
    else await messenger.postDirect(reader.user, message);
  }

  async #sendElsewhere(record: TicketRecord, kind: NoticeKind, reader: NoticeReader): Promise<void> {
    const { messenger, auditChannel, log } = this.#deps;
    if (auditChannel) await messenger.post(auditChannel, undeliveredNotice(record, kind, reader, Date.now()));
    else log.warn({ user: reader.user }, 'A message about a link reached nobody: set AUDIT_CHANNEL');
  }
}
