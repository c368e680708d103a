import type { types, ViewStateValue } from '@slack/bolt';
import { cleanTyped, cut, unescapeSlack, wellFormed } from '../../lib/text.ts';
import {
  type Choice,
  choicesOf,
  type Field,
  type FormContext,
  firstId,
  groupIn,
  hasId,
  hintIn,
  optionalIn,
  type SearchField,
  type TicketKind,
  textOf,
} from '../../tickets/form/field.ts';
import {
  controllingFields,
  type FormShape,
  fieldsOf,
  shownFields,
  type Values,
} from '../../tickets/form/form.ts';
import type { RequiredRole, Role } from '../access.ts';
import { context as contextBlock, LIMITS, plain, warning } from '../blocks.ts';
import { moreOptionsButton } from '../buttons.ts';
import { FORM_CANCEL, FORM_INTRO, FORM_SUBMIT, FORM_TITLE, textCut } from '../sentences.ts';

import { NOTICE, toOptions } from './options.ts';

/** The callback IDs of the forms. Open forms contain them, so they must never change. */
export const FORM_CALLBACKS: Record<TicketKind, string> = { new: 'new_ticket', edit: 'edit_ticket' };

/** Who may use a form: an edit link gives access to a live login. */
export const roleFor = (kind: TicketKind): Role => (kind === 'edit' ? 'editor' : 'user');

/** The kind of a form. Undefined if the view isn't a form. */
export function kindOf(callbackId: string | undefined): TicketKind | undefined {
  return callbackId === FORM_CALLBACKS.new ? 'new' : callbackId === FORM_CALLBACKS.edit ? 'edit' : undefined;
}

/** Everything in a form requires the role of the form. Elsewhere, each listener has its own role. */
export function roleInView(view: { callback_id?: string } | null | undefined): RequiredRole {
  const kind = kindOf(view?.callback_id);
  return kind ? roleFor(kind) : 'anyone';
}

/** A form as a modal. */
export interface Form {
  shape: FormShape;
  values: Values;
  /** The sealed reply target. It comes back with the submission. */
  metadata: string;
  /** Shown on top instead of the introduction: why the form is back. */
  notice?: string | undefined;
  /** A button below the notice. */
  button?: types.Button | undefined;
  /** What has the focus: the first field, or the first one under “More options”. By default, it stays where it is. */
  focus?: 'first field' | 'more options' | undefined;
}

export function formView(form: Form, context: FormContext): types.ModalView {
  const { shape, values, metadata, notice, button, focus } = form;
  const fields = shownFields(shape, values, context).map((field) => ({
    field,
    group: groupIn(field, values, context),
  }));
  const focused = focus && fields.find(({ group }) => focus === 'first field' || group)?.field;
  const inputs = fields.flatMap(({ field, group }, index) => [
    ...(group && group !== fields[index - 1]?.group ? [heading(group)] : []),
    inputBlock(field, values, context, field === focused),
  ]);
  const more: types.ActionsBlock = { type: 'actions', block_id: MORE, elements: [moreOptionsButton()] };
  return {
    type: 'modal',
    callback_id: FORM_CALLBACKS[context.kind],
    title: plain(FORM_TITLE[context.kind], LIMITS.viewTitle),
    submit: plain(FORM_SUBMIT, LIMITS.viewTitle),
    close: plain(FORM_CANCEL, LIMITS.viewTitle),
    private_metadata: metadata,
    blocks: [
      notice ? warning(notice) : contextBlock(FORM_INTRO[context.kind]),
      ...(button ? [{ type: 'actions' as const, elements: [button] }] : []),
      ...inputs,
      ...(shape.more ? [] : [more]),
    ],
  };
}

/** The block with the “More options” button. It is there until the options are shown. */
const MORE = 'more';

const heading = (group: string): types.HeaderBlock => ({
  type: 'header',
  text: plain(group, LIMITS.headerText),
});

/** A field's block. Block and action have the field's ID, so that Slack keeps what was typed when the view changes. */
function inputBlock(field: Field, values: Values, context: FormContext, hasFocus: boolean): types.InputBlock {
  const isCut = field.input === 'text' && textOf(values, field).length > LIMITS.inputText;
  const hint = isCut ? textCut(LIMITS.inputText) : hintIn(field, context);
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, LIMITS.sectionText),
    ...(hint && { hint: plain(hint, LIMITS.sectionText) }),
    optional: optionalIn(field, context),
    // Slack then tells the bot about each change, so that it can show or hide other fields.
    ...(CONTROLLING.has(field.id) && { dispatch_action: true }),
    element: { ...inputElement(field, values, context), ...(hasFocus && { focus_on_load: true }) },
  };
}

