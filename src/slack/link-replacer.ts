import { Auth0Error } from '../auth0/errors.ts';
import { FORM_RATE_LIMIT_WAIT_MS } from '../auth0/timeouts.ts';
import { DatabaseError } from '../database/errors.ts';
import type { TicketDependencies } from '../tickets/create.ts';
import { connectionIdOf } from '../tickets/follow.ts';
import type { Follower } from '../tickets/follower.ts';
import { featuresOf } from '../tickets/form/basics.ts';
import { fieldsOf, initialValues, type Values } from '../tickets/form/form.ts';
import { loadNames } from '../tickets/form/names.ts';
import { toRequest } from '../tickets/form/request.ts';
import { validateForm } from '../tickets/form/validate.ts';
import { hasOpenDomain, summarize } from '../tickets/summary.ts';
import type { TicketRecord } from '../tickets/ticket.ts';
import type { Access } from './access.ts';
import type { Messenger } from './delivery.ts';
import type { LinkCreator, SubmittedForm } from './link-creator.ts';
import { failure, type Message, notice } from './messages/message.ts';
import type { ReplyTarget } from './reply-target.ts';
import * as sentences from './sentences.ts';

interface Dependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  linkCreator: LinkCreator;
  follower: Follower;
  sentenceContext: sentences.SentenceContext;
}

/** A link that is created without a form. */
interface Renewal {
  form: Pick<SubmittedForm, 'kind' | 'isEditor' | 'target' | 'replaces'>;
  values: Partial<Values>;
  /** The same for a second click. */
  submission: string;
  /** The message for values that are not valid. */
  refusal: (sentence: string) => Message;
}

/** More links than this for one connection are not counted. */
const MAX_LINKS = 100;

/**
 * Replaces links: records a new one with the same values, revokes the old one, then creates the new one. Also creates
 * links to continue, for what the customer has not finished.
 */
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
    const { access, store, sentenceContext } = this.#deps;
    const { ticket, events } = record;
    access.checkChannel(target.user, target.channel);
    const { kind, customer } = ticket;
    const isEditor = await access.isEditor(target.user);
    if (kind === 'edit' && !isEditor)
      return this.#say(target, sentences.accessSentence('editor', sentenceContext));
    const { status, isLive } = summarize(ticket, events, Date.now());
    if (status === 'revoked') return this.#say(target, sentences.alreadyRevoked(customer));
    if (!isLive) return this.#say(target, sentences.REVOKE_EXPIRED);

    const values = ticket.form;
    await this.#create({
      form: { kind, isEditor, target, replaces: [record] },
      values,
      // A second click finds it on record.
      submission: await store.nextSubmission(`replace ${ticket.id}`),
      refusal: (sentence) => failure(sentences.notReplaced(customer, sentence), { kind, values }),
    });
  }

  /**
   * Creates a link that only lets the customer finish what they started: enable the connection that they set up, or
   * verify its domains. The requester doesn't have to be an editor, because it reaches only what the first link
   * created.
   *
   * @throws AccessError if the person may not get a link there
   */
  async continue(record: TicketRecord, target: ReplyTarget): Promise<void> {
    const { access, store, follower } = this.#deps;
    const { customer, connection: name, profile, clients, organizations } = record.ticket;
    access.checkChannel(target.user, target.channel);
    try {
      const wait = { deadline: Date.now() + FORM_RATE_LIMIT_WAIT_MS };
      const { record: current, state } = await follower.look(record, wait);
      const { connection } = state;
      if (!connection || connection.id !== connectionIdOf(current))
        return this.#say(target, sentences.NOTHING_TO_CONTINUE);
      const features = [
        ...(state.clients.length > 0 ? [] : featuresOf('sso')),
        ...(hasOpenDomain(current.events) ? featuresOf('domain_verification') : []),
      ];
      if (features.length === 0) return this.#say(target, sentences.alreadyEnabled(customer));
      const links = await store.list({ connection: name, now: Date.now(), limit: MAX_LINKS });
      if (links.some(({ ticket, events }) => summarize(ticket, events, Date.now()).isLive))
        return this.#say(target, sentences.linkStillWorks(customer));
      await this.#create({
        form: { kind: 'edit', isEditor: await access.isEditor(target.user), target },
        values: {
          connection: [{ id: connection.id, name }],
          features,
          profile: [profile],
          clients,
          organizations,
        },
        // A second click at the same time counts the same links.
        submission: `continue ${record.ticket.id} ${links.length}`,
        refusal: (sentence) => notice(sentences.notContinued(customer, sentence)),
      });
    } catch (error) {
      const sentence = this.#progressProblem(error);
      if (!sentence) throw error;
      await this.#say(target, sentences.notContinued(customer, sentence));
    }
  }

  /** Why the customer's progress is unknown. Undefined for any other error. */
  #progressProblem(error: unknown): string | undefined {
    const { sentenceContext } = this.#deps;
    if (error instanceof Auth0Error) return sentences.auth0Sentence(error, 'read', sentenceContext);
    return error instanceof DatabaseError ? sentences.recordsUnavailable(sentenceContext) : undefined;
  }

  /** Creates a link without a form. If its values are not valid, tells the person why. */
  async #create({ form, values: given, submission, refusal }: Renewal): Promise<void> {
    const { tenant, messenger, linkCreator, sentenceContext } = this.#deps;
    const { kind, isEditor, target } = form;
    await tenant.lists.profiles.load().catch(() => undefined);
    const context = { kind, isEditor, policy: tenant.policy, tenant };
    const values: Values = initialValues(context, given);
    await loadNames(tenant, values);
    const [problem] = validateForm(
      fieldsOf(context).filter(({ id }) => id !== 'conversation'),
      values,
      context,
    ).values();
    if (problem) {
      await messenger.send(target, refusal(sentences.fieldSentence(problem, sentenceContext)));
      return;
    }
    await linkCreator.create({
      ...form,
      shape: { asksConversation: false, more: false },
      values,
      request: toRequest(values, context),
      viewId: undefined,
      submission,
      metadata: '',
    });
  }

  async #say(target: ReplyTarget, sentence: string): Promise<void> {
    await this.#deps.messenger.send(target, notice(sentence));
  }
}
