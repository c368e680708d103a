import { errorFields } from '../lib/log.ts';
import { newEvent } from './audit.ts';
import type { TicketDependencies } from './create.ts';
import { revokeTicket } from './revoke.ts';
import { factsOf, type TicketRecord } from './ticket.ts';

/** After this time, in milliseconds, the bot no longer tries to reach a person. */
const MAX_TELLING_MS = 10 * 60_000;

/** What is known about a ticket after its creation was interrupted. */
export type Interruption =
  /** The bot asked Auth0 to create it, and the result is unknown. */
  | 'unknown'
  /** It may not have reached anyone, so it was revoked. */
  | 'revoked'
  /** The same, but it could not be revoked. */
  | 'not_revoked';

/**
 * Finishes the tickets of instances that are gone, and tells their requesters. Only one instance may run it at a time.
 *
 * @param tell returns whether the person has been told. If not, the next run tries again.
 * @throws DatabaseError
 */
export async function recoverTickets(
  deps: TicketDependencies,
  tell: (record: TicketRecord, interruption: Interruption) => Promise<boolean>,
): Promise<void> {
  const now = Date.now();
  for (const record of await deps.store.takeUnfinished(now)) {
    const { ticket } = record;
    const interruption = await endInterrupted(deps, record);
    const told = await tell(record, interruption).catch(() => false);
    if (told || now > ticket.createdAt + MAX_TELLING_MS) await deps.store.finish(ticket.id, now);
    const { correlationId, requester: user } = ticket;
    deps.log.warn({ user, correlationId, interruption, told }, 'The creation of a ticket was interrupted');
  }
}

async function endInterrupted(
  deps: TicketDependencies,
  { ticket, events }: TicketRecord,
): Promise<Interruption> {
  const has = (type: string) => events.some((event) => event.type === type);
  if (has('revoked')) return 'revoked';
  if (has('failed')) return 'unknown';
  if (ticket.sealedId === undefined) {
    const { requester: user, channel } = ticket;
    const event = newEvent('failed', { ...factsOf(ticket), user, channel, reason: INTERRUPTED }, ticket.id);
    await deps.audit.write(event, { endedAt: event.at });
    return 'unknown';
  }
  try {
    await revokeTicket(deps, ticket, {
      user: ticket.requester,
      channel: ticket.channel,
      reason: INTERRUPTED,
    });
    return 'revoked';
  } catch (error) {
    const { correlationId } = ticket;
    deps.log.error({ correlationId, ...errorFields(error) }, 'An interrupted ticket could not be revoked');
    return 'not_revoked';
  }
}

const INTERRUPTED = 'interrupted';
