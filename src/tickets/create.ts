import { Auth0Error } from '../auth0/errors.ts';
import type { SubmissionWait } from '../auth0/management-api.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { SUBMISSION_RATE_LIMIT_WAIT_MS } from '../auth0/timeouts.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { AuditLog } from './audit.ts';
import { TicketError } from './errors.ts';
import type { TicketRequest } from './form/request.ts';
import { checkReach } from './reach.ts';
import { type IssuedTicket, issuedTicket, type TicketRecord } from './ticket.ts';

export interface TicketDependencies {
  tenant: Tenant;
  audit: AuditLog;
  log: Log;
}

/** How far a ticket is, for the person who waits for it. */
export type CreateProgress =
  | { step: 'creating' }
  /** `ahead`: how many earlier calls wait for the same rate limit. */
  | { step: 'rate_limited'; ahead: number }
  | { step: 'delivering' };

export interface CreateOptions<Delivery extends { channel: string | undefined }> {
  /** Whether the requester is an editor. */
  isEditor: boolean;
  /** Brings the link to the requester, and tells in which conversation it is. Resolves with undefined if that is impossible. */
  deliver(ticket: IssuedTicket): Promise<Delivery | undefined>;
  onProgress(progress: CreateProgress): void;
}

/**
 * Creates one ticket at Auth0 and delivers it. A ticket that can't be delivered is revoked, because nobody has seen
 * its link.
 *
 * @throws TicketError, or Auth0Error from the create call
 */
export async function createTicket<Delivery extends { channel: string | undefined }>(
  { tenant, audit, log }: TicketDependencies,
  request: TicketRequest,
  record: TicketRecord,
  { isEditor, deliver, onProgress }: CreateOptions<Delivery>,
): Promise<{ ticket: IssuedTicket; delivery: Delivery }> {
  const reach = { ...request, connectionId: request.body.connection_id };
  const onWait: SubmissionWait['onWait'] = (wait) =>
    onProgress(wait ? { step: 'rate_limited', ahead: wait.ahead } : { step: 'creating' });
  const wait = { deadline: Date.now() + SUBMISSION_RATE_LIMIT_WAIT_MS, onWait };
  await checkReach(tenant, reach, { isEditor, ...wait });
  audit.write('ticket_requested', record);
  const ticket = await create(tenant, request, record, wait).catch((error: unknown) => {
    const { user, correlationId } = record;
    log.warn({ user, correlationId, ...errorFields(error) }, 'A ticket was not created');
    refreshOutdatedLists(tenant, error);
    throw error;
  });
  audit.write('ticket_made', ticket.record);
  onProgress({ step: 'delivering' });
  const delivery = await deliver(ticket).catch((error: unknown) => {
    log.error(errorFields(error), 'The delivery of a ticket failed');
    return undefined;
  });
  if (delivery === undefined) {
    audit.write('ticket_not_delivered', ticket.record);
    const revoked = await revokeUndelivered({ tenant, audit, log }, ticket);
    throw new TicketError({ code: 'not_delivered', revoked, correlationId: record.correlationId });
  }
  audit.write('ticket_delivered', { ...ticket.record, channel: delivery.channel });
  return { ticket, delivery };
}

async function create(
  { api }: Tenant,
  request: TicketRequest,
  record: TicketRecord,
  wait: SubmissionWait,
): Promise<IssuedTicket> {
  const expires = Math.floor(Date.now() / 1000) + request.seconds;
  const created = await api.createTicket(request.profile.id, request.body, {
    correlationId: record.correlationId,
    customDomain: request.customDomain,
    ...wait,
  });
  return issuedTicket(request, record, created, expires);
}

/** Reloads the lists that the error shows to be out of date. */
function refreshOutdatedLists({ lists }: Tenant, error: unknown): void {
  if (!(error instanceof Auth0Error)) return;
  // Auth0 doesn't say which of the things chosen is gone.
  if (error.code === 'not_found') for (const list of Object.values(lists)) list.refresh();
  // Most likely a name that is taken.
  if (error.code === 'rejected' || error.code === 'conflict') lists.connections.refresh();
}

/** Revokes a ticket that nobody has seen. Returns whether that succeeded. */
async function revokeUndelivered(
  { tenant, audit, log }: TicketDependencies,
  { request, record, id }: IssuedTicket,
): Promise<boolean> {
  const { correlationId } = record;
  try {
    await tenant.api.revokeTicket(request.profile.id, id, correlationId);
  } catch (error) {
    log.error({ correlationId, ...errorFields(error) }, 'A ticket could be neither delivered nor revoked');
    return false;
  }
  audit.write('ticket_revoked', { ...record, reason: 'not delivered' });
  return true;
}
