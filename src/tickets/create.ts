import { Auth0Error } from '../auth0/errors.ts';
import type { SubmissionWait } from '../auth0/management-api.ts';
import type { CreatedTicket } from '../auth0/schemas.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { SUBMISSION_RATE_LIMIT_WAIT_MS } from '../auth0/timeouts.ts';
import { DatabaseError } from '../database/errors.ts';
import { errorFields, type Log } from '../lib/log.ts';
import type { Seal } from '../lib/seal.ts';
import { type AuditLog, newEvent } from './audit.ts';
import { TicketError } from './errors.ts';
import type { TicketRequest } from './form/request.ts';
import { checkReach } from './reach.ts';
import { sealTicketId } from './sealed-id.ts';
import type { TicketStore } from './store.ts';
import { factsOf, fingerprint, type IssuedTicket, newTicket, type Ticket } from './ticket.ts';

export interface TicketDependencies {
  tenant: Tenant;
  store: TicketStore;
  audit: AuditLog;
  seal: Seal;
  log: Log;
}

/** What a person has submitted. */
export interface Submission extends Pick<Ticket, 'requester' | 'channel' | 'form'> {
  /** The same for a submission that arrives again. */
  id: string;
  request: TicketRequest;
  /** Whether the requester is an editor. */
  isEditor: boolean;
}

/** The progress of a ticket, for the person who waits for it. */
export type CreateProgress =
  | { step: 'creating' }
  /** `ahead`: the number of earlier calls that wait for the same rate limit. */
  | { step: 'rate_limited'; ahead: number }
  | { step: 'delivering' };

export interface CreateOptions<Delivery extends { channel: string | undefined }> {
  /** How many links the person can create in an hour. */
  maxPerHour: number;
  /**
   * Delivers the link to the requester, and returns the conversation. Resolves with undefined if that is impossible.
   */
  deliver(issued: IssuedTicket): Promise<Delivery | undefined>;
  /** Called once the ticket is on record and may be created. If it fails, no ticket is created. */
  beforeCreate?: (() => Promise<void>) | undefined;
  onProgress(progress: CreateProgress): void;
}

/**
 * Records one ticket, creates it at Auth0 and delivers it. Without a record, there is no ticket. One that can't be
 * delivered is revoked, because nobody has seen its link.
 *
 * @returns undefined if the submission is on record already
 * @throws TicketError, DatabaseError from the record, or Auth0Error from the create call
 */
export async function createTicket<Delivery extends { channel: string | undefined }>(
  deps: TicketDependencies,
  submission: Submission,
  { maxPerHour, deliver, beforeCreate, onProgress }: CreateOptions<Delivery>,
): Promise<{ issued: IssuedTicket; delivery: Delivery } | undefined> {
  const { audit, log } = deps;
  const { request } = submission;
  const ticket = newTicket(request, { ...submission, now: Date.now() });
  if (!(await record(deps, ticket, submission, maxPerHour))) return undefined;

  // In whole seconds, and not later than the expiry at Auth0.
  const expiresAt = (Math.floor(Date.now() / 1000) + request.seconds) * 1000;
  const created = await create(deps, ticket, submission, { beforeCreate, onProgress }).catch(
    async (error: unknown) => {
      const { requester: user, correlationId } = ticket;
      log.warn({ user, correlationId, ...errorFields(error) }, 'A ticket was not created');
      await writeFailure(deps, ticket, reasonOf(error));
      throw error;
    },
  );
  const issued = await recordCreated(deps, { ...ticket, expiresAt }, request, created);

  onProgress({ step: 'delivering' });
  const delivery = await deliver(issued).catch((error: unknown) => {
    log.error(errorFields(error), 'The delivery of a ticket failed');
    return undefined;
  });
  if (delivery === undefined) {
    await audit.write(eventOf('not_delivered', issued.ticket));
    const revoked = await revokeUnseen(deps, issued.ticket, created.id, 'not delivered');
    throw new TicketError({ code: 'not_delivered', revoked, correlationId: ticket.correlationId });
  }
  const delivered = eventOf('delivered', { ...issued.ticket, channel: delivery.channel });
  await audit.write(delivered, { finishedAt: Date.now() });
  return { issued, delivery };
}

const eventOf = (type: 'requested' | 'created' | 'delivered' | 'not_delivered' | 'failed', ticket: Ticket) =>
  newEvent(type, { ...factsOf(ticket), user: ticket.requester, channel: ticket.channel }, ticket.id);

