import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { FormContext } from '../ticket/field.ts';
import { initialValues, problems, toRequest } from '../ticket/request.ts';
import type { TicketKind } from '../ticket/values.ts';
import type { Bot } from './bot.ts';
import { readForm } from './form.ts';
import { makeLink, type Submission } from './make-link.ts';
import { openOrigin } from './origin.ts';
import { createSeen } from './seen.ts';
import { progressView } from './views.ts';

/** How long a form is remembered, so that it makes one ticket: longer than any attempt takes. */
const SUBMITTED_MS = 10 * 60_000;

type SubmitArgs = SlackViewMiddlewareArgs<ViewSubmitAction>;

/**
 * Takes a submitted form: wrong values are answered at their fields, right ones with a progress view, and then
 * one ticket is made and brought to whoever asked. The same form pressed again makes no second one: Slack offers it
 * where an acknowledgement came late.
 *
 * @throws SealError if the form was not opened by this person, or too long ago
 */
export function createSubmit(bot: Bot): (kind: TicketKind, args: SubmitArgs) => Promise<void> {
  const { seal, settings, directory, access } = bot;
  const submitted = createSeen(SUBMITTED_MS);

  return async (kind, { ack, body, view }) => {
    const user = body.user.id;
    const origin = await openOrigin(seal, view.private_metadata, user);
    const context: FormContext = { kind, policy: settings.policy, tenant: directory };
    const { fields, values: filledIn, more } = readForm(context, view);
    // Asked only where it matters: Slack waits 3 seconds in all.
    const trusted = fields.some((field) => field.widensTrust) && (await access.isEditor(user));
    // What was not shown has its default.
    const values = initialValues(context, filledIn);
    const wrong = problems(fields, values, context, trusted);
    if (wrong.size > 0) {
      // The list may be wrong instead: a connection of that name may be gone by now.
      if (directory.connectionNamed(values.connectionName)) directory.lists.connections.refresh(true);
      await ack({ response_action: 'errors', errors: Object.fromEntries(wrong) });
      return;
    }

    const asksConversation = origin.channel === undefined;
    const channel = asksConversation ? values.conversation[0]?.id : origin.channel;
    const refusal = await access.refusal({ user, channel, edit: kind === 'edit', what: 'view_submission' });
    if (refusal) {
      await ack({ response_action: 'errors', errors: { [fields[0]?.id ?? '']: refusal } });
      return;
    }

    const [chosen] = body.response_urls ?? [];
    const submission: Submission = {
      shape: { kind, asksConversation, more, trusted },
      values,
      request: toRequest(values, context),
      origin: asksConversation ? { user, channel, responseUrl: chosen?.response_url } : origin,
      viewId: view.id,
      metadata: view.private_metadata,
    };
    const progress = progressView(submission.request, settings.tenantLabel);
    await ack({ response_action: 'update', view: progress });
    // A form that was given back has another hash.
    if (!submitted(`${view.id} ${view.hash}`)) await makeLink(bot, submission);
  };
}
