import { profileLabels } from '../../profiles/fields.ts';
import type { AuditDetails } from '../../tickets/audit.ts';
import { bold, code, date, mention, notificationText, rich, section, text } from '../blocks.ts';
import { revokeButton } from '../buttons.ts';
import {
  AUDIT_ACTIONS,
  AUDIT_BOT,
  AUDIT_KINDS,
  auditNotification,
  PROFILE_AUDIT_ACTIONS,
  profileAuditNotification,
} from '../sentences.ts';
import type { Message } from './message.ts';

/**
 * A message to the audit channel: who did what, for which connection, until when. Never the link.
 *
 * @param ticket the ID of the ticket's record. While it may work, editors get a button that revokes it.
 */
export function auditMessage(
  event: keyof typeof AUDIT_ACTIONS,
  { user, what = '', connection = '', profile, expires }: AuditDetails,
  ticket?: string,
): Message {
  const action = AUDIT_ACTIONS[event];
  return {
    text: notificationText(auditNotification(action, connection)),
    blocks: [
      rich(
        section(
          user ? mention(user) : text(AUDIT_BOT),
          text(` ${action} for `),
          bold(connection),
          text(AUDIT_KINDS[what] ?? ''),
          text(profile ? `, profile ${profile}` : ''),
          ...(expires ? [text(', until '), date(Math.floor(Date.parse(expires) / 1000))] : []),
          text('.'),
        ),
      ),
      ...(ticket && event === 'ticket_made'
        ? [{ type: 'actions' as const, elements: [revokeButton(ticket, { listed: true })] }]
        : []),
    ],
  };
}

/** A message to the audit channel: who saved which fields of which profile. */
export function profileAuditMessage(
  event: keyof typeof PROFILE_AUDIT_ACTIONS,
  { user = '', profile = '', profileName = '', fields = [] }: AuditDetails,
): Message {
  const action = PROFILE_AUDIT_ACTIONS[event];
  return {
    text: notificationText(profileAuditNotification(action, profileName)),
    blocks: [
      rich(
        section(
          mention(user),
          text(` ${action} `),
          bold(profileName),
          text(' '),
          code(profile),
          text(`: ${profileLabels(fields).join(', ')}.`),
        ),
      ),
    ],
  };
}
