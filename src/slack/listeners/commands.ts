import type { Messenger } from '../delivery.ts';
import type { FormOpener } from '../form-opener.ts';
import { helpMessage } from '../messages/help.ts';
import type { ProfileLister } from '../profile-lister.ts';
import type { Router } from '../router.ts';
import type { SentenceContext } from '../sentences.ts';
import type { TicketLister } from '../ticket-lister.ts';
import { listQuery } from '../ticket-query.ts';
import { roleFor } from '../views/form.ts';

/** The global shortcut's callback ID in manifest.yml. */
const SHORTCUT = 'create_sso_ticket';

/** The slash command and the shortcut. */
export function registerCommands(
  router: Router,
  deps: {
    sentenceContext: SentenceContext;
    formOpener: FormOpener;
    profileLister: ProfileLister;
    messenger: Messenger;
    ticketLister: TicketLister;
  },
): void {
  const { sentenceContext, formOpener, profileLister, messenger, ticketLister } = deps;

  router.command({
    new: {
      role: 'user',
      run: ({ text, target, triggerId }) =>
        formOpener.open({ kind: 'new', values: {}, text }, target, { triggerId }),
    },
    edit: {
      role: roleFor('edit'),
      run: ({ text, target, triggerId }) =>
        formOpener.open({ kind: 'edit', values: {}, text }, target, { triggerId }),
    },
    list: { role: 'user', run: ({ text, target }) => ticketLister.list(listQuery(text), target) },
    revoke: {
      role: 'user',
      run: ({ text, target }) => ticketLister.list({ whose: 'all', text, toRevoke: true, page: 0 }, target),
    },
    profiles: { role: 'user', run: ({ target }) => profileLister.list(target) },
    help: {
      role: 'user',
      run: async ({ target, text }) => {
        await messenger.send(target, helpMessage(sentenceContext.command, text));
      },
    },
  });

  router.shortcut(SHORTCUT, { role: 'user' }, ({ target, triggerId }) =>
    formOpener.open({ kind: 'new', values: {} }, target, { triggerId }),
  );
}
