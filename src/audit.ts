import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Log } from './log.ts';

/** What is written down of a ticket, or of an attempt to get one. Any of it may be unknown. */
export const auditFacts = z.object({
  /** Whose ticket it is: Slack's user ID. */
  requester: z.string().optional(),
  /** What: a link for a new connection or to edit one; or what somebody tried. */
  what: z.string().optional(),
  profile: z.string().optional(),
  connection: z.string().optional(),
  /** Of a connection that is edited; a new one has none yet. */
  connectionId: z.string().optional(),
  clients: z.array(z.string()).optional(),
  organizations: z.array(z.string()).optional(),
  /** When the link expires unless it is opened, ISO 8601. */
  expires: z.string().optional(),
  /** `fingerprint` of the ticket's ID: the same ticket has the same one, and nobody can go back from it. */
  ticket: z.string().optional(),
});
export type AuditFacts = z.output<typeof auditFacts>;

export interface AuditLine extends AuditFacts {
  event: /** Before the create call: whatever becomes of it, this line joins Auth0's log to the person. */
    | 'ticket_requested'
    | 'ticket_made'
    | 'ticket_delivered'
    | 'ticket_not_delivered'
    | 'ticket_revoked'
    | 'access_denied'
    | 'seal_refused';
  /** Who did it, or tried to: Slack's user ID. */
  user?: string | undefined;
  /** Where: the conversation in which they did. */
  channel?: string | undefined;
  /** Stands in Auth0's own log as `references.correlation_id`, which joins its entry to this person. */
  correlationId?: string;
  reason?: string;
}

/** Writes one audit line: a log line with `"audit":true`, written at every LOG_LEVEL. */
export type Audit = (line: AuditLine) => void;

export function createAudit(log: Log): Audit {
  const always = log.child({ audit: true }, { level: 'info' });
  return (line) => always.info(line, `audit: ${line.event}`);
}

/** 64 bits of a hash of the ticket's ID, in hexadecimal. */
export function fingerprint(ticketId: string): string {
  return createHash('sha256').update(ticketId).digest('hex').slice(0, 16);
}
