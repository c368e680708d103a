import { DatabaseError } from '../../database/errors.ts';
import { editProblem } from '../../tickets/reach.ts';
import type { Ticket, TicketRecord } from '../../tickets/ticket.ts';
import { CREATE_AGAIN, REPLACE_TICKET, TURN_PAGE } from '../buttons.ts';
import type { FormOpener } from '../form-opener.ts';
import type { LinkReplacer } from '../link-replacer.ts';
import { notice } from '../messages/message.ts';
import type { Click } from '../payloads.ts';
import { isRecordId } from '../revoke-button.ts';
import type { Router } from '../router.ts';
import * as sentences from '../sentences.ts';
import type { TicketLister } from '../ticket-lister.ts';
import { readTicketQuery } from '../ticket-query.ts';
import type { RevocationDependencies } from './revocation.ts';

interface Dependencies extends RevocationDependencies {
  formOpener: FormOpener;
  ticketLister: TicketLister;
  linkReplacer: LinkReplacer;
}

/** The buttons of links in lists, in receipts and on the home tab. */
export function registerLinks(router: Router, deps: Dependencies): void {
  const { messenger, sentenceContext, ticketLister, linkReplacer } = deps;

  router.button(
    new RegExp(`^${TURN_PAGE}:\\d+$`),
    { parse: readTicketQuery, role: () => 'user' },
    async ({ value: query, target, body: { container } }) => {
      // A message that others see is never replaced by a list for one person.
      if (query && container?.is_ephemeral) await ticketLister.turnPage(query, target);
      else if (query) await ticketLister.list(query, target);
      else await messenger.send(target, notice(sentences.buttonExpired(sentenceContext.command)));
    },
  );

  router.button(REPLACE_TICKET, { parse: readRecordId, role: () => 'user' }, async (click) => {
    const record = await findRecord(deps, click);
    if (record) await linkReplacer.replace(record, click.target);
  });

  router.button(CREATE_AGAIN, { parse: readRecordId, role: () => 'user' }, async (click) => {
    const record = await findRecord(deps, click);
    if (record) await createAgain(deps, record.ticket, click);
  });
}

const readRecordId = (value: string | undefined) => (value && isRecordId(value) ? value : undefined);

/** The record of a button's link, if the person may act on it. Otherwise they know why, and it is undefined. */
async function findRecord(
  { store, access, messenger, sentenceContext }: Dependencies,
  { value: id, target }: Click<string | undefined>,
): Promise<TicketRecord | undefined> {
  try {
    const record = id && (await store.find(id));
    if (record) {
      await access.checkRevocation(target.user, record.ticket.requester, target.channel);
      return record;
    }
    await messenger.send(target, notice(sentences.LINK_GONE));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await messenger.send(target, notice(sentences.recordsUnavailable(sentenceContext)));
  }
  return undefined;
}

/** Opens the form with everything that was chosen; if the connection exists by now, the form to edit it. */
async function createAgain(
  { tenant, access, messenger, sentenceContext, formOpener }: Dependencies,
  ticket: Ticket,
  { target, triggerId }: Click<unknown>,
): Promise<void> {
  const isEditor = await access.isEditor(target.user);
  if (ticket.kind === 'edit' && !isEditor) {
    await messenger.send(target, notice(sentences.accessSentence('editor', sentenceContext)));
    return;
  }
  // As far as it is in memory: the trigger lasts for three seconds only. The submission of the form asks Auth0.
  const existing = ticket.kind === 'new' ? tenant.connectionNamed(ticket.connection) : undefined;
  if (!existing) {
    await formOpener.open({ kind: ticket.kind, values: ticket.form }, target, { triggerId });
  } else if (isEditor && !editProblem(existing, tenant.protected)) {
    const connection = [{ id: existing.id, name: existing.name }];
    await formOpener.open({ kind: 'edit', values: { connection } }, target, { triggerId });
  } else {
    await messenger.send(target, notice(sentences.connectionExists(ticket.customer, sentenceContext)));
  }
}
