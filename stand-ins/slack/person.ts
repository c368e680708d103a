import { checkMessage, checkSuggestions } from './block-kit.ts';
import { isObject } from './check.ts';
import type { EnvelopeType } from './delivery.ts';
import type {
  Block,
  Channel,
  Confirm,
  Delivery,
  Element,
  Json,
  Message,
  Option,
  Value,
  View,
} from './types.ts';
import { elementsOf, optionsOf, withDefaults } from './views.ts';
import { Refusal, type World } from './world.ts';

/** Slack's own, where an external select does not say: shorter words are not looked up. */
const MIN_QUERY_LENGTH = 3;

/** What came of typing into an external select; `ack` is the bot's answer as it was, groups included. */
export type Suggested =
  | { ok: true; options: Option[]; ack: Json; ms: number }
  | { ok: false; error: string; ms: number };

/** What to pick in an external select: by the whole text or value, after typing that or something shorter. */
export type Choice = string | { type: string; take: string };

/** What a person needs of the Slack around. */
export interface Surroundings {
  world: World;
  commandName: string;
  /** What stands before the path of a `response_url`. */
  origin(): string;
  deliver(type: EnvelopeType, payload: Json): Promise<Delivery>;
}

interface Place {
  block: Block;
  element: Element;
}

/**
 * One person at Slack's client. What a person cannot do there (choose what is not offered, press a button
 * that is not shown) throws; how the bot took what the person did is the result.
 */
export class Person {
  readonly id: string;
  /** What stands in red under the inputs of the modal, by block ID. */
  errors: Record<string, string> = {};
  /** The confirmation dialogs this person has said yes to. */
  readonly confirmed: Confirm[] = [];
  readonly #around: Surroundings;
  readonly #world: World;
  /** What external selects were given so far, newest first, by action ID. */
  readonly #suggested = new Map<string, Option[]>();

  constructor(id: string, around: Surroundings) {
    if (!around.world.users.has(id)) throw new Error(`There is no user ${id}`);
    this.id = id;
    this.#around = around;
    this.#world = around.world;
  }

  // ------------------------------------------------------------------------------------- conversations

  /** Turns to a conversation, without doing anything there. */
  goTo(channelId: string): void {
    const channel = this.#channel(channelId);
    if (!this.#world.canSee(this.id, channel)) throw new Error(`${this.id} does not see ${channelId}`);
    this.#world.viewing.set(this.id, channelId);
  }

  /** The conversations that this person sees in the client. */
  get conversations(): Channel[] {
    return [...this.#world.channels.values()].filter((channel) => this.#world.canSee(this.id, channel));
  }

  /** Sends the slash command with a text after it, in a conversation. */
  async command(channelId: string, text = ''): Promise<Delivery> {
    this.goTo(channelId);
    const channel = this.#channel(channelId);
    const { user_id, user_name, team_id } = this.#command();
    const delivery = await this.#around.deliver('slash_commands', {
      token: this.#world.verificationToken,
      team_id,
      team_domain: this.#world.teamDomain,
      channel_id: channel.id,
      channel_name: nameInCommands(channel),
      user_id,
      user_name,
      command: this.#around.commandName,
      text,
      api_app_id: this.#world.appId,
      is_enterprise_install: 'false',
      response_url: this.#responseUrl(channel.id),
      trigger_id: this.#world.newTrigger(this.id),
    });
    return this.#showAck(channel, delivery);
  }

