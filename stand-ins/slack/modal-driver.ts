import { setTimeout as sleep } from 'node:timers/promises';
import { checkSuggestions } from './block-kit.ts';
import { isObject } from './check.ts';
import { SlackError } from './error.ts';
import { clientError, inputErrors } from './input-errors.ts';
import { type ClientContext, Interactions } from './interactions.ts';
import type { BlockElement, Channel, Delivery, Element, Json, Option, Value, View } from './types.ts';
import { blockElements, optionsOf, withDefaults } from './views.ts';
import type { Workspace } from './workspace.ts';

/** Slack's default for external selects. */
const MIN_QUERY_LENGTH = 3;

/** How long a user waits for an input that the bot shows after a change of another one. */
const INPUT_WAIT_MS = 10_000;

/** The bot's suggestions for an external select. `ack` is its whole response. */
export type Suggested =
  | { ok: true; options: Option[]; ack: Json; ms: number }
  | { ok: false; error: string; ms: number };

/** An option's text or value, and what to type to find it if that differs. */
export type Choice = string | { type: string; take: string };

/** Fills in and submits modals, as a user does. Inputs are found by block ID or action ID. */
export class ModalDriver {
  readonly id: string;
  /** The error messages of the modal's inputs, by block ID. */
  errors: Record<string, string> = {};
  protected readonly workspace: Workspace;
  protected readonly interactions: Interactions;
  /** The options that external selects suggested, newest first, by action ID. */
  readonly #suggested = new Map<string, Option[]>();

  constructor(id: string, context: ClientContext) {
    if (!context.workspace.users.has(id)) throw new Error(`There is no user ${id}`);
    this.id = id;
    this.workspace = context.workspace;
    this.interactions = new Interactions(id, context);
  }

  /** The conversations that the user sees. */
  get conversations(): Channel[] {
    return [...this.workspace.channels.values()].filter((channel) => this.workspace.canSee(this.id, channel));
  }

  /** The topmost open modal. */
  get modal(): View | undefined {
    return this.workspace.modals.get(this.id)?.at(-1);
  }

  /** Closes the modal. The bot is told only if the view sets `notify_on_close`. */
  async close(): Promise<Delivery> {
    const view = this.#view();
    if (view.clear_on_close) this.workspace.modals.delete(this.id);
    else this.#remove(view);
    this.errors = {};
    if (!view.notify_on_close) return { ok: true, ms: 0 };
    return this.interactions.send({ type: 'view_closed', view, is_cleared: view.clear_on_close });
  }

  /** Replaces the text of an input. */
  async type(where: string, text: string): Promise<Delivery> {
    const input = await this.#findShown(where, 'plain_text_input', 'url_text_input');
    return this.#set(input, { type: input.element.type, value: text || null });
  }

  value(where: string): Value {
    const { block, element } = this.#find(where);
    return this.#view().state.values[block.block_id]?.[element.action_id] ?? { type: element.type };
  }

  /** Selects by value in a static select, checkboxes, radio buttons or a list of conversations. */
  async choose(where: string, values: string | readonly string[]): Promise<Delivery> {
    const input = await this.#findShown(where);
    const wanted = typeof values === 'string' ? [values] : values;
    if (input.element.type === 'conversations_select') return this.#selectConversation(input, wanted);
    const options = optionsOf(input.element);
    return this.#select(input, findOptions(options, wanted, `"${where}" does not offer`));
  }

  /** Types into an external select, and returns the bot's suggestions. */
  async suggest(where: string, typed: string): Promise<Suggested> {
    const { block, element } = await this.#findShown(where, 'external_select', 'multi_external_select');
    if (typed.length < (element.min_query_length ?? MIN_QUERY_LENGTH))
      return { ok: false, error: 'query_too_short', ms: 0 };

    const view = this.#view();
    const delivery = await this.interactions.send({
      type: 'block_suggestion',
      container: { type: 'view', view_id: view.id },
      action_id: element.action_id,
      block_id: block.block_id,
      value: typed,
      view,
    });
    if (!delivery.ok) return delivery;
    const { ack, ms } = delivery;
    const problems = checkSuggestions(ack ?? {});
    if (problems.length > 0 || !isObject(ack)) {
      this.workspace.violations.push(`suggestions for ${where}: ${problems.join('; ')}`);
      return { ok: false, error: 'invalid_options', ms };
    }
    // checkSuggestions has validated them.
    const suggestions = withDefaults(ack) as Pick<Element, 'options' | 'option_groups'>;
    const options = optionsOf({ type: element.type, action_id: '', ...suggestions });
    this.#suggested.set(element.action_id, [...options, ...(this.#suggested.get(element.action_id) ?? [])]);
    return { ok: true, options, ack, ms };
  }

