import type { types, ViewStateValue } from '@slack/bolt';
import type { Field, FormContext } from '../ticket/field.ts';
import { allFields, type FormShape, shownFields } from '../ticket/forms.ts';
import type { Choice, TicketKind, Values } from '../ticket/values.ts';
import { context as contextBlock, LIMITS, labelled, plain, warning } from './blocks.ts';
import { moreOptionsButton } from './buttons.ts';

/** A form's callback ID says what kind of ticket it makes. */
export const FORM_CALLBACKS: Record<TicketKind, string> = { new: 'new_ticket', edit: 'edit_ticket' };

/** The kind of ticket that a form makes; undefined if the view is none of the forms. */
export function kindOf(callbackId: string | undefined): TicketKind | undefined {
  return callbackId === FORM_CALLBACKS.new ? 'new' : callbackId === FORM_CALLBACKS.edit ? 'edit' : undefined;
}

/** The value of a suggestion that is a sentence and cannot be picked: "still loading" and the like. */
const NOTICE = '-';

const WORDS: Record<TicketKind, { title: string; intro: string }> = {
  new: {
    title: 'New SSO connection',
    intro:
      "You get a link, visible to you alone. The customer's IT admin opens it and sets up single sign-on with it.",
  },
  edit: {
    title: 'Edit SSO connection',
    intro:
      "You get a link, visible to you alone. The customer's IT admin opens it and changes their single sign-on with it.",
  },
};

/** A form as a modal. */
export interface Form {
  shape: FormShape;
  values: Values;
  /** Sealed; goes with the view, and comes back with its submission. */
  metadata: string;
  /** What went wrong before, shown on top. */
  notice?: string | undefined;
}

export function formView(
  { shape, values, metadata, notice }: Form,
  context: FormContext,
  tenantLabel: string | undefined,
): types.ModalView {
  const { title, intro } = WORDS[shape.kind];
  const fields = shownFields(shape, context.policy);
  const inputs = fields.flatMap((field, index) => [
    ...(field.group && field.group !== fields[index - 1]?.group ? [heading(field.group)] : []),
    inputBlock(field, values, context),
  ]);
  const more: types.ActionsBlock = { type: 'actions', block_id: MORE, elements: [moreOptionsButton()] };
  return {
    type: 'modal',
    callback_id: FORM_CALLBACKS[shape.kind],
    title: plain(title, LIMITS.viewTitle),
    submit: plain('Create link', LIMITS.viewTitle),
    close: plain('Cancel', LIMITS.viewTitle),
    private_metadata: metadata,
    blocks: [
      ...labelled(tenantLabel),
      ...(notice ? [warning(notice)] : [contextBlock(intro)]),
      ...inputs,
      ...(shape.more ? [] : [more]),
    ],
  };
}

/** The block that stands where “More options” can still be opened. */
const MORE = 'more';

const heading = (group: string): types.HeaderBlock => ({
  type: 'header',
  text: plain(group, LIMITS.headerText),
});

/** A field's block. Block and action have the field's ID, so that Slack keeps what was typed over an update. */
function inputBlock(field: Field, values: Values, context: FormContext): types.InputBlock {
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, LIMITS.sectionText),
    ...(field.hint && { hint: plain(field.hint, LIMITS.sectionText) }),
    optional: field.optional ?? false,
    element: inputElement(field, values, context),
  };
}

function inputElement(field: Field, values: Values, context: FormContext): types.InputBlock['element'] {
  const placeholder = field.placeholder ? { placeholder: plain(field.placeholder, LIMITS.placeholder) } : {};
  switch (field.input) {
    case 'text': {
      const initial = values[field.id]?.slice(0, field.maxLength);
      return {
        type: 'plain_text_input',
        action_id: field.id,
        max_length: field.maxLength,
        ...(field.multiline && { multiline: true }),
        ...placeholder,
        ...(initial && { initial_value: initial }),
      };
    }
    case 'list': {
      const options = toOptions(field.options(context));
      const initial = options.find(({ value }) => value === values[field.id][0]?.id);
      return {
        type: 'static_select',
        action_id: field.id,
        options,
        ...placeholder,
        ...(initial && { initial_option: initial }),
      };
    }
    case 'ticks': {
      const options = toOptions(field.options);
      const initial = options.filter(({ value }) => values[field.id].some(({ id }) => id === value));
      return {
        type: 'checkboxes',
        action_id: field.id,
        options,
        ...(initial.length && { initial_options: initial }),
      };
    }
    case 'search': {
      const initial = toOptions(values[field.id]);
      const [first] = initial;
      return field.many
        ? {
            type: 'multi_external_select',
            max_selected_items: LIMITS.options,
            action_id: field.id,
            min_query_length: 0,
            ...placeholder,
            ...(first && { initial_options: initial }),
          }
        : {
            type: 'external_select',
            action_id: field.id,
            min_query_length: 0,
            ...placeholder,
            ...(first && { initial_option: first }),
          };
    }
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

/** Choices as Slack's selects take them. */
export function toOptions(choices: (Choice & { detail?: string })[]): types.PlainTextOption[] {
  return choices
    .filter(({ id }) => id.length > 0 && id.length <= LIMITS.optionValue)
    .slice(0, LIMITS.options)
    .map(({ id, name, detail }) => ({
      text: plain(name, LIMITS.optionText),
      value: id,
      ...(detail && { description: plain(detail, LIMITS.optionDescription) }),
    }));
}

/** A sentence as an entry that cannot be picked: cut over text and description, as Slack allows 75 each. */
export function toNotice(sentence: string): types.PlainTextOption[] {
  const end =
    sentence.length > LIMITS.optionText ? sentence.lastIndexOf(' ', LIMITS.optionText) : sentence.length;
  return toOptions([{ id: NOTICE, name: sentence.slice(0, end), detail: sentence.slice(end).trim() }]);
}

/** A form as it came back from Slack: which of its fields were shown, and what stood in them. */
export interface FilledIn {
  fields: Field[];
  /** Of the fields that were shown; texts without surrounding blanks. */
  values: Partial<Values>;
  /** Whether “More options” was open. */
  more: boolean;
}

/** What a view of Slack's holds of a form, by the blocks that it shows. */
interface ShownView {
  blocks: { block_id?: string }[];
  state: { values: Record<string, Record<string, ViewStateValue>> };
}

/** Reads a form as its submission, or a button in it, brings it back. */
export function readForm({ kind, policy }: FormContext, { blocks, state }: ShownView): FilledIn {
  const shown = new Set(blocks.map((block) => block.block_id));
  const fields = allFields(kind, policy).filter(({ id }) => shown.has(id));
  const values: Partial<Values> = {};
  for (const field of fields) {
    const given = state.values[field.id]?.[field.id];
    if (field.input === 'text') values[field.id] = given?.value?.trim() ?? '';
    else values[field.id] = readChoices(given);
  }
  return { fields, values, more: !shown.has(MORE) };
}

function readChoices(given: ViewStateValue | undefined): Choice[] {
  const conversation = given?.selected_conversation;
  if (conversation) return [{ id: conversation, name: conversation }];
  const picked = given?.selected_options ?? (given?.selected_option ? [given.selected_option] : []);
  return picked.map(({ value, text }) => ({ id: value === NOTICE ? '' : value, name: text.text }));
}
