import type { Policy } from '../settings.ts';
import { conversation, editBasics, newBasics } from './basic-fields.ts';
import type { Field, SearchSource } from './field.ts';
import { editOptions, newOptions } from './option-fields.ts';
import type { TicketKind } from './values.ts';

/** How much of a form is shown, and to whom. */
export interface FormShape {
  kind: TicketKind;
  /** Whether it must ask where to answer: a global shortcut does not say it. */
  asksConversation: boolean;
  /** Whether “More options” is open. */
  more: boolean;
  /** Whether the person may use what widens who can get in. */
  trusted: boolean;
}

/** Every field of a kind of form, shown or not, in the order of the screen. */
export function allFields(kind: TicketKind, policy: Policy): Field[] {
  return kind === 'new'
    ? [conversation, ...newBasics(policy), ...newOptions(policy)]
    : [conversation, ...editBasics(policy), ...editOptions(policy)];
}

/** The fields that are shown. */
export function shownFields({ kind, asksConversation, more, trusted }: FormShape, policy: Policy): Field[] {
  return allFields(kind, policy).filter(
    (field) =>
      (asksConversation || field.id !== 'conversation') &&
      (more || !field.group) &&
      (trusted || !field.widensTrust),
  );
}

/** What each field that is found by typing searches, in any form. */
export function searches(policy: Policy): Map<Field['id'], SearchSource> {
  const fields = [...allFields('new', policy), ...allFields('edit', policy)];
  return new Map(fields.flatMap((field) => (field.input === 'search' ? [[field.id, field.source]] : [])));
}
