// @ts-check
import { act, actInOrder, h, notify } from './dom.js';
import { picker } from './picker.js';
import { names, textOf } from './text.js';

/** @typedef {import('../../stand-ins/slack/server.ts').Block} Block */
/** @typedef {import('../../stand-ins/slack/server.ts').Option} Option */
/** @typedef {import('../../stand-ins/slack/server.ts').Value} Value */
/** An input, and how to set its value. @typedef {{ element: HTMLElement, update: (value: Value) => void }} Control */

const SEARCH_DELAY_MS = 200;

/**
 * Renders an input block.
 *
 * @param {Block} block
 * @param {string | undefined} error
 * @returns {{ element: HTMLElement, control: Control }}
 */
export function inputBlock(block, error) {
  const { block_id: where, label, hint, optional } = block;
  const id = `field-${where}`;
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  const ticks = block.element?.type === 'checkboxes' || block.element?.type === 'radio_buttons';
  const attributes = {
    ...(described && { 'aria-describedby': described }),
    ...(error && { 'aria-invalid': 'true' }),
    // A group of boxes has no such attribute.
    ...(!optional && !ticks && { 'aria-required': 'true' }),
  };
  const control = makeControl(block, id, attributes);
  const words = [...textOf(label), optional && h('span.optional', ' (optional)')];
  const element = h(
    ticks ? 'fieldset' : 'div',
    { class: `block input ${error ? 'wrong' : ''}`, 'data-field': where, ...(ticks && attributes) },
    ticks ? h('legend', ...words) : h('label', { for: id }, ...words),
    control.element,
    error && h('p.error', { id: `${id}-error`, role: 'alert' }, error),
    hint && h('p.hint', { id: `${id}-hint` }, ...textOf(hint)),
  );
  return { element, control };
}

/** @param {Block} block @param {string} id @param {Record<string, string>} attributes @returns {Control} */
function makeControl(block, id, attributes) {
  const { element, block_id: where, optional, label } = block;
  const { type = '', options = [], max_length } = element ?? {};
  const given =
    /** @type {{ placeholder?: import('../../stand-ins/slack/server.ts').Text, multiline?: boolean }} */ (
      element ?? {}
    );
  const placeholder = given.placeholder?.text;
  /** @param {string[]} values @param {'choose' | 'select'} how */
  const choose = (values, how) =>
    actInOrder(
      values.length > 0 || type === 'checkboxes' || type.startsWith('multi_')
        ? { do: how, where, values }
        : { do: 'clear', where },
    ).catch((error) => notify(String(error)));

  if (type === 'plain_text_input' || type === 'url_text_input') {
    const field = h(given.multiline ? 'textarea' : 'input', {
      id,
      type: 'text',
      placeholder,
      autocomplete: 'off',
      maxlength: max_length,
      ...attributes,
      input: () => actInOrder({ do: 'type', where, text: field.value }),
    });
    return {
      element: field,
      // The text being typed is newer than the server's.
      update: ({ value }) => {
        if (document.activeElement !== field || !field.value) field.value = value ?? '';
      },
    };
  }
  if (type === 'checkboxes' || type === 'radio_buttons') {
    const boxes = options.map((option) =>
      h('input', {
        type: type === 'checkboxes' ? 'checkbox' : 'radio',
        name: where,
        id: `${id}-${option.value}`,
        value: option.value,
        change: () =>
          choose(
            boxes.filter(({ checked }) => checked).map(({ value }) => value),
            'choose',
          ),
      }),
    );
    return {
      element: h(
        'div.ticks',
        ...boxes.map((box, at) => h('label', box, h('span', ...textOf(options[at]?.text)))),
      ),
      update: ({ selected_options = [], selected_option }) => {
        for (const box of boxes)
          box.checked = [...selected_options, selected_option].some((one) => one?.value === box.value);
      },
    };
  }
  const many = type.startsWith('multi_');
  const external = type.includes('external');
  const conversations = type === 'conversations_select';
  const made = picker({
    id,
    label: label?.text ?? '',
    placeholder: placeholder ?? (many ? 'Select options' : 'Select an option'),
    many,
    attributes,
    clearable: Boolean(optional),
    wait: external ? SEARCH_DELAY_MS : 0,
    offer: async (typed) => {
      if (external) {
        const answer = await act({ do: 'suggest', where, text: typed });
        if (answer.error === 'query_too_short') return 'Type to search';
        return answer.ok ? answer.options : `The bot didn’t answer (${answer.error}). Type again to retry.`;
      }
      const all = conversations ? (await act({ do: 'offered', where })).map(conversation) : options;
      return all.filter((/** @type {Option} */ { text }) =>
        text.text.toLowerCase().includes(typed.toLowerCase()),
      );
    },
    pick: (values) => choose(values, external ? 'select' : 'choose'),
  });
  return {
    element: made.element,
    update(value) {
      const { selected_options, selected_option, selected_conversation } = value;
      made.update(
        selected_options ??
          (selected_option
            ? [selected_option]
            : selected_conversation
              ? [conversation(selected_conversation)]
              : []),
      );
    },
  };
}

/** A conversation as an option. @param {string} id @returns {Option} */
const conversation = (id) => ({
  value: id,
  text: { type: 'plain_text', text: names.channels.get(id) ?? id },
});
