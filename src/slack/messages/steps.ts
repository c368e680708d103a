import type { types } from '@slack/bolt';
import { identityProviderName } from '../../auth0/identity-providers.ts';
import type { ConnectionState } from '../../tickets/follow.ts';
import { NO_APPLICATION } from '../../tickets/follow.ts';
import { firstOf, type Ticket, type TicketEvent, type TicketRecord } from '../../tickets/ticket.ts';
import { bold, date, type RichElement, section, text } from '../blocks.ts';
import * as sentences from '../sentences.ts';

/** What the customer has done, a line for each step, with its time in the reader's time zone. */
export function stepLines({ ticket, events }: TicketRecord): types.RichTextSection[] {
  return events.flatMap((event) => {
    const elements = stepOf(ticket, event);
    return elements ? [section(...elements)] : [];
  });
}

/** Undefined for an event that is no step of the customer. */
export function stepOf(ticket: Ticket, event: TicketEvent): RichElement[] | undefined {
  const label = labelOf(ticket, event);
  return label ? [bold(label), text(' '), date(Math.floor(event.at / 1000))] : undefined;
}

function labelOf(ticket: Ticket, { type, details }: TicketEvent): string | undefined {
  switch (type) {
    case 'configured':
      return details.provider
        ? sentences.setUpWith(identityProviderName(details.provider))
        : sentences.LINK_STATES.configured;
    case 'enabled':
      return sentences.enabledFor(enabledNames(ticket, details));
    case 'finished':
      return details.reason === NO_APPLICATION ? sentences.OWN_TEAM_ENABLES : undefined;
    case 'expired':
      return ticket.kind === 'new' ? sentences.SETUP_EXPIRED : sentences.LINK_STATES.expired;
    default:
      return undefined;
  }
}

/** The names of the ticket's applications that its connection was enabled for. */
export function enabledApplications({ ticket, events }: TicketRecord): string[] {
  const ids = firstOf(events, 'enabled')?.details.clients ?? [];
  return ticket.clients.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
}

/** The connection of a ticket as Auth0 has it now. */
export function stateLine(ticket: Ticket, state: ConnectionState): types.RichTextSection {
  const { connection, clients } = state;
  const said = connection
    ? sentences.connectionState(
        connection.strategy && identityProviderName(connection.strategy),
        enabledNames(ticket, state),
        clients.length > 0,
      )
    : sentences.NO_CONNECTION;
  return section(bold(sentences.NOW_IN_AUTH0), text(said));
}

function enabledNames(
  ticket: Ticket,
  {
    clients = [],
    organizations = [],
  }: { clients?: string[] | undefined; organizations?: string[] | undefined },
): string[] {
  return [
    ...ticket.clients.filter(({ id }) => clients.includes(id)),
    ...ticket.organizations.filter(({ id }) => organizations.includes(id)),
  ].map(({ name }) => name);
}