  /** Replaces the selection of an external select. Values must be selected already, or suggested before. */
  async select(where: string, values: readonly string[]): Promise<Delivery> {
    const input = await this.#findShown(where, 'external_select', 'multi_external_select');
    const { selected_option, selected_options = [] } = this.value(where);
    const offered = [...(this.#suggested.get(input.element.action_id) ?? []), ...selected_options];
    if (selected_option) offered.push(selected_option);
    return this.#select(input, findOptions(offered, values, `"${where}" did not suggest`));
  }

  /** The conversations that an input offers. */
  offered(where: string): Channel[] {
    const { element } = this.#find(where, 'conversations_select');
    return this.conversations.filter((channel) => this.workspace.offers(element, channel, this.id));
  }

  /** Types into an external select and adds suggested options to its selection. */
  async pick(where: string, ...choices: Choice[]): Promise<Delivery> {
    const found: Option[] = [];
    for (const choice of choices) {
      const { type, take } = typeof choice === 'string' ? { type: choice, take: choice } : choice;
      const suggested = await this.suggest(where, type);
      if (!suggested.ok) throw new Error(`No suggestions for "${type}" in "${where}": ${suggested.error}`);
      const option = suggested.options.find((one) => one.text.text === take || one.value === take);
      if (!option) throw new Error(`"${where}" does not suggest "${take}": ${names(suggested.options)}`);
      found.push(option);
    }
    const before = this.value(where).selected_options ?? [];
    return this.#select(this.#find(where), [...before, ...found]);
  }

  /** Clears an input. */
  async clear(where: string): Promise<Delivery> {
    const input = await this.#findShown(where);
    const { type, ...value } = this.value(where);
    const empty = Object.keys(value).map((name) => [name, name === 'selected_options' ? [] : null] as const);
    return this.#set(input, { type, ...Object.fromEntries(empty) });
  }

  /**
   * Submits the modal. If Slack's client rejects an input, nothing is sent and the result is
   * `client_refused`. Error messages from the client or the bot are in `errors`.
   */
  async submit(): Promise<Delivery> {
    const view = this.#view();
    if (!view.submit) throw new Error('The modal has no submit button');
    this.errors = Object.fromEntries(
      view.blocks.flatMap((block) => {
        const error = block.type === 'input' ? clientError(block, this.value(block.block_id)) : undefined;
        return error ? [[block.block_id, error] as const] : [];
      }),
    );
    if (Object.keys(this.errors).length > 0) return { ok: false, error: 'client_refused', ms: 0 };

    const delivery = await this.interactions.send({
      type: 'view_submission',
      trigger_id: this.workspace.newTrigger(this.id),
      view,
      response_urls: this.#responseUrls(view),
    });
    return delivery.ok ? this.#applyResponse(view, delivery) : delivery;
  }

  #responseUrls(view: View): Json[] {
    return blockElements(view.blocks).flatMap(({ block: { block_id }, element }) => {
      if (!element.response_url_enabled) return [];
      const channel_id = this.value(block_id).selected_conversation;
      if (!channel_id) return [];
      const response_url = this.interactions.responseUrl(channel_id);
      return [{ block_id, action_id: element.action_id, channel_id, response_url }];
    });
  }

  /** Applies the `response_action` of a submission. */
  #applyResponse(view: View, delivery: Delivery & { ok: true }): Delivery {
    const ack = isObject(delivery.ack) ? delivery.ack : {};
    try {
      switch (ack.response_action) {
        case undefined:
          if (Object.keys(ack).length > 0) throw new SlackError('invalid_response_action');
          this.#remove(view);
          break;
        case 'errors':
          this.errors = inputErrors(view, ack.errors);
          break;
        case 'update':
          this.workspace.updateView(view.id, ack.view);
          break;
        case 'push':
          this.workspace.pushView(this.id, ack.view);
          break;
        case 'clear':
          this.workspace.modals.delete(this.id);
          break;
        default:
          throw new SlackError('invalid_response_action');
      }
      return delivery;
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      const { message, details } = error;
      this.workspace.violations.push([`response to a submission: ${message}`, ...details].join('; '));
      return { ok: false, error: message, ms: delivery.ms };
    }
  }

