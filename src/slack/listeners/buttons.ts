import { Auth0Error } from '../../auth0/errors.ts';
import type { Tenant } from '../../auth0/tenant.ts';
import type { Log } from '../../lib/log.ts';
import { type Seal, SealError } from '../../lib/seal.ts';
import type { AuditLog } from '../../tickets/audit.ts';
import { revokeTicket } from '../../tickets/revoke.ts';
import { OPEN_FORM, POST_PROFILES, REVOKE_TICKET, readFormRequest } from '../buttons.ts';
import type { Messenger } from '../delivery.ts';
import type { FormOpener } from '../form-opener.ts';
import { notice } from '../messages/message.ts';
import type { Click } from '../payloads.ts';
import type { ProfileLister } from '../profile-lister.ts';
import { openTarget } from '../reply-target.ts';
import { openRevokeButton, type RevokeButtonValue } from '../revoke-button.ts';
import type { Router } from '../router.ts';
import * as sentences from '../sentences.ts';
import { roleFor } from '../views/form.ts';

interface Dependencies {
  tenant: Tenant;
  audit: AuditLog;
  messenger: Messenger;
  seal: Seal;
  log: Log;
  sentenceContext: sentences.SentenceContext;
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
      // A form that opens in place of a view answers where that view would have.
      const target = view ? await openTarget(seal, view.private_metadata, clicked.user) : clicked;
      const place = view ? { viewId: view.id } : { triggerId };
      if (request) await formOpener.open(request, target, place);
      else await messenger.send(target, notice(sentences.buttonExpired(sentenceContext.command)));
    },
  );

  router.button(POST_PROFILES, { parse: () => undefined, role: () => 'user' }, ({ target }) =>
    profileLister.postToEverybody(target),
  );

  router.button(
    REVOKE_TICKET,
    // Revoking a link can do no harm, and its receipt is outside every channel.
    { parse: (value) => value, role: () => 'user', anywhere: true },
    (click) => revoke(deps, click),
  );
}

/** Revokes the ticket of a button. The message with the link and the receipt then say so. */
async function revoke(deps: Dependencies, { value, target, body }: Click<string | undefined>): Promise<void> {
  const { messenger, sentenceContext } = deps;
  const ticket = await openTicket(deps, value, target);
  if (!ticket) return;
  const connection = ticket.facts.connection ?? '';
  try {
    await revokeTicket(deps, ticket, target);
  } catch (error) {
    if (!(error instanceof Auth0Error)) throw error;
    await messenger.send(target, notice(sentences.revokeSentence(error, connection, sentenceContext)));
    return;
  }
  const { is_ephemeral: isLink, channel_id: channel = '', message_ts: ts = '' } = body.container ?? {};
  const receipt = isLink ? ticket.receipt : { channel, ts };
  const message = notice(sentences.revoked(connection, sentenceContext));
  const [receiptUpdated, linkReplaced] = await Promise.all([
    receipt && messenger.update(receipt, message),
    isLink && messenger.replaceEphemeral(target, message),
  ]);
  // The person must read it where they clicked.
  if (!(isLink ? linkReplaced : receiptUpdated)) await messenger.send(target, message);
}

/** Resolves with undefined if the button can't be used; then the person knows why. */
async function openTicket(
  { seal, audit, messenger, sentenceContext }: Dependencies,
  value: string | undefined,
  target: Click<unknown>['target'],
): Promise<RevokeButtonValue | undefined> {
  try {
    return await openRevokeButton(seal, value);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    const { user, channel } = target;
    audit.write('seal_refused', { user, channel, what: REVOKE_TICKET, reason: error.code });
    const sentence =
      error.code === 'expired' ? sentences.REVOKE_EXPIRED : sentences.revokeForged(sentenceContext);
    await messenger.send(target, notice(sentence));
    return undefined;
  }
}
