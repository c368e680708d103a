import type { WaitOptions } from '../auth0/call-queue.ts';
import { Auth0Error } from '../auth0/errors.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { AuditLog } from './audit.ts';
import { TicketError } from './errors.ts';
import type { TicketRequest } from './form/request.ts';
import { editProblem } from './reach.ts';
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

export interface CreateOptions<Place> {
  /** Brings the link to the requester, and tells where it went. Resolves with undefined if that is impossible. */
  deliver(ticket: IssuedTicket): Promise<Place | undefined>;
  onProgress: OnProgress;
}

type OnProgress = (progress: CreateProgress) => void;

/**
 * Creates one ticket at Auth0 and delivers it. A ticket that can't be delivered is revoked, because nobody has seen
 * its link.
 *
 * @throws TicketError, or Auth0Error from the create call
 */
export async function createTicket<Place>(
  { tenant, audit, log }: TicketDependencies,
  request: TicketRequest,
  record: TicketRecord,
  { deliver, onProgress }: CreateOptions<Place>,
): Promise<{ ticket: IssuedTicket; place: Place }> {
  await checkConnection(tenant, request, onProgress);
  audit.write('ticket_requested', record);
  const ticket = await create(tenant, request, record, onProgress).catch((error: unknown) => {
    const { user, correlationId } = record;
    log.warn({ user, correlationId, ...errorFields(error) }, 'A ticket was not created');
    refreshOutdatedLists(tenant, error);
    throw error;
  });
  audit.write('ticket_made', ticket.record);
  onProgress({ step: 'delivering' });
  const place = await deliver(ticket);
  if (place === undefined) {
    audit.write('ticket_not_delivered', ticket.record);
    throw await withdraw({ tenant, audit, log }, ticket);
  }
  audit.write('ticket_delivered', ticket.record);
  return { ticket, place };
}

/** The form has checked the connections in memory. Auth0 is asked about any other one. */
async function checkConnection(
  tenant: Tenant,
  { body: { connection_id: id }, connection: name }: TicketRequest,
  onProgress: OnProgress,
): Promise<void> {
  if (!id || tenant.connection(id)) return;
  const connection = await tenant.api.connectionById(id, waitProgress(onProgress)).catch((cause: unknown) => {
    throw new TicketError({ code: 'connection_unknown' }, { cause });
  });
  if (!connection) throw new TicketError({ code: 'connection_gone', name });
  const problem = editProblem(connection, tenant.policy);
  if (problem) throw new TicketError(problem);
}

async function create(
  { api }: Tenant,
  request: TicketRequest,
  record: TicketRecord,
  onProgress: OnProgress,
): Promise<IssuedTicket> {
  const expires = Math.floor(Date.now() / 1000) + request.seconds;
  const created = await api.createTicket(request.profile.id, request.body, {
    correlationId: record.correlationId,
    customDomain: request.customDomain,
    onWait: waitProgress(onProgress),
  });
  return issuedTicket(request, record, created, expires);
}

function waitProgress(onProgress: OnProgress): WaitOptions['onWait'] {
  return (wait) => onProgress(wait ? { step: 'rate_limited', ahead: wait.ahead } : { step: 'creating' });
}

/** Reloads the lists that the error shows to be out of date. */
function refreshOutdatedLists({ lists }: Tenant, error: unknown): void {
  if (!(error instanceof Auth0Error)) return;
  // Auth0 doesn't say which of the things chosen is gone.
  if (error.code === 'not_found') for (const list of Object.values(lists)) list.refresh();
  // Most likely a name that is taken.
  if (error.code === 'rejected' || error.code === 'conflict') lists.connections.refresh();
}

/** Revokes a ticket that nobody has seen. The error tells whether that succeeded. */
async function withdraw(
  { tenant, audit, log }: TicketDependencies,
  ticket: IssuedTicket,
): Promise<TicketError> {
  const { request, record, id } = ticket;
  const { correlationId } = record;
  const revoked = await tenant.api.revokeTicket(request.profile.id, id, correlationId).then(
    () => true,
    (error: unknown) => {
      log.error({ correlationId, ...errorFields(error) }, 'A ticket could be neither delivered nor revoked');
      return false;
    },
  );
  if (revoked) audit.write('ticket_revoked', { ...record, reason: 'not delivered' });
  return new TicketError({ code: 'not_delivered', revoked, correlationId });
}
