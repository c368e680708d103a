import type { types } from '@slack/bolt';
import { clip } from '../../lib/text.ts';
import type { Choice } from '../../tickets/form/field.ts';
import { namesOf } from '../../tickets/form/field.ts';
import type { TicketRequest } from '../../tickets/form/request.ts';
import { bold, section, text } from '../blocks.ts';
import { DETAIL_LABELS } from '../sentences.ts';

type Details = Pick<
  TicketRequest,
  'kind' | 'connection' | 'profile' | 'organizations' | 'clients' | 'options'
>;
type Detail = [label: string, value: string];

/** What a ticket is for: an entry for each choice. */
function detailsOf({ kind, connection, profile, organizations, clients, options }: Details): Detail[] {
  const list = (label: string, choices: Choice[]): Detail[] =>
    choices.length ? [[label, clip(namesOf(choices), 600)]] : [];
  return [
    [DETAIL_LABELS.connection[kind], connection],
    [DETAIL_LABELS.profile, profile.name],
    ...list(DETAIL_LABELS.organizations, organizations),
    ...list(DETAIL_LABELS.applications, clients),
    ...options.map(({ label, value }): Detail => [label, clip(value, 300)]),
  ];
}

/** The details, a line for each. */
export function detailLines(request: Details): types.RichTextSection[] {
  return detailsOf(request).map(([label, value]) => section(bold(`${label}: `), text(value)));
}

/** The details in one short text. */
export function detailText(request: Details): string {
  return detailsOf(request)
    .map(([label, value]) => `${label}: ${value}`)
    .join(' · ');
}
