// @ts-check
import { h } from './dom.js';
import { textOf } from './text.js';

/** @typedef {import('../../stand-ins/slack/server.ts').Option} Option */
/** Options, or a message if there are none. @typedef {Option[] | string} Offer */

/**
 * @typedef {object} PickerOptions
 * @property {string} id of its text input
 * @property {string} label for screen readers
 * @property {string} placeholder
 * @property {boolean} many whether several options can be selected
 * @property {boolean} clearable whether a single option can be removed
 * @property {Record<string, string>} attributes of its text input
 * @property {number} wait how long to wait for more input before searching, in milliseconds
 * @property {(typed: string) => Offer | Promise<Offer>} offer
 * @property {(values: string[]) => void} pick
 */

let lists = 0;

/**
 * A combobox: a text input with a list of options. Arrow keys move, Enter selects, Escape closes the list,
 * and Backspace removes the last option.
 *
 * @param {PickerOptions} settings
 */
export function picker({ id, label, placeholder, many, clearable, attributes, wait, offer, pick }) {
  const listId = `list-${++lists}`;
  const list = h('ul', {
    id: listId,
    class: 'options',
    role: 'listbox',
    'aria-label': label,
    hidden: true,
    mousedown: hold,
  });
  const input = h('input', {
    id,
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    placeholder,
    ...attributes,
    input: () => open(),
    click: start,
    keydown,
    blur: () => close(),
  });
  const chips = h('span.chips');
  const clear = h(
    'button.clear',
    { 'aria-label': `Clear ${label}`, hidden: true, click: () => take([]) },
    '×',
  );
  const box = h(
    'div',
    { class: `picker ${many ? 'many' : ''}`, mousedown: focusInput },
    chips,
    input,
    clear,
    h('span.caret', { 'aria-hidden': 'true' }),
    list,
  );

  /** @type {Option[]} */
  let picked = [];
  /** @type {Option[]} */
  let offered = [];
  let current = -1;
  let lastSearch = 0;
  /** Settles when no mouse button is down on the list. */
  let released = Promise.resolve();

  /** Keeps the focus in the input, and the list as it is until the click is over. @param {MouseEvent} event */
  function hold(event) {
    event.preventDefault();
    released = new Promise((resolve) => {
      // The click event follows.
      window.addEventListener('mouseup', () => setTimeout(resolve), { once: true });
    });
  }

  /** Opens the list of all options. Typing replaces the selected text. */
  function start() {
    if (!list.hidden) return;
    if (!many) input.select();
    open();
  }

  /** @param {MouseEvent} event */
  function focusInput(event) {
    if (event.target === input || (event.target instanceof Element && event.target.closest('button, li')))
      return;
    event.preventDefault();
    input.focus();
    if (list.hidden) start();
    else close();
  }

  async function open() {
    const search = ++lastSearch;
    const typed = many || !picked[0] || input.value !== picked[0].text.text ? input.value : '';
    // Enter must not select an option of an earlier search.
    offered = [];
    list.classList.toggle('stale', !list.hidden);
    if (list.hidden) {
      showMessage('Searching…');
    }
    place();
    if (typed) await new Promise((resolve) => setTimeout(resolve, wait));
    if (search !== lastSearch) return;
    const answer = await Promise.resolve(offer(typed)).catch((error) => String(error));
    await released;
    if (search !== lastSearch) return;
    offered = typeof answer === 'string' ? [] : answer;
    list.classList.remove('stale');
    if (typeof answer === 'string' || offered.length === 0)
      showMessage(typeof answer === 'string' ? answer : 'No results');
    else list.replaceChildren(...offered.map(row));
    move(picked[0] && !many ? offered.findIndex(({ value }) => value === picked[0]?.value) : 0);
  }

  /** @param {string} text */
  function showMessage(text) {
    offered = [];
    list.replaceChildren(h('li.sentence', { role: 'option', 'aria-disabled': 'true' }, text));
  }

  /** @param {Option} option @param {number} at */
  function row(option, at) {
    const selected = picked.some(({ value }) => value === option.value);
    return h(
      'li',
      {
        id: `${listId}-${at}`,
        role: 'option',
        'aria-selected': String(selected),
        // The option that is seen, even if a newer search is on its way.
        click: () => choose(option),
      },
      h('span', ...textOf(option.text)),
      option.description && h('small', ...textOf(option.description)),
    );
  }

  /** Opens the list below the input, or above it if there is more space. Follows the input when the page scrolls. */
  function place() {
    if (!box.isConnected) return close();
    list.hidden = false;
    window.addEventListener('resize', place);
    window.addEventListener('scroll', place, true);
    input.setAttribute('aria-expanded', 'true');
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const below = window.innerHeight - bottom;
    const above = below < 220 && top > below;
    Object.assign(list.style, {
      left: `${left}px`,
      width: `${right - left}px`,
      maxHeight: `${Math.min(280, (above ? top : below) - 16)}px`,
      top: above ? 'auto' : `${bottom + 4}px`,
      bottom: above ? `${window.innerHeight - top + 4}px` : 'auto',
    });
  }

  function close() {
    lastSearch += 1;
    list.hidden = true;
    window.removeEventListener('resize', place);
    window.removeEventListener('scroll', place, true);
    offered = [];
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    input.value = many ? '' : (picked[0]?.text.text ?? '');
  }

  /** @param {number} to */
  function move(to) {
    current = Math.max(0, Math.min(to, offered.length - 1));
    for (const [at, one] of [...list.children].entries()) one.classList.toggle('current', at === current);
    list.children[current]?.scrollIntoView({ block: 'nearest' });
    if (offered.length > 0) input.setAttribute('aria-activedescendant', `${listId}-${current}`);
  }

  /** @param {Option | undefined} option */
  function choose(option) {
    if (!option) return;
    const without = picked.filter(({ value }) => value !== option.value);
    take(many ? (without.length < picked.length ? without : [...picked, option]) : [option]);
  }

  /** @param {Option[]} options */
  function take(options) {
    update(options);
    pick(options.map(({ value }) => value));
    close();
    input.focus();
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    const { key } = event;
    const isOpen = !list.hidden;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (isOpen) move(current + (key === 'ArrowDown' ? 1 : -1));
      else start();
    } else if (key === 'Enter') {
      if (isOpen) choose(offered[current]);
      else start();
    } else if (key === 'Escape' && isOpen) {
      close();
      event.stopPropagation();
    } else if (key === 'Backspace' && many && !input.value && picked.length > 0) take(picked.slice(0, -1));
    else return;
    event.preventDefault();
  }

  /** Shows the selected options. @param {Option[]} options */
  function update(options) {
    picked = options;
    if (many) {
      chips.replaceChildren(
        ...picked.map((one) =>
          h(
            'span.chip',
            ...textOf(one.text),
            h(
              'button',
              {
                tabindex: '-1',
                'aria-label': `Remove ${one.text.text}`,
                click: () => take(picked.filter((other) => other !== one)),
              },
              '×',
            ),
          ),
        ),
      );
      input.placeholder = picked.length > 0 ? '' : placeholder;
    } else if (list.hidden) input.value = picked[0]?.text.text ?? '';
    clear.hidden = many || !clearable || picked.length === 0;
  }

  return { element: box, update };
}