/** Returns false if the submission is on record already. @throws TicketError, DatabaseError */
async function record(
  { store, audit, log }: TicketDependencies,
  ticket: Ticket,
  { id: submission }: Submission,
  maxPerHour: number,
): Promise<boolean> {
  const event = eventOf('requested', ticket);
  try {
    const isNew = await store.begin(ticket, event, { submission, maxPerHour });
    if (isNew) audit.logStored(event);
    else log.info({ user: ticket.requester }, 'A submission is on record already');
    return isNew;
  } catch (error) {
    const { requester: user, channel } = ticket;
    if (error instanceof TicketError) {
      await audit.write(newEvent('limit_reached', { ...factsOf(ticket), user, channel }));
    }
    // The response may be lost, and the row may exist.
    if (error instanceof DatabaseError) await writeFailure({ audit }, ticket, 'not recorded');
    throw error;
  }
}

/** Checks what the ticket reaches and creates it. @throws TicketError, Auth0Error */
async function create(
  { tenant }: TicketDependencies,
  { correlationId }: Ticket,
  { request, isEditor }: Submission,
  { beforeCreate, onProgress }: Pick<CreateOptions<never>, 'beforeCreate' | 'onProgress'>,
): Promise<CreatedTicket> {
  const onWait: SubmissionWait['onWait'] = (wait) =>
    onProgress(wait ? { step: 'rate_limited', ahead: wait.ahead } : { step: 'creating' });
  const wait = { deadline: Date.now() + SUBMISSION_RATE_LIMIT_WAIT_MS, onWait };
  const reach = { ...request, connectionId: request.body.connection_id };
  await checkReach(tenant, reach, { isEditor, ...wait });
  await beforeCreate?.();
  const { profile, body, customDomain } = request;
  try {
    return await tenant.api.createTicket(profile.id, body, { correlationId, customDomain, ...wait });
  } catch (error) {
    refreshOutdatedLists(tenant, error);
    throw error;
  }
}

/** If the ID of a ticket can't be recorded, nobody could revoke it later, so it is revoked now. @throws TicketError */
async function recordCreated(
  deps: TicketDependencies,
  ticket: IssuedTicket['ticket'],
  request: TicketRequest,
  { id, url }: CreatedTicket,
): Promise<IssuedTicket> {
  const { store, audit, seal, log } = deps;
  const { expiresAt, correlationId } = ticket;
  const print = fingerprint(id);
  const event = eventOf('created', { ...ticket, fingerprint: print, expiresAt });
  try {
    const details = { sealedId: await sealTicketId(seal, id, ticket), fingerprint: print, expiresAt };
    if (await store.created(event, details)) {
      audit.logStored(event);
      return { request, ticket: { ...ticket, ...details }, url };
    }
    log.error({ correlationId }, 'Another instance has taken over a ticket, so it is revoked');
  } catch (error) {
    // For any reason. The lines identify the ticket, in case it can't be revoked either.
    log.error({ correlationId, ...errorFields(error) }, 'A ticket could not be recorded');
    audit.logStored(event);
  }
  const revoked = await revokeUnseen(deps, ticket, id, 'not recorded');
  throw new TicketError({ code: 'not_recorded', revoked, correlationId });
}

/** Reloads the lists that the error shows to be out of date. */
function refreshOutdatedLists({ lists }: Tenant, error: unknown): void {
  if (!(error instanceof Auth0Error)) return;
  // Auth0 doesn't say which of the chosen resources is gone.
  if (error.code === 'not_found') for (const list of Object.values(lists)) list.refresh();
  // The most likely reason is a name that is taken.
  if (error.code === 'rejected' || error.code === 'conflict') lists.connections.refresh();
}

const reasonOf = (error: unknown) =>
  error instanceof Auth0Error || error instanceof TicketError ? error.code : 'unexpected';

async function writeFailure(
  { audit }: Pick<TicketDependencies, 'audit'>,
  ticket: Ticket,
  reason: string,
): Promise<void> {
  const event = eventOf('failed', ticket);
  const now = Date.now();
  await audit.write({ ...event, details: { ...event.details, reason } }, { finishedAt: now, endedAt: now });
}

/** Revokes a ticket that nobody has seen. Returns whether that succeeded. */
async function revokeUnseen(
  { tenant, audit, log }: TicketDependencies,
  ticket: Ticket,
  auth0Ticket: string,
  reason: string,
): Promise<boolean> {
  const { correlationId, requester: user, channel } = ticket;
  const facts = factsOf(ticket);
  const now = Date.now();
  try {
    await tenant.api.revokeTicket(ticket.profile.id, auth0Ticket, correlationId);
  } catch (error) {
    log.error({ correlationId, ...errorFields(error) }, 'A ticket could be neither delivered nor revoked');
    await audit.finish(ticket.id);
    return false;
  }
  await audit.write(newEvent('revoked', { ...facts, user, channel, reason }, ticket.id), {
    finishedAt: now,
    endedAt: now,
  });
  return true;
}
