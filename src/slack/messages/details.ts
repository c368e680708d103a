import type { types } from '@slack/bolt';
import { clip } from '../../lib/text.ts';
import type { Choice } from '../../tickets/form/field.ts';
import { namesOf } from '../../tickets/form/field.ts';
import type { TicketRequest } from '../../tickets/form/request.ts';
import { bold, section, text } from '../blocks.ts';
import { DETAIL_LABELS } from '../sentences.ts';

/** What a ticket is for, a line for each thing that was chosen. */
export function detailLines({
  kind,
  connection,
  profile,
  organizations,
  clients,
  options,
}: Pick<
  TicketRequest,
  'kind' | 'connection' | 'profile' | 'organizations' | 'clients' | 'options'
>): types.RichTextSection[] {
  const line = (label: string, value: string) => section(bold(`${label}: `), text(value));
  const list = (label: string, choices: Choice[]) =>
    choices.length ? [line(label, clip(namesOf(choices), 600))] : [];
  return [
    line(DETAIL_LABELS.connection[kind], connection),
    line(DETAIL_LABELS.profile, profile.name),
    ...list(DETAIL_LABELS.organizations, organizations),
    ...list(DETAIL_LABELS.applications, clients),
    ...options.map(({ label, value }) => line(label, clip(value, 300))),
  ];
}
