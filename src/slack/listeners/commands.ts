import type { Messenger } from '../delivery.ts';
import type { FormOpener } from '../form-opener.ts';
import { helpMessage } from '../messages/help.ts';
import type { ProfileLister } from '../profile-lister.ts';
import type { Router } from '../router.ts';
import type { SentenceContext } from '../sentences.ts';
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
  },
): void {
  const { sentenceContext, formOpener, profileLister, messenger } = deps;

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
