// @ts-check
import { act, h, notify } from './dom.js';
import { richText, textOf } from './text.js';

/** @typedef {import('../../stand-ins/slack/server.ts').Block} Block */
/** @typedef {import('../../stand-ins/slack/server.ts').Element} Element */

/**
 * Renders a block that is not an input.
 *
 * @param {Block} block
 * @param {string} [message] the ID of its message; by default, it is in the modal
 * @returns {HTMLElement}
 */
export function blockElement(block, message) {
  switch (block.type) {
    case 'header':
      return h('h3.block', ...textOf(block.text));
    case 'divider':
      return h('hr.block');
    case 'context':
      return h(
        'p.block.context',
        ...(block.elements ?? []).flatMap((one) => textOf(/** @type {any} */ (one))),
      );
    case 'section':
      return sectionElement(block, message);
    case 'rich_text':
      return h('div.block.rich', ...(block.elements ?? []).map(richText));
    case 'actions':
      return h(
        'div.block.actions',
        ...(block.elements ?? []).map((one) => buttonElement(one, block, message)),
      );
    default:
      return h('p.block.context', `(The playground can’t show this part: ${block.type}.)`);
  }
}

/** @param {Block} block @param {string} [message] */
function sectionElement(block, message) {
  const { text, fields = [], accessory } = block;
  return h(
    'div.block.section',
    text && h('p', ...textOf(text)),
    fields.length > 0 && h('div.fields', ...fields.map((field) => h('p', ...textOf(field)))),
    accessory && buttonElement(accessory, block, message),
  );
}

/** @param {Element & { style?: string }} element @param {Block} block @param {string} [message] */
function buttonElement(element, block, message) {
  const { action_id, text, style, confirm, type } = element;
  if (type !== 'button') return h('span.context', `(${type})`);
  const id = `${message ?? 'modal'}-${block.block_id}-${action_id}`;
  const button = h('button', { id, class: `button ${style ?? ''}`, click: press }, ...textOf(text));
  async function press() {
    // A disabled button would lose the focus.
    if (button.classList.contains('busy') || (confirm && !(await confirmed(confirm)))) return;
    button.classList.add('busy');
    try {
      const result = await act({
        do: 'press',
        button: action_id,
        where: block.block_id,
        ...(message && { message }),
      });
      if (!result.ok) notify(`Slack couldn’t reach the bot (${result.error}). Try again.`);
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    }
    button.classList.remove('busy');
  }
  return button;
}

/**
 * Shows a confirmation dialog.
 *
 * @param {import('../../stand-ins/slack/server.ts').Confirm & { style?: string }} confirm
 * @returns {Promise<boolean>}
 */
function confirmed({ title, text, confirm, deny, style }) {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog.confirm',
      { role: 'alertdialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'confirm-title' }, ...textOf(title)),
        h('p', { id: 'confirm-text' }, ...textOf(text)),
        h(
          'footer',
          h('button.button', { type: 'submit', value: 'no' }, ...textOf(deny)),
          h(
            'button',
            { type: 'submit', class: `button ${style ?? 'primary'}`, value: 'yes' },
            ...textOf(confirm),
          ),
        ),
      ),
    );
    const opener = document.activeElement;
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (opener instanceof HTMLElement) opener.focus();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
