import type { types } from '@slack/bolt';
import { identityProviderName } from '../../auth0/identity-providers.ts';
import type { ConnectionState } from '../../tickets/follow.ts';
import { NO_APPLICATION } from '../../tickets/follow.ts';
import { lastDomainStep, unresolvedFailure } from '../../tickets/summary.ts';
import {
  type EventType,
  firstOf,
  lastOf,
  type Ticket,
  type TicketEvent,
  type TicketRecord,
} from '../../tickets/ticket.ts';
import { bold, type RichElement, section, shortDate, text } from '../blocks.ts';
import * as sentences from '../sentences.ts';

/** Something that the customer has done, or that has happened to them. */
export interface Step {
  type: EventType;
  /** In milliseconds since 1970. */
  at: number;
  label: string;
}

/** What the customer has done, a line for each step, with its time in the reader's time zone. */
export const stepLines = (record: TicketRecord): types.RichTextSection[] =>
  stepsOf(record).map((step) => section(...stepElements(step)));

export const stepElements = ({ label, at }: Step): RichElement[] => [
  bold(label),
  text(' '),
  shortDate(Math.floor(at / 1000)),
];

/** The customer's steps, oldest first, each kind once. For a repeated step, the last time counts. */
export function stepsOf(record: TicketRecord): Step[] {
  const { ticket, events } = record;
  const step = (event: TicketEvent | undefined, label: string): Step[] =>
    event ? [{ type: event.type, at: event.at, label }] : [];
  const enabled = firstOf(events, 'enabled');
  const failed = unresolvedFailure(events);
  const domain = lastDomainStep(events);
  const steps = [
    ...step(firstOf(events, 'opened'), sentences.LINK_STATES.opened),
    ...setUpSteps(ticket, events),
    ...testSteps(events),
    ...step(domain, domain ? (DOMAIN_STEPS[domain.type] ?? '') : ''),
    ...step(enabled, sentences.enabledFor(enabled ? enabledNames(ticket, enabled.details) : [])),
    ...step(failed, sentences.stepFailed(sentences.failedStep(failed?.details.step ?? '').what)),
    ...endSteps(ticket, events),
  ];
  return steps.toSorted((a, b) => a.at - b.at);
}

const DOMAIN_STEPS: Partial<Record<EventType, string>> = sentences.DOMAIN_STEPS;

function setUpSteps({ kind }: Ticket, events: TicketEvent[]): Step[] {
  const configured = kind === 'new' ? firstOf(events, 'configured') : lastOf(events, 'configured');
  const changed = kind === 'edit' && lastOf(events, 'changed');
  // Auth0's log has no provider. The connection has one, and is seen a little later.
  const provider = events.find(({ type, details }) => type === 'configured' && details.provider)?.details
    .provider;
  const label =
    kind === 'edit'
      ? sentences.CONNECTION_CHANGED
      : provider
        ? sentences.setUpWith(identityProviderName(provider))
        : sentences.LINK_STATES.configured;
  return [
    ...(configured ? [{ type: configured.type, at: configured.at, label }] : []),
    ...(changed ? [{ type: changed.type, at: changed.at, label: sentences.SETTINGS_CHANGED }] : []),
  ];
}

/** The last test sign-in. Auth0's log doesn't say whether it worked. */
function testSteps(events: TicketEvent[]): Step[] {
  const started = lastOf(events, 'test_started');
  const ended = lastOf(events, 'test_ended');
  if (ended && ended.at >= (started?.at ?? 0)) {
    return [{ type: ended.type, at: ended.at, label: sentences.TEST_DONE }];
  }
  return started ? [{ type: started.type, at: started.at, label: sentences.TEST_STARTED }] : [];
}

function endSteps(ticket: Ticket, events: TicketEvent[]): Step[] {
  const finished = firstOf(events, 'finished');
  const expired = firstOf(events, 'expired');
  if (finished) {
    const isForTeam = finished.details.reason === NO_APPLICATION;
    const label = isForTeam ? sentences.OWN_TEAM_ENABLES : sentences.FINISHED;
    // Otherwise, the step that enables the connection is the last one.
    return isForTeam || ticket.kind === 'edit' ? [{ type: 'finished', at: finished.at, label }] : [];
  }
  const left = lastOf(events, 'session_ended');
  const expiredLabel = ticket.kind === 'new' ? sentences.SETUP_EXPIRED : sentences.LINK_STATES.expired;
  return [
    ...(left ? [{ type: left.type, at: left.at, label: sentences.SESSION_ENDED }] : []),
    ...(expired ? [{ type: expired.type, at: expired.at, label: expiredLabel }] : []),
  ];
}

/**
 * A line for a record that Auth0's log may mean together with other links. Undefined if it's clear which one it means.
 */
export function oneOfLinks({ ticket, events }: TicketRecord): types.RichTextSection | undefined {
  const count = Math.max(0, ...events.map(({ details }) => details.links ?? 0));
  return count > 1 ? section(text(sentences.oneOfLinks(count, ticket.customer))) : undefined;
}

/** The names of the ticket's applications for which its connection was enabled. */
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
