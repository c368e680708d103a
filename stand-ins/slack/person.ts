import { checkMessage } from './block-kit.ts';
import { isObject } from './check.ts';
import { ModalDriver } from './modal-driver.ts';
import type { BlockElement, Channel, Confirm, Delivery, Message, View } from './types.ts';
import { blockElements } from './views.ts';

/**
 * A user of Slack's client. An action that the client does not allow throws, such as a click on a button
 * that is not shown. The result of an action is how the bot handled it.
 */
export class Person extends ModalDriver {
  /** The confirmation dialogs that this user accepted. */
  readonly confirmed: Confirm[] = [];

  /** Opens a conversation. */
  goTo(channelId: string): void {
    const channel = this.workspace.channel(channelId);
    if (!this.workspace.canSee(this.id, channel)) throw new Error(`${this.id} does not see ${channelId}`);
    this.workspace.viewing.set(this.id, channelId);
  }

  /** Sends the slash command in a conversation. */
  async command(channelId: string, text = ''): Promise<Delivery> {
    this.goTo(channelId);
    const channel = this.workspace.channel(channelId);
    return this.#postAck(channel, await this.interactions.command(channel, text));
  }

  /** Uses a global shortcut. Its payload has no conversation. */
  shortcut(callbackId: string): Promise<Delivery> {
    return this.interactions.send({
      type: 'shortcut',
      callback_id: callbackId,
      action_ts: this.workspace.newTs(),
      trigger_id: this.workspace.newTrigger(this.id),
    });
  }

  /** Opens the bot's home tab. */
  openHome(): Promise<Delivery> {
    return this.interactions.homeOpened(this.workspace.directMessages(this.id).id);
  }

  /** The bot's home tab, as this user sees it. */
  get home(): View | undefined {
    return this.workspace.homes.get(this.id);
  }

  /**
   * Clicks a button on the bot's home tab, found by action ID or text. A block ID distinguishes buttons with the same
   * name.
   */
  pressHome(button: string, blockId?: string): Promise<Delivery> {
    const { home } = this;
    const found = blockElements(home?.blocks ?? []).find(
      ({ block, element }) =>
        (element.action_id === button || element.text?.text === button) &&
        (blockId === undefined || block.block_id === blockId),
    );
    if (!home || !found) throw new Error(`${this.id} sees no home tab with a button "${button}"`);
    return this.#click(found, home);
  }

  /** The messages of a conversation that this user sees, oldest first. */
  sees(channelId: string): Message[] {
    if (!this.workspace.canSee(this.id, this.workspace.channel(channelId))) return [];
    return this.workspace.messages.filter(
      ({ channel, visibleTo, deleted }) =>
        channel === channelId && !deleted && (visibleTo === undefined || visibleTo === this.id),
    );
  }

  /** Dismisses an ephemeral message. */
  dismiss(message: Message): void {
    if (!this.sees(message.channel).includes(message) || message.stored)
      throw new Error(`${this.id} has no such message to dismiss`);
    message.deleted = true;
  }

  /**
   * Clicks a button, found by action ID or text: in the given message, or the open modal, or the newest
   * message that shows it. A block ID distinguishes buttons with the same name.
   */
  press(button: string, message?: Message, blockId?: string): Promise<Delivery> {
    const matches = ({ block, element }: BlockElement) =>
      element.type === 'button' &&
      (element.action_id === button || element.text?.text === button) &&
      (blockId === undefined || block.block_id === blockId);
    const view = message ? undefined : this.modal;
    const candidates = view ? [view] : message ? [message] : this.workspace.messages.toReversed();
    for (const container of candidates) {
      if ('channel' in container && !this.sees(container.channel).includes(container)) continue;
      const found = blockElements(container.blocks).find(matches);
      if (found) return this.#click(found, container);
    }
    throw new Error(`${this.id} sees no ${view ? 'modal' : 'message'} with a button "${button}"`);
  }

  #click(button: BlockElement, container: View | Message): Promise<Delivery> {
    const { text, value, confirm } = button.element;
    if (confirm) this.confirmed.push(confirm);
    return this.interactions.blockActions(button, { text, ...(value !== undefined && { value }) }, container);
  }

  /** Posts the message in the acknowledgement of a command. */
  #postAck(channel: Channel, delivery: Delivery): Delivery {
    if (!delivery.ok || !isObject(delivery.ack)) return delivery;
    const problems = checkMessage(delivery.ack);
    if (problems.length > 0) {
      this.workspace.violations.push(`acknowledgement of a command: ${problems.join('; ')}`);
      return { ok: false, error: 'invalid_command_response', ms: delivery.ms };
    }
    const stored = delivery.ack.response_type === 'in_channel';
    const to = { channel: channel.id, stored, via: 'ack', ...(!stored && { visibleTo: this.id }) } as const;
    this.workspace.post(to, delivery.ack);
    return delivery;
  }
}
