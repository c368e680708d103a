import { randomBytes } from 'node:crypto';
import { isObject } from './check.ts';
import type { Block, Element, Json, Text, Value, Values, View } from './types.ts';

/** What a view has of its own, whoever it is shown to. */
export interface ViewFrame {
  id: string;
  teamId: string;
  appId: string;
  botId: string;
  rootViewId?: string;
  previousViewId?: string;
}

/** A view as the bot sends it, once `checkView` found nothing against it. */
interface SentView {
  title: Text;
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
 * Blocks as Slack keeps them: with the IDs that the bot left out, and with `emoji` and `verbatim` filled in.
 * Generated IDs are random, so nothing typed survives an update of a block without an ID of its own.
 *
 * @param blocks must have passed `checkView` or `checkMessage`
 */
export function keptBlocks(blocks: readonly unknown[]): Block[] {
  // The validator knows the shape; the type system does not follow it there.
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

/** A value with what Slack fills in where a text object leaves it open. */
export function withDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDefaults);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withDefaults(field)]));
  if (copy.type === 'plain_text') copy.emoji ??= true;
  if (copy.type === 'mrkdwn') copy.verbatim ??= false;
  return copy;
}

/** The interactive elements of a block. */
export function elementsOf(block: Block): Element[] {
  if (block.element) return [block.element];
  if (block.accessory) return [block.accessory];
  return block.type === 'actions' ? (block.elements ?? []) : [];
}

/** All options of a select that brings its own. */
export function optionsOf(element: Element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** What an element holds when it is first shown; undefined for what holds nothing, as a button. */
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

/** What a person left in an element stays only as far as the element still offers it. */
function stillOffered(element: Element, value: Value): Value {
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
          ? stillOffered(element, kept)
          : initialValue(element, conversation(element));
      if (value) values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  }
  return values;
}

/**
 * The view that Slack shows for one that the bot sent.
 *
 * @param before the values to keep, where block ID, action ID and type of the element stay the same
 * @param conversation what `default_to_current_conversation` means for an element
 */
export function shownView(
  view: Json,
  frame: ViewFrame,
  before: Values,
  conversation: (element: Element) => string | undefined,
): View {
  // `checkView` has passed it.
  const sent = view as unknown as SentView;
  const blocks = keptBlocks(sent.blocks);
  // It only fills in; a text stays a text.
  const text = (given: Text) => withDefaults(given) as Text;
  return {
    id: frame.id,
    team_id: frame.teamId,
    type: 'modal',
    root_view_id: frame.rootViewId ?? frame.id,
    previous_view_id: frame.previousViewId ?? null,
    app_id: frame.appId,
    bot_id: frame.botId,
    title: text(sent.title),
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
