import type { BlockAction } from '@slack/bolt';
import type { FormContext } from '../ticket/field.ts';
import { initialValues } from '../ticket/request.ts';
import type { Bot } from './bot.ts';
import { formView, kindOf, readForm } from './form.ts';
import { openOrigin } from './origin.ts';

/**
 * Opens the rest of a form: everything that a ticket can be, below what stands there already. What was typed
 * stays, since the blocks keep their IDs; and it is all that is known of the form, so any instance can do this.
 *
 * @throws SealError if the form was not opened by this person, or too long ago
 */
export async function openMoreOptions(bot: Bot, { user, view }: BlockAction): Promise<void> {
  const { settings, directory, seal, access, slack } = bot;
  const kind = kindOf(view?.callback_id);
  if (!view || !kind) return;
  const origin = await openOrigin(seal, view.private_metadata, user.id);
  const context: FormContext = { kind, policy: settings.policy, tenant: directory };
  const shape = {
    kind,
    asksConversation: origin.channel === undefined,
    more: true,
    trusted: await access.isEditor(user.id),
  };
  const values = initialValues(context, readForm(context, view).values);
  const opened = formView({ shape, values, metadata: view.private_metadata }, context, settings.tenantLabel);
  await slack.views.update({ view_id: view.id, view: opened });
}