  #view(): View {
    if (!this.modal) throw new Error(`${this.id} has no open modal`);
    return this.modal;
  }

  #remove(view: View): void {
    const left = this.workspace.modals.get(this.id)?.filter((one) => one.id !== view.id) ?? [];
    if (left.length > 0) this.workspace.modals.set(this.id, left);
    else this.workspace.modals.delete(this.id);
  }

  /** Waits until the modal has the input. */
  async #findShown(where: string, ...types: string[]): Promise<BlockElement> {
    const deadline = Date.now() + INPUT_WAIT_MS;
    const isShown = () =>
      blockElements(this.#view().blocks).some(
        ({ block, element }) => block.block_id === where || element.action_id === where,
      );
    while (!isShown() && Date.now() < deadline) await sleep(5);
    return this.#find(where, ...types);
  }

  #find(where: string, ...types: string[]): BlockElement {
    const view = this.#view();
    const inputs = blockElements(view.blocks).filter(
      ({ block, element }) => view.state.values[block.block_id]?.[element.action_id] !== undefined,
    );
    const found = inputs.filter(
      ({ block, element }) => block.block_id === where || element.action_id === where,
    );
    const [input] = found;
    if (!input || found.length > 1) {
      const all = inputs.map(({ block }) => block.block_id).join(', ');
      throw new Error(`The modal has ${found.length} inputs "${where}"; its inputs are: ${all}`);
    }
    if (types.length > 0 && !types.includes(input.element.type))
      throw new Error(`"${where}" is a ${input.element.type}, not a ${types.join(' or ')}`);
    return input;
  }

  #selectConversation(input: BlockElement, [id, ...more]: readonly string[]): Promise<Delivery> {
    if (!id || more.length > 0) throw new Error('Exactly one conversation must be chosen');
    if (!this.workspace.offers(input.element, this.workspace.channel(id), this.id))
      throw new Error(`"${input.block.block_id}" does not offer the conversation ${id}`);
    return this.#set(input, { type: input.element.type, selected_conversation: id });
  }

  #select(input: BlockElement, options: Option[]): Promise<Delivery> {
    const { type, max_selected_items = Number.POSITIVE_INFINITY } = input.element;
    const multiple = type === 'checkboxes' || type.startsWith('multi_');
    if (multiple && options.length <= max_selected_items)
      return this.#set(input, { type, selected_options: options });
    const [option] = options;
    if (multiple || !option || options.length > 1)
      throw new Error(`"${input.block.block_id}" does not accept ${options.length} options`);
    return this.#set(input, { type, selected_option: option });
  }

  /** Stores a value, and sends `block_actions` if the block dispatches actions. */
  async #set(input: BlockElement, value: Value): Promise<Delivery> {
    const view = this.#view();
    const { block, element } = input;
    view.state.values[block.block_id] = {
      ...view.state.values[block.block_id],
      [element.action_id]: value,
    };
    const dispatches = block.type !== 'input' || block.dispatch_action;
    return dispatches ? this.interactions.blockActions(input, { ...value }, view) : { ok: true, ms: 0 };
  }
}

function findOptions(offered: Option[], values: readonly string[], problem: string): Option[] {
  return values.map((value) => {
    const option = offered.find((one) => one.value === value);
    if (!option) throw new Error(`${problem} "${value}": ${names(offered)}`);
    return option;
  });
}

function names(options: Option[]): string {
  return options.map(({ text, value }) => `${text.text} (${value})`).join(', ') || 'nothing';
}
