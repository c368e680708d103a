import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { searches } from '../ticket/forms.ts';
import type { TicketKind } from '../ticket/values.ts';
import type { Bot } from './bot.ts';
import { MORE_OPTIONS, OPEN_FORM, POST_PROFILES, REVOKE_TICKET, readFormRequest } from './buttons.ts';
import { readCommand } from './command.ts';
import { deliver } from './delivery.ts';
import { FORM_CALLBACKS } from './form.ts';
import { helpMessage, notice } from './messages.ts';
import { openMoreOptions } from './more-options.ts';
import { openForm } from './open.ts';
import { clickOrigin, type Origin, openOrigin } from './origin.ts';
import { listProfiles, postProfiles } from './profiles.ts';
import { revokeTicket } from './revoke.ts';
import { createSubmit } from './submit.ts';
import { createSuggest } from './suggest.ts';

/** The global shortcut's callback ID, as manifest.yml names it. */
const SHORTCUT = 'create_sso_ticket';

/** Every way in. */
export function listen(app: App, bot: Bot): void {
  const { settings } = bot;
  const suggest = createSuggest(bot);
  const submit = createSubmit(bot);

  app.command(settings.slack.command, async ({ command, ack }) => {
    await ack();
    const origin: Origin = {
      user: command.user_id,
      channel: command.channel_id,
      responseUrl: command.response_url,
    };
    const wish = readCommand(command.text ?? '');
    switch (wish.wish) {
      case 'help':
        await deliver(bot, origin, helpMessage(settings.slack.command, settings.tenantLabel));
        return;
      case 'profiles':
        await listProfiles(bot, origin);
        return;
      case 'form':
        await openForm(bot, { kind: wish.kind, values: {}, text: wish.text }, origin, {
          triggerId: command.trigger_id,
        });
    }
  });

  app.shortcut(SHORTCUT, async ({ shortcut, ack }) => {
    await ack();
    const window = { triggerId: shortcut.trigger_id };
    await openForm(bot, { kind: 'new', values: {} }, { user: shortcut.user.id }, window);
  });

  app.action<BlockAction<ButtonAction>>(
    new RegExp(`^${OPEN_FORM}(:\\d+)?$`),
    async ({ body, action, ack }) => {
      await ack();
      // A button in a view answers where the view would have, and its form takes the view's place.
      const origin = body.view
        ? await openOrigin(bot.seal, body.view.private_metadata, body.user.id)
        : clickOrigin(body);
      const request = readFormRequest(action.value);
      if (request) {
        const window = body.view ? { viewId: body.view.id } : { triggerId: body.trigger_id };
        await openForm(bot, request, origin, window);
        return;
      }
      const sentence = `This button cannot be used any more. Type ${settings.slack.command} instead.`;
      await deliver(bot, origin, notice(sentence, settings.tenantLabel));
    },
  );

  app.action<BlockAction<ButtonAction>>(POST_PROFILES, async ({ body, ack }) => {
    await ack();
    await postProfiles(bot, clickOrigin(body));
  });

  app.action<BlockAction<ButtonAction>>(REVOKE_TICKET, async (args) => {
    await args.ack();
    await revokeTicket(bot, args);
  });

  app.action<BlockAction>(MORE_OPTIONS, async ({ body, ack }) => {
    await ack();
    await openMoreOptions(bot, body);
  });

  for (const [field, source] of searches(settings.policy)) {
    app.options(field, async ({ options, body, ack }) => {
      await ack({ options: await suggest(source, options.value, body.user.id) });
    });
  }

  for (const kind of ['new', 'edit'] satisfies TicketKind[]) {
    app.view<ViewSubmitAction>({ callback_id: FORM_CALLBACKS[kind], type: 'view_submission' }, (args) =>
      submit(kind, args),
    );
  }
}
