import { Auth0Error } from '../auth0/errors.ts';
import type { Profile } from '../auth0/resources.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import { createProfileButton } from './buttons.ts';
import type { Messenger } from './delivery.ts';
import { notice } from './messages/message.ts';
import { profileList } from './messages/profiles.ts';
import type { ProfileForms } from './profile-forms.ts';
import type { ReplyTarget } from './reply-target.ts';
import * as sentences from './sentences.ts';
import { CHANNEL_INFO_TIMEOUT_MS, QUIET_TIMEOUT_MS } from './timeouts.ts';
import type { SlackApi } from './web-api.ts';

/** Lists the self-service profiles in a conversation. */
export class ProfileLister {
  readonly #tenant: Tenant;
  readonly #profileForms: ProfileForms;
  readonly #messenger: Messenger;
  readonly #slack: SlackApi;
  readonly #log: Log;
  readonly #sentenceContext: sentences.SentenceContext;

  constructor(deps: {
    tenant: Tenant;
    profileForms: ProfileForms;
    messenger: Messenger;
    slack: SlackApi;
    log: Log;
    sentenceContext: sentences.SentenceContext;
  }) {
    this.#tenant = deps.tenant;
    this.#profileForms = deps.profileForms;
    this.#messenger = deps.messenger;
    this.#slack = deps.slack;
    this.#log = deps.log;
    this.#sentenceContext = deps.sentenceContext;
  }

  /** For everyone in the conversation; if it may be shared with other companies, for the requester alone. */
  async list(target: ReplyTarget): Promise<void> {
    const shared = this.#mayBeShared(target);
    const profiles = await this.#load(target);
    if (!profiles) return;
    if (!(await shared)) return this.#post(target, profiles);
    // Two people in a direct message need no list for everyone.
    const canPost = !target.channel?.startsWith('D');
    const actions = await this.#profileForms.actionsFor(target.user);
    await this.#messenger.send(target, profileList(profiles, { onlyYou: true, canPost, actions }));
  }

  /** For everyone, because the requester has decided so. */
  async postToEverybody(target: ReplyTarget): Promise<void> {
    const profiles = await this.#load(target);
    if (profiles) await this.#post(target, profiles);
  }

  /** Resolves with undefined if there are none to list, after telling the person why. */
  async #load(target: ReplyTarget): Promise<readonly Profile[] | undefined> {
    const { profiles } = this.#tenant.lists;
    try {
      this.#tenant.refreshLists();
      const loaded = profiles.load();
      const quick = await within(
        QUIET_TIMEOUT_MS,
        loaded.then(() => true),
      );
      if (!quick) await this.#tell(target, sentences.PROFILES_LOADING);
      await loaded;
    } catch (error) {
      if (!(error instanceof Auth0Error)) throw error;
      await this.#tell(target, sentences.auth0Sentence(error, 'read', this.#sentenceContext));
      return undefined;
    }
    if (profiles.all().length > 0) return profiles.all();
    // Someone is probably creating one now.
    profiles.invalidate();
    const { create } = await this.#profileForms.actionsFor(target.user);
    if (create) await this.#messenger.send(target, notice(sentences.NO_PROFILES_YET, createProfileButton()));
    else await this.#tell(target, sentences.noProfiles(this.#sentenceContext));
    return undefined;
  }

  async #post(target: ReplyTarget, profiles: readonly Profile[]): Promise<void> {
    const actions = await this.#profileForms.actionsFor(target.user);
    try {
      await this.#messenger.sendToEverybody(target, profileList(profiles, { actions }));
    } catch (error) {
      this.#log.warn(errorFields(error), 'The list of profiles could not be posted');
      await this.#tell(target, sentences.PROFILES_NOT_POSTED);
    }
  }

  async #tell(target: ReplyTarget, sentence: string): Promise<void> {
    await this.#messenger.send(target, notice(sentence));
  }

  /** Also true if Slack doesn't say, as for direct messages. */
  async #mayBeShared({ channel = '' }: ReplyTarget): Promise<boolean> {
    try {
      const answer = await within(CHANNEL_INFO_TIMEOUT_MS, this.#slack.conversations.info({ channel }));
      if (!answer) throw new Error(`Slack took longer than ${CHANNEL_INFO_TIMEOUT_MS} ms`);
      return answer.channel?.is_ext_shared !== false || Boolean(answer.channel.is_pending_ext_shared);
    } catch (error) {
      this.#log.info({ channel, ...errorFields(error) }, "Slack didn't say whether a channel is shared");
      return true;
    }
  }
}
