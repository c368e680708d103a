import type { TicketDependencies } from '../tickets/create.ts';
import { fieldsOf, initialValues, type Values } from '../tickets/form/form.ts';
import { loadNames } from '../tickets/form/names.ts';
import { toRequest } from '../tickets/form/request.ts';
import { validateForm } from '../tickets/form/validate.ts';
import { summarize, type TicketRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import type { LinkCreator } from './link-creator.ts';
import { failure, notice } from './messages/message.ts';
import type { ReplyTarget } from './reply-target.ts';
import * as sentences from './sentences.ts';

interface Dependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  linkCreator: LinkCreator;
  sentenceContext: sentences.SentenceContext;
}

/** Replaces links: records a new one with the same values, revokes the old one, then creates the new one. */
export class LinkReplacer {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Replaces a link that the person may revoke. If the old link can't be revoked, or its values are no longer valid,
   * nothing changes.
   *
   * @throws AccessError if the person may not get a link there
   */
  async replace(record: TicketRecord, target: ReplyTarget): Promise<void> {
    const { tenant, store, access, messenger, linkCreator, sentenceContext } = this.#deps;
    const { ticket, events } = record;
    access.checkChannel(target.user, target.channel);
    const { kind, customer } = ticket;
    const isEditor = await access.isEditor(target.user);
    if (kind === 'edit' && !isEditor)
      return this.#say(target, sentences.accessSentence('editor', sentenceContext));
    const { status, isLive } = summarize(ticket, events, Date.now());
    if (status === 'revoked') return this.#say(target, sentences.alreadyRevoked(customer));
    if (!isLive) return this.#say(target, sentences.REVOKE_EXPIRED);

    await tenant.lists.profiles.load().catch(() => undefined);
    const context = { kind, isEditor, policy: tenant.policy, tenant };
    const values: Values = initialValues(context, ticket.form);
    await loadNames(tenant, values);
    const [problem] = validateForm(
      fieldsOf(context).filter(({ id }) => id !== 'conversation'),
      values,
      context,
    ).values();
    if (problem) {
      const sentence = sentences.notReplaced(customer, sentences.fieldSentence(problem, sentenceContext));
      await messenger.send(target, failure(sentence, { kind, values: ticket.form }));
      return;
    }
    await linkCreator.create({
      kind,
      isEditor,
      shape: { asksConversation: false, more: false },
      values,
      request: toRequest(values, context),
      target,
      viewId: undefined,
      // A second click finds it on record.
      submission: await store.nextSubmission(`replace ${ticket.id}`),
      metadata: '',
      replaces: [record],
    });
  }

  async #say(target: ReplyTarget, sentence: string): Promise<void> {
    await this.#deps.messenger.send(target, notice(sentence));
  }
}
