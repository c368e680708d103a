// @ts-check
import { blockElement } from './blocks.js';
import { actInOrder, arrange, byId, h, notify, show } from './dom.js';
import { inputBlock } from './inputs.js';
import { textOf } from './text.js';

/** @typedef {import('../state.ts').Modal} Modal */
/** @typedef {import('./inputs.js').Control} Control */

/**
 * A block of the open view.
 *
 * @typedef {object} Shown
 * @property {string} json what it shows, without its initial value
 * @property {HTMLElement} element
 * @property {Control} [control] if it is an input
 * @property {string} [value] the last value from the server, as JSON
 */

/** @type {HTMLDialogElement} */
const dialog = byId('modal');
/** The blocks of the open view, by block ID. @type {Map<string, Shown>} */
let blocks = new Map();
/** The errors of the open view, as JSON. */
let lastErrors = '{}';
/** The IDs of the open view and of the last closed view. */
let open = '';
let closed = '';
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
  open = '';
  dialog.close();
  dialog.replaceChildren();
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
  if (modal.id !== open) {
    open = modal.id;
    blocks = new Map();
    lastErrors = '{}';
    dialog.replaceChildren(frame());
  }
  if (!dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
    // showBlocks chooses a better place than the first button.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
  show(byId('modal-title'), modal.title, textOf);
  show(byId('modal-buttons'), [modal.submit, modal.close], () => buttons(modal));
  showBlocks(modal);
  for (const [where, shown] of blocks) {
    const [value] = Object.values(modal.values[where] ?? {});
    const json = JSON.stringify(value);
    // State pushed for another reason may not include the last change yet.
    if (value && shown.value !== json) shown.control?.update(value);
    shown.value = json;
  }
}

/** Renders the blocks that have changed, and moves the focus if it has to. @param {Modal} modal */
function showBlocks({ blocks: next, errors }) {
  const before = blocks;
  const focused = document.activeElement;
  blocks = new Map(
    next.map((block) => {
      const error = errors[block.block_id];
      // What was typed or chosen stays, as in Slack.
      const json = JSON.stringify([block, error], (key, value) =>
        key.startsWith('initial_') || key === 'focus_on_load' ? undefined : value,
      );
      const old = before.get(block.block_id);
      if (old?.json === json) return [block.block_id, old];
      const made = block.type === 'input' ? inputBlock(block, error) : { element: blockElement(block) };
      return [block.block_id, { json, ...made }];
    }),
  );
  arrange(
    byId('modal-body'),
    [...blocks.values()].map(({ element }) => element),
  );
  const added =
    blocks.get(next.find(({ element }) => element?.focus_on_load)?.block_id ?? '') ??
    [...blocks].find(([where, { control }]) => control && !before.has(where))?.[1];
  const invalid = dialog.querySelector('[aria-invalid]');
  const isNewError = lastErrors !== JSON.stringify(errors);
  lastErrors = JSON.stringify(errors);
  if (invalid && isNewError) focusIn(invalid);
  else if (added && (focused?.closest('.actions') || ![...before.values()].some(({ control }) => control)))
    focusIn(added.element);
  else if (!dialog.contains(document.activeElement))
    focusIn(
      document.getElementById(focused?.id ?? ''),
      added?.element,
      byId('modal-body'),
      byId('modal-buttons'),
    );
}

/**
 * Moves the focus to the first of these that is a control or has one.
 *
 * @param {(Element | null | undefined)[]} places
 */
function focusIn(...places) {
  const controls = 'input, textarea, button';
  for (const place of places) {
    const control = place?.matches(controls) ? place : place?.querySelector(controls);
    if (!(control instanceof HTMLElement)) continue;
    // The browser would scroll the control to the middle.
    control.focus({ preventScroll: true });
    (control.closest('.block') ?? control).scrollIntoView({ block: 'nearest' });
    return;
  }
}

/** The parts that all views have. */
function frame() {
  dialog.setAttribute('aria-labelledby', 'modal-title');
  return h(
    'form',
    { novalidate: true, submit: send },
    h(
      'header',
      h('span.app', { 'aria-hidden': 'true' }),
      h('h2', { id: 'modal-title' }),
      h('button.plain', { id: 'modal-x', 'aria-label': 'Close', click: close }, '×'),
    ),
    h('div.body', { id: 'modal-body' }),
    h('footer', h('div.trouble', { role: 'alert' }), h('div.buttons', { id: 'modal-buttons' })),
  );
}

/** @param {Modal} modal */
function buttons({ submit, close: closeText }) {
  return [
    h('button.button', { id: 'modal-close', click: close }, ...(closeText ? textOf(closeText) : ['Close'])),
    submit && h('button.button.primary', { type: 'submit', id: 'modal-submit' }, ...textOf(submit)),
  ];
}

/** Submits the modal. @param {Event} event */
async function send(event) {
  event.preventDefault();
  const button = document.getElementById('modal-submit');
  if (!button || busy) return;
  busy = true;
  button.classList.add('busy');
  button.setAttribute('aria-disabled', 'true');
  dialog.querySelector('.trouble')?.replaceChildren();
  const result = await actInOrder({ do: 'submit' }).catch((error) => ({ error: String(error) }));
  busy = false;
  button.classList.remove('busy');
  button.removeAttribute('aria-disabled');
  if (!result.ok && result.error !== 'client_refused') {
    notify(`We had some trouble connecting (${result.error}). Try again?`);
  }
}
