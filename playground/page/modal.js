// @ts-check
import { blockElement } from './blocks.js';
import { act, actInOrder, byId, h, notify } from './dom.js';
import { picker } from './picker.js';
import { names, textOf } from './text.js';

/** @typedef {import('../state.ts').Modal} Modal */
/** @typedef {import('../../stand-ins/slack/server.ts').Block} Block */
/** @typedef {import('../../stand-ins/slack/server.ts').Option} Option */
/** @typedef {import('../../stand-ins/slack/server.ts').Value} Value */
/** An input, and how to set its value. @typedef {{ element: HTMLElement, update: (value: Value) => void }} Control */

const SEARCH_DELAY_MS = 200;

/** @type {HTMLDialogElement} */
const dialog = byId('modal');
/** @type {Map<string, Control>} */
let controls = new Map();
/** The last value of each input, as JSON. @type {Map<string, string>} */
let lastValues = new Map();
/** The IDs of the open view and of the last closed view. */
let open = '';
let closed = '';
/** The version of the open view. */
let shown = '';
let busy = false;
/** The element that had the focus before the modal opened. @type {Element | null} */
let opener = null;

dialog.addEventListener('cancel', (event) => {
  event.preventDefault();
  close();
});
dialog.addEventListener('keydown', keepFocus);

/** Closes the modal without waiting for the server. */
function close() {
  closed = open;
  hide();
  // The bot may have closed it already.
  actInOrder({ do: 'close' }).catch(() => undefined);
}

function hide() {
  dialog.close();
  dialog.replaceChildren();
  shown = '';
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  else byId('composer').focus();
}

/** Keeps the focus in the modal. @param {KeyboardEvent} event */
function keepFocus(event) {
  if (event.key !== 'Tab') return;
  const stops = [...dialog.querySelectorAll('button, input, textarea')].filter(
    (one) =>
      one instanceof HTMLElement && one.tabIndex >= 0 && !one.matches(':disabled') && one.checkVisibility(),
  );
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  const next = event.shiftKey ? stops.at(-1) : stops[0];
  if (next instanceof HTMLElement) next.focus();
}

/** Shows or hides the modal. @param {Modal | undefined} modal */
export function showModal(modal) {
  if (!modal || modal.id === closed) {
    if (dialog.open) hide();
    return;
  }
  const { id, hash, errors, values } = modal;
  open = id;
  const version = JSON.stringify([id, hash, errors]);
  if (version !== shown) {
    const sameView = dialog.open && shown.includes(id);
    const focused = sameView ? document.activeElement?.id : '';
    const scrolled = sameView ? (dialog.querySelector('.body')?.scrollTop ?? 0) : 0;
    shown = version;
    controls = new Map();
    lastValues = new Map();
    dialog.replaceChildren(frame(modal));
    if (!dialog.open) {
      opener = document.activeElement;
      dialog.showModal();
    }
    const body = dialog.querySelector('.body');
    if (body) body.scrollTop = scrolled;
    const invalid = dialog.querySelector(
      'input[aria-invalid], textarea[aria-invalid], fieldset[aria-invalid] input',
    );
    // A new form takes the focus from the buttons of the loading view.
    const again = focused && !focused.startsWith('modal-') ? document.getElementById(focused) : null;
    const first =
      invalid ??
      again ??
      dialog.querySelector('.body :is(input, textarea, button)') ??
      dialog.querySelector('footer button');
    if (first instanceof HTMLElement) first.focus();
  }
  for (const [where, control] of controls) {
    const [value] = Object.values(values[where] ?? {});
    const json = JSON.stringify(value);
    // State pushed for another reason may not include the last change yet.
    if (value && lastValues.get(where) !== json) control.update(value);
    lastValues.set(where, json);
  }
}

/** @param {Modal} modal */
function frame({ title, submit, close: closeText, blocks, errors }) {
  const trouble = h('div.trouble', { role: 'alert' });
  const submitButton =
    submit && h('button.button.primary', { type: 'submit', id: 'modal-submit' }, ...textOf(submit));
  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    if (!submitButton || busy) return;
    busy = true;
    submitButton.classList.add('busy');
    submitButton.setAttribute('aria-disabled', 'true');
    trouble.replaceChildren();
    const result = await actInOrder({ do: 'submit' }).catch((error) => ({ error: String(error) }));
    busy = false;
    submitButton.classList.remove('busy');
    submitButton.removeAttribute('aria-disabled');
    if (!result.ok && result.error !== 'client_refused') {
      notify(`We had some trouble connecting (${result.error}). Try again?`);
    }
  }
  dialog.setAttribute('aria-labelledby', 'modal-title');
  return h(
    'form',
    { novalidate: true, submit: send },
    h(
      'header',
      h('span.app', { 'aria-hidden': 'true' }),
      h('h2', { id: 'modal-title' }, ...textOf(title)),
      h('button.plain', { id: 'modal-x', 'aria-label': 'Close', click: close }, '×'),
    ),
    h(
      'div.body',
      ...blocks.map((block) =>
        block.type === 'input' ? inputBlock(block, errors[block.block_id]) : blockElement(block),
      ),
    ),
    h(
      'footer',
      trouble,
      h('button.button', { id: 'modal-close', click: close }, ...(closeText ? textOf(closeText) : ['Close'])),
      submitButton,
    ),
  );
}

/** @param {Block} block @param {string | undefined} error */
function inputBlock(block, error) {
  const { block_id: where, label, hint, optional, element } = block;
  const id = `field-${where}`;
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ');
  const attributes = {
    ...(described && { 'aria-describedby': described }),
    ...(error && { 'aria-invalid': 'true' }),
    ...(!optional && { 'aria-required': 'true' }),
  };
  const control = makeControl(block, id, attributes);
  controls.set(where, control);
  const words = [...textOf(label), optional && h('span.optional', ' (optional)')];
  const ticks = element?.type === 'checkboxes' || element?.type === 'radio_buttons';
  return h(
    ticks ? 'fieldset' : 'div',
    { class: `block input ${error ? 'wrong' : ''}`, 'data-field': where, ...(ticks && attributes) },
    ticks ? h('legend', ...words) : h('label', { for: id }, ...words),
    control.element,
    error && h('p.error', { id: `${id}-error`, role: 'alert' }, error),
    hint && h('p.hint', { id: `${id}-hint` }, ...textOf(hint)),
  );
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
        return answer.ok ? answer.options : `The bot did not answer (${answer.error}). Type again.`;
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
