import type { types, ViewStateValue } from '@slack/bolt';
import type { Field, FormContext } from '../ticket/fields.ts';
import { type Choice, NO_VALUES, type TicketKind, type Values } from '../ticket/values.ts';
import { context as contextBlock, LIMITS, labelled, plain, warning } from './blocks.ts';

/** A form's callback ID says what kind of ticket it makes. */
export const FORM_CALLBACKS: Record<TicketKind, string> = { new: 'new_ticket', edit: 'edit_ticket' };

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
  kind: TicketKind;
  fields: Field[];
  values: Values;
  /** Sealed; goes with the view, and comes back with its submission. */
  metadata: string;
  /** What went wrong before, shown on top. */
  notice?: string | undefined;
}

export function formView(form: Form, context: FormContext, tenantLabel: string | undefined): types.ModalView {
  const { title, intro } = WORDS[form.kind];
  return {
    type: 'modal',
    callback_id: FORM_CALLBACKS[form.kind],
    title: plain(title, LIMITS.viewTitle),
    submit: plain('Create link', LIMITS.viewTitle),
    close: plain('Cancel', LIMITS.viewTitle),
    private_metadata: form.metadata,
    blocks: [
      ...labelled(tenantLabel),
      ...(form.notice ? [warning(form.notice)] : [contextBlock(intro)]),
      ...form.fields.map((field) => inputBlock(field, form.values, context)),
    ],
  };
}

/** A field's block. Block and action have the field's ID, so that Slack keeps what was typed over an update. */
function inputBlock(field: Field, values: Values, context: FormContext): types.InputBlock {
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, LIMITS.sectionText),
    ...(field.hint && { hint: plain(field.hint, LIMITS.sectionText) }),
    optional: field.optional?.(context.policy) ?? false,
    element: inputElement(field, values, context),
  };
}

function inputElement(field: Field, values: Values, context: FormContext): types.InputBlock['element'] {
  const placeholder = field.placeholder ? { placeholder: plain(field.placeholder, LIMITS.placeholder) } : {};
  switch (field.input) {
    case 'text': {
      const initial = values[field.id].slice(0, field.maxLength);
      return {
        type: 'plain_text_input',
        action_id: field.id,
        max_length: field.maxLength,
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

/** What stands in a form, as its submission brings it back: texts without surrounding blanks. */
export function readValues(fields: Field[], state: Record<string, Record<string, ViewStateValue>>): Values {
  const values = { ...NO_VALUES };
  for (const field of fields) {
    const given = state[field.id]?.[field.id];
    if (field.input === 'text') values[field.id] = given?.value?.trim() ?? '';
    else values[field.id] = readChoices(given);
  }
  return values;
}

function readChoices(given: ViewStateValue | undefined): Choice[] {
  const conversation = given?.selected_conversation;
  if (conversation) return [{ id: conversation, name: conversation }];
  const picked = given?.selected_options ?? (given?.selected_option ? [given.selected_option] : []);
  return picked.map(({ value, text }) => ({ id: value === NOTICE ? '' : value, name: text.text }));
}
