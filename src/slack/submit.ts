import { randomUUID } from 'node:crypto';
import type { SlackViewMiddlewareArgs, types, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import { Auth0Problem, explain } from '../auth0/problem.ts';
import type { Ticket } from '../auth0/tenant.ts';
import { errorFields } from '../log.ts';
import { type FormContext, formFields, uneditable } from '../ticket/fields.ts';
import { SESSION_SECONDS } from '../ticket/lifetime.ts';
import { problems, type TicketRequest, toRequest } from '../ticket/request.ts';
import type { TicketKind, Values } from '../ticket/values.ts';
import { clip } from './blocks.ts';
import type { Bot } from './bot.ts';
import { deliver, type Place } from './delivery.ts';
import { formView, readValues } from './form.ts';
import { failure, linkMessage } from './messages.ts';
import { type Origin, openOrigin } from './origin.ts';
import { lookUpPerson, type Person } from './people.ts';
import { doneView, progressView } from './views.ts';

/** A ticket as it travels in the button that revokes it, sealed. */
export const sealedTicket = z.object({
  profileId: z.string(),
  ticketId: z.string(),
  connection: z.string(),
  requester: z.string(),
});
export type SealedTicket = z.output<typeof sealedTicket>;

/** A form that was sent off: everything that is needed to make its link, or to give it back as it was. */
interface Submission {
  kind: TicketKind;
  values: Values;
  request: TicketRequest;
  origin: Origin;
  viewId: string;
  metadata: string;
  asksConversation: boolean;
}

type SubmitArgs = SlackViewMiddlewareArgs<ViewSubmitAction>;

/**
 * Takes a submitted form: wrong values are answered at their fields, right ones with a progress view, and then
 * one ticket is made and brought to whoever asked.
 *
 * @throws SealError if the form was not opened by this person, or too long ago
 */
export async function submitForm(bot: Bot, kind: TicketKind, { ack, body, view }: SubmitArgs): Promise<void> {
  const { seal, settings, directory } = bot;
  const user = body.user.id;
  const origin = await openOrigin(seal, view.private_metadata, user);
  const asksConversation = origin.channel === undefined;
  const fields = formFields(kind, asksConversation);
  const values = readValues(fields, view.state.values);
  const context: FormContext = { policy: settings.policy, tenant: directory };
  const wrong = problems(fields, values, context);
  if (wrong.size > 0) {
    // The list may be wrong instead: a connection of that name may be gone by now.
    if (wrong.has('connectionName')) directory.lists.connections.refresh();
    await ack({ response_action: 'errors', errors: Object.fromEntries(wrong) });
    return;
  }

  const [chosen] = body.response_urls ?? [];
  const submission: Submission = {
    kind,
    values,
    request: toRequest(kind, values),
    origin: asksConversation
      ? { user, channel: values.conversation[0]?.id, responseUrl: chosen?.response_url }
      : origin,
    viewId: view.id,
    metadata: view.private_metadata,
    asksConversation,
  };
  await ack({
    response_action: 'update',
    view: progressView(submission.request, settings.tenantLabel),
  });
  await makeLink(bot, submission);
}

async function makeLink(bot: Bot, submission: Submission): Promise<void> {
  const { tenant, slack, settings, log } = bot;
  const { request, origin, viewId } = submission;
  const { profile, seconds } = request;
  const correlationId = randomUUID();
  const person = lookUpPerson(slack, origin.user, log);
  const expires = Math.floor(Date.now() / 1000) + seconds;
  const show = (view: types.ModalView) => showView(bot, viewId, view);

  let ticket: Ticket;
  try {
    const refused = await refusedConnection(bot, submission);
    if (refused) return await giveBack(bot, submission, refused);
    ticket = await tenant.createTicket(profile.id, request.body, {
      correlationId,
      onWait: (wait) => {
        const standing = `\nAuth0 asks the bot to wait; it tries again in ${wait} s.`;
        void show(progressView(request, settings.tenantLabel, standing));
      },
    });
  } catch (error) {
    if (!(error instanceof Auth0Problem)) throw error;
    if (error.kind === 'not_found' || error.kind === 'conflict') {
      for (const list of Object.values(bot.directory.lists)) list.refresh(true);
    }
    return await giveBack(bot, submission, explain(error, 'create'));
  }

  const place = await bringLink(bot, submission, ticket, expires, person).catch((error: unknown) => {
    log.error(errorFields(error), 'The message with the link could not be written');
    return undefined;
  });
  if (place) {
    const where =
      place === 'direct' ? 'in your conversation with this bot (under Apps)' : 'in the conversation';
    await show(doneView(request, where, settings.tenantLabel));
  } else {
    // Nobody has seen the link, so nobody may use it.
    await giveBack(bot, submission, await withdraw(bot, request, ticket.id, correlationId));
  }
}

/** Brings the link to its requester; undefined if there is no way. */
async function bringLink(
  { slack, seal, settings, log }: Bot,
  { request, origin }: Submission,
  ticket: Ticket,
  expires: number,
  person: Promise<Person>,
): Promise<Place | undefined> {
  const sealed = await seal.close(
    'ticket',
    {
      profileId: request.profile.id,
      ticketId: ticket.id,
      connection: clip(request.connection, 200),
      requester: origin.user,
    } satisfies SealedTicket,
    request.seconds + SESSION_SECONDS,
  );
  const { timeZone } = await person;
  const message = linkMessage({
    request,
    url: ticket.url,
    expires,
    timeZone,
    sealed,
    label: settings.tenantLabel,
  });
  return deliver(slack, origin, message, log);
}

/** Revokes a ticket that could not be delivered; what came of it, as a sentence. */
async function withdraw(
  { tenant, log }: Bot,
  { profile }: TicketRequest,
  ticketId: string,
  correlationId: string,
): Promise<string> {
  const undelivered = 'Slack did not take the message with the link, so you could not get it.';
  try {
    await tenant.revokeTicket(profile.id, ticketId, { correlationId });
    return `${undelivered} The link was revoked at once, and nobody has seen it. Try again in a minute.`;
  } catch (error) {
    log.error({ correlationId, ...errorFields(error) }, 'A ticket could be neither delivered nor revoked');
    return `${undelivered} It could not be revoked either, but nobody has seen it, and it expires by itself. Tell whoever runs this bot (reference ${correlationId}).`;
  }
}

/** Why the chosen connection must not be edited, where only Auth0 can say it: the list does not hold it (yet). */
async function refusedConnection(
  { directory, tenant, settings }: Bot,
  { values }: Submission,
): Promise<string | undefined> {
  const [picked] = values.connection;
  if (!picked || directory.connection(picked.id)) return undefined;
  const connection = await tenant.connectionById(picked.id);
  if (!connection) return `There is no connection ${picked.name} any more. Choose another one.`;
  return uneditable(connection, settings.policy);
}

/** Gives the form back as it was, with a sentence on top; to whoever has closed it, in a message. */
async function giveBack(bot: Bot, submission: Submission, sentence: string): Promise<void> {
  const { slack, settings, directory, log } = bot;
  const { kind, values, metadata, asksConversation, origin, viewId, request } = submission;
  const view = formView(
    { kind, fields: formFields(kind, asksConversation), values, metadata, notice: sentence },
    { policy: settings.policy, tenant: directory },
    settings.tenantLabel,
  );
  if (await showView(bot, viewId, view)) return;
  const told = `No link for ${request.connection}: ${sentence}`;
  await deliver(slack, origin, failure(told, { kind, values }, settings.tenantLabel), log);
}

/** Shows a view in place of another; false if that was closed, or Slack does not take it. */
async function showView({ slack, log }: Bot, viewId: string, view: types.ModalView): Promise<boolean> {
  try {
    await slack.views.update({ view_id: viewId, view });
    return true;
  } catch (error) {
    log.info({ ...errorFields(error) }, 'A view could not be updated: most likely it was closed');
    return false;
  }
}