  /** Uses a global shortcut: it says nothing of where the person is. */
  shortcut(callbackId: string): Promise<Delivery> {
    return this.#interact({
      type: 'shortcut',
      callback_id: callbackId,
      action_ts: this.#world.newTs(),
      trigger_id: this.#world.newTrigger(this.id),
    });
  }

  /** The messages of a conversation that this person sees, oldest first. */
  sees(channelId: string): Message[] {
    if (!this.#world.canSee(this.id, this.#channel(channelId))) return [];
    return this.#world.messages.filter(
      ({ channel, visibleTo, deleted }) =>
        channel === channelId && !deleted && (visibleTo === undefined || visibleTo === this.id),
    );
  }

  /** Takes an ephemeral message away from the screen, as "Dismiss message" and a reload of Slack do. */
  dismiss(message: Message): void {
    if (!this.sees(message.channel).includes(message) || message.stored)
      throw new Error(`${this.id} has no such message to dismiss`);
    message.deleted = true;
  }

  /**
   * Presses a button, named by its action ID or text: in the modal if one is open, else in the newest
   * message that shows it, or in the message given. A block ID tells apart buttons of one name.
   */
  press(button: string, message?: Message, blockId?: string): Promise<Delivery> {
    const matches = ({ block, element }: Place) =>
      element.type === 'button' &&
      (element.action_id === button || element.text?.text === button) &&
      (blockId === undefined || block.block_id === blockId);
    const view = message ? undefined : this.modal;
    if (view) return this.#act(places(view.blocks).find(matches), button, view);

    const shown = message ? [message] : this.#world.messages.toReversed();
    for (const one of shown.filter((each) => this.sees(each.channel).includes(each))) {
      const place = places(one.blocks).find(matches);
      if (place) return this.#act(place, button, one);
    }
    throw new Error(`${this.id} sees no message with a button "${button}"`);
  }

  #act(place: Place | undefined, name: string, where: View | Message): Promise<Delivery> {
    if (!place) throw new Error(`There is no button "${name}" in the modal`);
    const { text, value, confirm } = place.element;
    if (confirm) this.confirmed.push(confirm);
    return this.#blockActions(place, { text, ...(value !== undefined && { value }) }, where);
  }

  // ------------------------------------------------------------------------------------------ the modal

  /** The modal that is open, the topmost of a stack. */
  get modal(): View | undefined {
    return this.#world.modals.get(this.id)?.at(-1);
  }

  /** Closes the modal, as its close button does. The bot hears of it only if it wants to. */
  async close(): Promise<Delivery> {
    const view = this.#view();
    if (view.clear_on_close) this.#world.modals.delete(this.id);
    else this.#take(view);
    this.errors = {};
    if (!view.notify_on_close) return { ok: true, ms: 0 };
    return this.#interact({ type: 'view_closed', view, is_cleared: view.clear_on_close });
  }

  /** Types a text into an input, in place of what stood there. Inputs go by block ID or action ID. */
  async type(where: string, text: string): Promise<Delivery> {
    const place = this.#find(where, 'plain_text_input', 'url_text_input');
    return this.#set(place, { type: place.element.type, value: text || null });
  }

  /** What stands in an input. */
  value(where: string): Value {
    const { block, element } = this.#find(where);
    return this.#view().state.values[block.block_id]?.[element.action_id] ?? { type: element.type };
  }

  /** Chooses by value among what a select, checkboxes or a list of conversations offer. */
  async choose(where: string, values: string | readonly string[]): Promise<Delivery> {
    const place = this.#find(where);
    const { element } = place;
    const wanted = typeof values === 'string' ? [values] : values;
    if (element.type === 'conversations_select') return this.#chooseConversation(place, wanted);

    const chosen = wanted.map((value) => {
      const option = optionsOf(element).find((one) => one.value === value);
      if (option) return option;
      throw new Error(`"${where}" does not offer "${value}": ${names(optionsOf(element))}`);
    });
    return this.#select(place, chosen);
  }

  /** Types into an external select and gets what the bot suggests, once Slack finds nothing against it. */
  async suggest(where: string, typed: string): Promise<Suggested> {
    const { block, element } = this.#find(where, 'external_select', 'multi_external_select');
    if (typed.length < (element.min_query_length ?? MIN_QUERY_LENGTH))
      return { ok: false, error: 'query_too_short', ms: 0 };

    const view = this.#view();
    const delivery = await this.#interact({
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
      this.#world.violations.push(`suggestions for ${where}: ${problems.join('; ')}`);
      return { ok: false, error: 'invalid_options', ms };
    }
    // The validator has passed them.
    const kept = withDefaults(ack) as Pick<Element, 'options' | 'option_groups'>;
    const options = optionsOf({ type: element.type, action_id: '', ...kept });
    this.#suggested.set(element.action_id, [...options, ...(this.#suggested.get(element.action_id) ?? [])]);
    return { ok: true, options, ack, ms };
  }

  /**
   * Picks by value in an external select, in place of what was picked: out of what `suggest` has given, and
   * of what is picked already.
   */
  async take(where: string, values: readonly string[]): Promise<Delivery> {
    const place = this.#find(where, 'external_select', 'multi_external_select');
    const { selected_option, selected_options = [] } = this.value(where);
    const offered = [...(this.#suggested.get(place.element.action_id) ?? []), ...selected_options];
    if (selected_option) offered.push(selected_option);
    const chosen = values.map((value) => {
      const option = offered.find((one) => one.value === value);
      if (option) return option;
      throw new Error(`"${where}" did not suggest "${value}": ${names(offered)}`);
    });
    return this.#select(place, chosen);
  }

  /** What a list of conversations offers. */
  offered(where: string): Channel[] {
    const { element } = this.#find(where, 'conversations_select');
    return this.conversations.filter((channel) => this.#world.offers(element, channel, this.id));
  }

  /** Picks in an external select, out of what the bot suggests, in addition to what is picked already. */
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

  /** Empties an input. */
  async unpick(where: string): Promise<Delivery> {
    const place = this.#find(where);
    const { type, ...value } = this.value(where);
    const empty = Object.keys(value).map((name) => [name, name === 'selected_options' ? [] : null] as const);
    return this.#set(place, { type, ...Object.fromEntries(empty) });
  }

  /**
   * Submits the modal. What Slack's client refuses by itself is not sent, the result is `client_refused`;
   * its words, or the bot's, stand in `errors` then.
   */
  async submit(): Promise<Delivery> {
    const view = this.#view();
    if (!view.submit) throw new Error('The modal has no submit button');
    this.errors = Object.fromEntries(
      view.blocks.flatMap((block) => {
        const error = this.#clientError(block);
        return error ? [[block.block_id, error] as const] : [];
      }),
    );
    if (Object.keys(this.errors).length > 0) return { ok: false, error: 'client_refused', ms: 0 };

    const delivery = await this.#interact({
      type: 'view_submission',
      trigger_id: this.#world.newTrigger(this.id),
      view,
      response_urls: this.#responseUrls(view),
    });
    return delivery.ok ? this.#obey(view, delivery) : delivery;
  }

  // ---------------------------------------------------------------------------------------- what is sent

  #interact(payload: Json): Promise<Delivery> {
    const { user_id: id, user_name: name, team_id } = this.#command();
    return this.#around.deliver('interactive', {
      token: this.#world.verificationToken,
      api_app_id: this.#world.appId,
      team: { id: this.#world.teamId, domain: this.#world.teamDomain },
      enterprise: null,
      is_enterprise_install: false,
      user: { id, username: name, name, team_id },
      ...payload,
    });
  }

  /** Who this is, as a command says it. The team is the person's own, also in a shared channel. */
  #command() {
    const user = this.#world.users.get(this.id);
    return {
      user_id: this.id,
      user_name: user?.name.toLowerCase().replaceAll(' ', '.') ?? '',
      team_id: user?.teamId ?? this.#world.teamId,
    };
  }

  #blockActions({ block, element }: Place, holds: Json, where: View | Message): Promise<Delivery> {
    const { type, action_id } = element;
    const common = {
      type: 'block_actions',
      trigger_id: this.#world.newTrigger(this.id),
      actions: [{ type, action_id, block_id: block.block_id, ...holds, action_ts: this.#world.newTs() }],
    };
    if ('hash' in where)
      return this.#interact({ ...common, container: { type: 'view', view_id: where.id }, view: where });

    const { ts, text, blocks, stored } = where;
    const channel = this.#channel(where.channel);
    return this.#interact({
      ...common,
      container: { type: 'message', message_ts: ts, channel_id: channel.id, is_ephemeral: !stored },
      channel: { id: channel.id, name: nameInCommands(channel) },
      state: { values: {} },
      response_url: this.#responseUrl(channel.id, where.id),
      ...(stored && { message: { type: 'message', ts, text, blocks, bot_id: this.#world.botId } }),
    });
  }

  #responseUrl(channel: string, original?: string): string {
    return this.#around.origin() + this.#world.newResponseUrl(channel, this.id, original);
  }

  #responseUrls(view: View): Json[] {
    return places(view.blocks).flatMap(({ block, element }) => {
      if (!element.response_url_enabled) return [];
      const channel_id = this.value(block.block_id).selected_conversation;
      if (!channel_id) return [];
      const { action_id } = element;
      return [
        { block_id: block.block_id, action_id, channel_id, response_url: this.#responseUrl(channel_id) },
      ];
    });
  }

  // ----------------------------------------------------------------------------------- what comes of it

  /** A command may be answered in its acknowledgement. */
  #showAck(channel: Channel, delivery: Delivery): Delivery {
    if (!delivery.ok || !isObject(delivery.ack)) return delivery;
    const problems = checkMessage(delivery.ack);
    if (problems.length > 0) {
      this.#world.violations.push(`acknowledgement of a command: ${problems.join('; ')}`);
      return { ok: false, error: 'invalid_command_response', ms: delivery.ms };
    }
    const stored = delivery.ack.response_type === 'in_channel';
    const to = { channel: channel.id, stored, via: 'ack', ...(!stored && { visibleTo: this.id }) } as const;
    this.#world.post(to, delivery.ack);
    return delivery;
  }

  /** Does what the acknowledgement of a submission says. */
  #obey(view: View, delivery: Delivery & { ok: true }): Delivery {
    const ack = isObject(delivery.ack) ? delivery.ack : {};
    try {
      switch (ack.response_action) {
        case undefined:
          if (Object.keys(ack).length > 0) throw new Refusal('invalid_response_action');
          this.#take(view);
          break;
        case 'errors':
          this.errors = errorsFor(view, ack.errors);
          break;
        case 'update':
          this.#world.updateView(view.id, ack.view);
          break;
        case 'push':
          this.#world.pushView(this.id, ack.view);
          break;
        case 'clear':
          this.#world.modals.delete(this.id);
          break;
        default:
          throw new Refusal('invalid_response_action');
      }
      return delivery;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#world.violations.push([`answer to a submission: ${error.message}`, ...error.messages].join('; '));
      return { ok: false, error: error.message, ms: delivery.ms };
    }
  }

  // ------------------------------------------------------------------------------------ in the modal

  #view(): View {
    if (!this.modal) throw new Error(`${this.id} has no modal open`);
    return this.modal;
  }

  #take(view: View): void {
    const left = this.#world.modals.get(this.id)?.filter((one) => one.id !== view.id) ?? [];
    if (left.length > 0) this.#world.modals.set(this.id, left);
    else this.#world.modals.delete(this.id);
  }

  #find(where: string, ...types: string[]): Place {
    const view = this.#view();
    const inputs = places(view.blocks).filter(
      ({ block, element }) => view.state.values[block.block_id]?.[element.action_id] !== undefined,
    );
    const found = inputs.filter(
      ({ block, element }) => block.block_id === where || element.action_id === where,
    );
    const [place] = found;
    if (!place || found.length > 1) {
      const there = inputs.map(({ block }) => block.block_id).join(', ');
      throw new Error(`The modal has ${found.length} inputs "${where}"; there are: ${there}`);
    }
    if (types.length > 0 && !types.includes(place.element.type))
      throw new Error(`"${where}" is a ${place.element.type}, not a ${types.join(' or ')}`);
    return place;
  }

  #channel(id: string): Channel {
    const channel = this.#world.channels.get(id);
    if (!channel) throw new Error(`There is no conversation ${id}`);
    return channel;
  }

  #chooseConversation(place: Place, [id, ...more]: readonly string[]): Promise<Delivery> {
    if (!id || more.length > 0) throw new Error('One conversation can be chosen');
    if (!this.#world.offers(place.element, this.#channel(id), this.id))
      throw new Error(`"${place.block.block_id}" does not offer the conversation ${id}`);
    return this.#set(place, { type: place.element.type, selected_conversation: id });
  }

  #select(place: Place, chosen: Option[]): Promise<Delivery> {
    const { type, max_selected_items = Number.POSITIVE_INFINITY } = place.element;
    const several = type === 'checkboxes' || type.startsWith('multi_');
    if (several && chosen.length <= max_selected_items)
      return this.#set(place, { type, selected_options: chosen });
    const [option] = chosen;
    if (several || !option || chosen.length > 1)
      throw new Error(`"${place.block.block_id}" does not take ${chosen.length} options`);
    return this.#set(place, { type, selected_option: option });
  }

  /** Keeps a value, and tells the bot where it wants to know at once. */
  async #set(place: Place, value: Value): Promise<Delivery> {
    const view = this.#view();
    const { block, element } = place;
    view.state.values[block.block_id] = {
      ...view.state.values[block.block_id],
      [element.action_id]: value,
    };
    const silent = block.type === 'input' && !block.dispatch_action;
    return silent ? { ok: true, ms: 0 } : this.#blockActions(place, { ...value }, view);
  }

  /** What Slack's client itself says against the content of an input. */
  #clientError({ type, block_id, optional, element }: Block): string | undefined {
    if (type !== 'input' || !element) return undefined;
    const { value, selected_option, selected_options, selected_conversation } = this.value(block_id);
    if (!(value || selected_option || selected_options?.length || selected_conversation))
      return optional ? undefined : 'Please complete this required field.';
    if (!value) return undefined;
    const { min_length = 0, max_length = 3000 } = element;
    if (value.length < min_length) return `Enter at least ${min_length} characters.`;
    if (value.length > max_length) return `Enter at most ${max_length} characters.`;
    if (element.type === 'url_text_input' && !URL.canParse(value)) return 'Enter a valid URL.';
    return undefined;
  }
}

function places(blocks: Block[]): Place[] {
  return blocks.flatMap((block) => elementsOf(block).map((element) => ({ block, element })));
}

function names(options: Option[]): string {
  return options.map(({ text, value }) => `${text.text} (${value})`).join(', ') || 'nothing';
}

/** What commands and clicks call a conversation: the names of private ones are kept back. */
function nameInCommands({ kind, name }: Channel): string {
  if (kind === 'im') return 'directmessage';
  return kind === 'private' ? 'privategroup' : name;
}

/** Errors can stand under input blocks only. @throws Refusal for any other */
function errorsFor(view: View, errors: unknown): Record<string, string> {
  if (!isObject(errors) || Object.keys(errors).length === 0) throw new Refusal('invalid_errors');
  const inputs = new Set(view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id));
  return Object.fromEntries(
    Object.entries(errors).map(([block, error]) => {
      if (!inputs.has(block)) throw new Refusal('invalid_errors', [`${block} is no input block of the view`]);
      if (typeof error !== 'string' || !error) throw new Refusal('invalid_errors', [`${block} has no text`]);
      return [block, error];
    }),
  );
}
