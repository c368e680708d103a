import { randomBytes } from 'node:crypto';
import { isObject } from './check.ts';
import type { Block, BlockElement, Element, Json, Text, Value, Values, View } from './types.ts';

/** The IDs of a view. */
export interface ViewIds {
  id: string;
  teamId: string;
  appId: string;
  botId: string;
  rootViewId?: string;
  previousViewId?: string;
}

/** A valid view from the bot. */
interface SentView {
  type: View['type'];
  /** A home tab has none. */
  title?: Text;
  submit?: Text;
  close?: Text;
  callback_id?: string;
  external_id?: string;
  private_metadata?: string;
  clear_on_close?: boolean;
  notify_on_close?: boolean;
  blocks: unknown[];
}

/**
 * Adds missing IDs and default values. Generated IDs are random, so a block without an ID loses its input
 * when the view is updated.
 *
 * @param blocks must have passed `checkView` or `checkMessage`
 */
export function completeBlocks(blocks: readonly unknown[]): Block[] {
  // The validator guarantees these types.
  return blocks.filter(isObject).map((sent) => {
    const block = withDefaults(sent) as unknown as Block;
    block.block_id ??= shortId();
    for (const element of elementsOf(block)) if (element.type !== 'image') element.action_id ??= shortId();
    return block;
  });
}

function shortId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}

/** Adds Slack's default values to all text objects in a value. */
export function withDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDefaults);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withDefaults(field)]));
  if (copy.type === 'plain_text') copy.emoji ??= true;
  if (copy.type === 'mrkdwn') copy.verbatim ??= false;
  return copy;
}

/** The interactive elements of a block. */
function elementsOf(block: Block): Element[] {
  if (block.element) return [block.element];
  if (block.accessory) return [block.accessory];
  return block.type === 'actions' ? (block.elements ?? []) : [];
}

/** All interactive elements, each with its block. */
export function blockElements(blocks: Block[]): BlockElement[] {
  return blocks.flatMap((block) => elementsOf(block).map((element) => ({ block, element })));
}

/** All options of a static select, including those in groups. */
export function optionsOf(element: Element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** The initial value of an input. Undefined for other elements, such as buttons. */
function initialValue(element: Element, conversation: string | undefined): Value | undefined {
  const { type } = element;
  switch (type) {
    case 'plain_text_input':
    case 'url_text_input':
      return { type, value: element.initial_value || null };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'conversations_select': {
      const current = element.default_to_current_conversation ? conversation : undefined;
      return { type, selected_conversation: element.initial_conversation ?? current ?? null };
    }
    default:
      return undefined;
  }
}

/** Removes options from a value that the element no longer offers. */
function keepOffered(element: Element, value: Value): Value {
  if (!element.options && !element.option_groups) return value;
  const offered = (option: { value: string }) => optionsOf(element).find((one) => one.value === option.value);
  if (value.selected_options)
    return { ...value, selected_options: value.selected_options.flatMap((one) => offered(one) ?? []) };
  return value.selected_option
    ? { ...value, selected_option: offered(value.selected_option) ?? null }
    : value;
}

function valuesOf(
  blocks: Block[],
  before: Values,
  conversation: (element: Element) => string | undefined,
): Values {
  const values: Values = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const kept = before[block.block_id]?.[element.action_id];
      const value =
        kept?.type === element.type
          ? keepOffered(element, kept)
          : initialValue(element, conversation(element));
      if (value) values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  }
  return values;
}

/**
 * Creates the view that Slack shows for a view from the bot.
 *
 * @param before values to keep if block ID, action ID and type of an element are the same
 * @param conversation the default of an element with `default_to_current_conversation`
 */
export function renderView(
  view: Json,
  ids: ViewIds,
  before: Values,
  conversation: (element: Element) => string | undefined,
): View {
  // checkView has validated it.
  const sent = view as unknown as SentView;
  const blocks = completeBlocks(sent.blocks);
  // Defaults do not change the type.
  const text = (given: Text) => withDefaults(given) as Text;
  return {
    id: ids.id,
    team_id: ids.teamId,
    type: sent.type,
    root_view_id: ids.rootViewId ?? ids.id,
    previous_view_id: ids.previousViewId ?? null,
    app_id: ids.appId,
    bot_id: ids.botId,
    title: text(sent.title ?? { type: 'plain_text', text: '' }),
    submit: sent.submit ? text(sent.submit) : null,
    close: sent.close ? text(sent.close) : null,
    callback_id: sent.callback_id ?? '',
    external_id: sent.external_id ?? '',
    private_metadata: sent.private_metadata ?? '',
    clear_on_close: sent.clear_on_close ?? false,
    notify_on_close: sent.notify_on_close ?? false,
    hash: `${Math.floor(Date.now() / 1000)}.${randomBytes(4).toString('hex')}`,
    blocks,
    state: { values: valuesOf(blocks, before, conversation) },
  };
}
