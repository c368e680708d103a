// @ts-check

/** @typedef {Node | string | undefined | null | false} Child */

/**
 * Creates an element: `h('p.hint', 'Letters only')`, `h('button', { click: close }, 'Close')`.
 * Strings become text nodes, never HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag | `${Tag}.${string}`} name the tag, and the classes after dots
 * @param {Child | Record<string, unknown>} [first] attributes and event listeners, or the first child
 * @param {...Child} rest
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(name, first, ...rest) {
  const [tag = '', ...classes] = name.split('.');
  const element = document.createElement(/** @type {Tag} */ (tag));
  // The browser's default type is submit.
  if (element instanceof HTMLButtonElement) element.type = 'button';
  if (classes.length > 0) element.className = classes.join(' ');
  const attributes = typeof first === 'object' && !(first instanceof Node) ? first : {};
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element.addEventListener(key, /** @type {EventListener} */ (value));
    else if (value !== undefined && value !== false)
      element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...nodes(attributes === first ? rest : [/** @type {Child} */ (first), ...rest]));
  return element;
}

/** Removes empty children. @param {Child[]} children */
const nodes = (children) => children.filter((child) => typeof child === 'string' || child instanceof Node);

/**
 * The element of the page with this ID.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/** The JSON of the value that each element shows. @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Renders a value if it has changed. Keeps the focus, by ID.
 *
 * @template T
 * @param {Element} region
 * @param {T} value
 * @param {(value: T) => Child[]} render
 * @returns whether it has changed
 */
export function show(region, value, render) {
  const json = JSON.stringify(value) ?? '';
  if (shown.get(region) === json) return false;
  shown.set(region, json);
  const focused = region.contains(document.activeElement) ? document.activeElement?.id : '';
  region.replaceChildren(...nodes(render(value)));
  if (focused) document.getElementById(focused)?.focus();
  return true;
}

/**
 * Renders a list. Does not touch items that have not changed.
 *
 * @template {{ id: string }} T
 * @param {Element} list
 * @param {T[]} items
 * @param {(item: T) => Child[]} render
 */
export function showList(list, items, render) {
  const before = new Map([...list.children].map((child) => [child.getAttribute('data-key'), child]));
  const rows = items.map((item) => {
    const row = before.get(item.id) ?? h('li', { 'data-key': item.id });
    show(row, item, render);
    return row;
  });
  arrange(list, rows);
}

/**
 * Makes these the children of an element. Does not touch those that stay, so they keep focus and scroll position.
 *
 * @param {Element} parent
 * @param {Element[]} children
 */
export function arrange(parent, children) {
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

/** The user who acts. @type {{ person: string }} */
export const session = { person: '' };

/**
 * Sends a user action, and returns its result. Throws if Slack's client does not allow it.
 *
 * @param {import('../server.ts').Action} action
 * @returns {Promise<any>}
 */
export async function act(action) {
  const response = await fetch('/act', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person: session.person, ...action }),
  });
  const result = await response.json();
  if (!response.ok) throw new Error(result.error);
  return result;
}

/** @type {Promise<unknown>} */
let previous = Promise.resolve();

/**
 * Sends a user action after earlier ones have finished, so that input arrives before its submission.
 *
 * @param {import('../server.ts').Action} action
 * @returns {Promise<any>}
 */
export function actInOrder(action) {
  const result = previous.then(() => act(action));
  previous = result.catch(() => undefined);
  return result;
}

/** Tells the guide what was copied. @param {string} text */
export function noteCopy(text) {
  act({ do: 'copied', text }).catch((error) => notify(String(error)));
}

/** Shows a notice, in the modal if one is open. @param {string} sentence */
export function notify(sentence) {
  const place = document.querySelector('dialog[open] .trouble') ?? byId('notice');
  const dismiss = h('button', { 'aria-label': 'Dismiss', click: () => place.replaceChildren() }, '×');
  place.replaceChildren(h('p', sentence, dismiss));
}
