// @ts-check

/** @typedef {Node | string | undefined | null | false} Child */

/**
 * Makes an element: `h('p.hint', 'Letters only')`, `h('button', { click: close }, 'Close')`.
 * Texts become text nodes, so nothing in them can be markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag | `${Tag}.${string}`} name the tag, and the classes after dots
 * @param {Child | Record<string, unknown>} [first] attributes, or the first child. Functions are listeners
 * @param {...Child} rest
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(name, first, ...rest) {
  const [tag = '', ...classes] = name.split('.');
  // The part before the dot is the tag.
  const element = document.createElement(/** @type {Tag} */ (tag));
  // Only a button that says so sends its form.
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

/** What is there of the children. @param {Child[]} children */
const nodes = (children) => children.filter((child) => typeof child === 'string' || child instanceof Node);

/**
 * The element of the page with this ID.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/** What each region shows, as JSON. @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Shows a value in a region: rendered anew only if it has changed, with the focus kept by ID.
 *
 * @template T
 * @param {Element} region
 * @param {T} value
 * @param {(value: T) => Child[]} render
 * @returns whether it had changed
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
 * Shows a list; what did not change is left alone.
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
  for (const child of [...list.children]) if (!rows.includes(child)) child.remove();
  rows.forEach((row, at) => {
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
}

/** Who acts. @type {{ person: string }} */
export const session = { person: '' };

/**
 * Sends what the person does, and gives what came of it. Throws what the page should have known better.
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
let before = Promise.resolve();

/**
 * Sends what the person does after everything that was sent this way before: what is typed arrives ahead of
 * its submission.
 *
 * @param {import('../server.ts').Action} action
 * @returns {Promise<any>}
 */
export function actInOrder(action) {
  const result = before.then(() => act(action));
  before = result.catch(() => undefined);
  return result;
}

/** Says something in passing, as Slack's own notices do: in the modal, if one is open. @param {string} sentence */
export function say(sentence) {
  const place = document.querySelector('dialog[open] .trouble') ?? byId('notice');
  const dismiss = h('button', { 'aria-label': 'Dismiss', click: () => place.replaceChildren() }, '×');
  place.replaceChildren(h('p', sentence, dismiss));
}