const CONTROLLING = controllingFields();

function inputElement(field: Field, values: Values, context: FormContext): types.InputBlock['element'] {
  const placeholder = field.placeholder ? { placeholder: plain(field.placeholder, LIMITS.placeholder) } : {};
  switch (field.input) {
    case 'text': {
      const initial = cut(wellFormed(textOf(values, field)), LIMITS.inputText);
      return {
        type: 'plain_text_input',
        action_id: field.id,
        // Keep a typed text that is too long, with its problem. Slack refuses a text over the maximum.
        max_length: Math.max(field.maxLength, initial.length),
        ...(field.multiline && { multiline: true }),
        ...placeholder,
        ...(initial && { initial_value: initial }),
      };
    }
    case 'list': {
      const offered = field.options(context);
      // After a restart the tenant's list may not have arrived, and Slack refuses a select without options.
      const options = toOptions(offered.length > 0 ? offered : choicesOf(values, field));
      const initial = options.find(({ value }) => value === firstId(choicesOf(values, field)));
      return {
        type: 'static_select',
        action_id: field.id,
        options,
        ...placeholder,
        ...(initial && { initial_option: initial }),
      };
    }
    case 'checkboxes': {
      const options = toOptions(field.options);
      const initial = options.filter(({ value }) => hasId(choicesOf(values, field), value ?? ''));
      return {
        type: 'checkboxes',
        action_id: field.id,
        options,
        ...(initial.length && { initial_options: initial }),
      };
    }
    case 'search':
      return { ...searchElement(field, choicesOf(values, field)), ...placeholder };
    case 'conversation': {
      const [initial] = values.conversation;
      return {
        type: 'conversations_select',
        action_id: field.id,
        response_url_enabled: true,
        ...(initial ? { initial_conversation: initial.id } : { default_to_current_conversation: true }),
      };
    }
  }
}

function searchElement(
  { id, multiple }: SearchField,
  choices: Choice[],
): types.ExternalSelect | types.MultiExternalSelect {
  const initial = toOptions(choices);
  const [first] = initial;
  return multiple
    ? {
        type: 'multi_external_select',
        action_id: id,
        min_query_length: 0,
        max_selected_items: LIMITS.options,
        ...(first && { initial_options: initial }),
      }
    : {
        type: 'external_select',
        action_id: id,
        min_query_length: 0,
        ...(first && { initial_option: first }),
      };
}

/** A form as it comes back from Slack. */
export interface FilledForm {
  /** The fields that were shown. */
  fields: Field[];
  /** The values of these fields. Texts are cleaned. */
  values: Partial<Values>;
  /** Whether “More options” was open. */
  more: boolean;
}

/** The parts of a Slack view that a form is read from. */
interface ShownView {
  blocks?: { block_id?: string }[];
  state?: { values?: Record<string, Record<string, ViewStateValue>> };
}

/** Reads a form from its submission, or from a click in it. */
export function readForm(
  { kind, policy }: Pick<FormContext, 'kind' | 'policy'>,
  { blocks, state }: ShownView,
): FilledForm {
  const shown = new Set(blocks?.map((block) => block.block_id));
  const fields = fieldsOf({ kind, policy }).filter(({ id }) => shown.has(id));
  const values = fields.map(({ id, input }) => {
    const given = state?.values?.[id]?.[id];
    return [id, input === 'text' ? cleanTyped(given?.value ?? '') : readChoices(given)];
  });
  return { fields, values: Object.fromEntries(values), more: !shown.has(MORE) };
}

function readChoices(given: ViewStateValue | undefined): Choice[] {
  const conversation = given?.selected_conversation;
  if (conversation) return [{ id: conversation, name: conversation }];
  const picked = given?.selected_options ?? (given?.selected_option ? [given.selected_option] : []);
  return picked.map(({ value, text }) => ({
    id: value === NOTICE ? '' : value,
    name: unescapeSlack(text?.text ?? value),
  }));
}
