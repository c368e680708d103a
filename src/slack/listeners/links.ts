import { newEvent } from '../../tickets/audit.ts';
import { editProblem } from '../../tickets/reach.ts';
import { factsOf, type Ticket, type TicketRecord } from '../../tickets/ticket.ts';
import {
  CONTINUE_SETUP,
  CREATE_AGAIN,
  FOLLOW_LINK,
  MUTE_LINK,
  REPLACE_TICKET,
  SHOW_PAGE,
} from '../buttons.ts';
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
    new RegExp(`^${SHOW_PAGE}:\\d+$`),
    { parse: readTicketQuery, role: () => 'user' },
    async ({ value: query, target, body: { container } }) => {
      // A message that others see is never replaced by a list for one person.
      if (query && container?.is_ephemeral) await ticketLister.showPage(query, target);
      else if (query) await ticketLister.list(query, target);
      else await messenger.send(target, notice(sentences.buttonExpired(sentenceContext.command)));
    },
  );

  router.button(REPLACE_TICKET, { parse: readRecordId, role: () => 'user' }, async (click) => {
    const record = await findOwnRecord(deps, click);
    if (record) await linkReplacer.replace(record, click.target);
  });

  router.button(CONTINUE_SETUP, { parse: readRecordId, role: () => 'user' }, async (click) => {
    const record = await findOwnRecord(deps, click);
    if (record) await linkReplacer.continue(record, click.target);
  });

  // They deliver no link, so they work everywhere.
  router.button(MUTE_LINK, { parse: readRecordId, role: () => 'user', anywhere: true }, (click) =>
    changeNotices(deps, click, 'muted'),
  );
  router.button(FOLLOW_LINK, { parse: readRecordId, role: () => 'user', anywhere: true }, (click) =>
    changeNotices(deps, click, 'followed'),
  );

  router.button(CREATE_AGAIN, { parse: readRecordId, role: () => 'user' }, async (click) => {
    const record = await findOwnRecord(deps, click);
    if (record) await createAgain(deps, record.ticket, click);
  });
}

const readRecordId = (value: string | undefined) => (value && isRecordId(value) ? value : undefined);

/** Ends the messages about a link, or sends them to the person from now on. Any colleague can take over. */
async function changeNotices(
  deps: Dependencies,
  click: Click<string | undefined>,
  type: 'muted' | 'followed',
): Promise<void> {
  const { audit, messenger, sentenceContext } = deps;
  const record = await findRecord(deps, click);
  if (!record) return;
  const { ticket } = record;
  const { target } = click;
  const { user, channel } = target;
  await audit.write(newEvent(type, { ...factsOf(ticket), user, channel }, ticket.id));
  const sentence =
    type === 'muted'
      ? sentences.muted(ticket.customer, sentenceContext)
      : sentences.followed(ticket.customer);
  await messenger.send(target, notice(sentence));
}

/** The record of a button's link. If there is none, tells the person. @throws DatabaseError */
async function findRecord(
  { store, messenger }: Dependencies,
  { value: id, target }: Click<string | undefined>,
): Promise<TicketRecord | undefined> {
  const record = id ? await store.find(id) : undefined;
  if (!record) await messenger.send(target, notice(sentences.LINK_GONE));
  return record;
}

/** The same for a link that only its requester and editors may act on. @throws AccessError, DatabaseError */
async function findOwnRecord(
  deps: Dependencies,
  click: Click<string | undefined>,
): Promise<TicketRecord | undefined> {
  const record = await findRecord(deps, click);
  const { user, channel } = click.target;
  if (record) await deps.access.checkRevocation(user, record.ticket.requester, channel);
  return record;
}

/** Opens the form with everything that was chosen; if the connection now exists, the form to edit it. */
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
  // From memory only, because the trigger lasts only three seconds. The submission of the form asks Auth0.
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
