import { OPEN_FORM, POST_PROFILES, REVOKE_LISTED, REVOKE_TICKET, readFormRequest } from '../buttons.ts';
import type { FormOpener } from '../form-opener.ts';
import { notice } from '../messages/message.ts';
import type { ProfileLister } from '../profile-lister.ts';
import { openTarget } from '../reply-target.ts';
import type { Router } from '../router.ts';
import * as sentences from '../sentences.ts';
import { kindOf, roleFor } from '../views/form.ts';
import { loadingView } from '../views/notices.ts';
import { type RevocationDependencies, revoke } from './revocation.ts';

interface Dependencies extends RevocationDependencies {
  formOpener: FormOpener;
  profileLister: ProfileLister;
}

/** The buttons of messages and notices. Those within forms are in `forms.ts`. */
export function registerButtons(router: Router, deps: Dependencies): void {
  const { messenger, seal, sentenceContext, formOpener, profileLister } = deps;

  router.button(
    // A message can have several, numbered from the second on.
    new RegExp(`^${OPEN_FORM}(:\\d+)?$`),
    { parse: readFormRequest, role: (request) => roleFor(request?.kind ?? 'new') },
    async ({ value: request, target: clicked, triggerId, body: { view } }) => {
      // A form that opens in place of a view sends its answers to the same place.
      // The home tab stays, and a modal opens over it.
      const modal = view?.type === 'modal' ? view : undefined;
      const target = modal ? await openTarget(seal, modal.private_metadata, clicked.user) : clicked;
      const place = modal ? { viewId: modal.id } : { triggerId };
      // Slack would keep the typed text in fields that both forms have.
      if (modal && kindOf(modal.callback_id)) {
        await messenger.updateView(modal.id, loadingView(modal.private_metadata), { isProgress: true });
      }
      if (request) await formOpener.open(request, target, place);
      else await messenger.send(target, notice(sentences.buttonExpired(sentenceContext.command)));
    },
  );

  router.button(POST_PROFILES, { parse: () => undefined, role: () => 'user' }, ({ target }) =>
    profileLister.postToEverybody(target),
  );

  for (const actionId of [REVOKE_TICKET, REVOKE_LISTED]) {
    router.button(
      actionId,
      // The requester can always revoke it, even without access to anything else. Its receipt is outside every channel.
      { parse: (value) => value, role: () => 'anyone', anywhere: true },
      (click) => revoke(deps, click),
    );
  }
}
