import { StartError } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { ORG_WIDE_INSTALL } from './sentences.ts';
import { HEALTH_CHECK_INTERVAL_MS } from './timeouts.ts';
import { type SlackApi, slackErrorCode } from './web-api.ts';

type AuthTest = Awaited<ReturnType<SlackApi['auth']['test']>>;

/** Slack's error codes for a token that will never work. */
export const TOKEN_REFUSED: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
]);

/** What Slack says about the bot token, asked every 30 seconds. */
export class TokenCheck {
  readonly #slack: SlackApi;
  readonly #log: Log;
  #checks: NodeJS.Timeout | undefined;
  #isAccepted = false;
  #asking: Promise<AuthTest> | undefined;
  #answer: AuthTest | undefined;

  constructor({ slack, log }: { slack: SlackApi; log: Log }) {
    this.#slack = slack;
    this.#log = log;
  }

  /** Whether Slack accepts the bot token. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Whether the app is installed to a whole organization. The bot works only in a single workspace. */
  get isOrgWide(): boolean {
    return this.#answer?.is_enterprise_install ?? false;
  }

  /**
   * Slack's latest answer about the token, because a token's workspace never changes.
   *
   * @throws if Slack doesn't respond
   */
  async answer(): Promise<AuthTest> {
    return this.#answer ?? this.#ask();
  }

  /** @throws StartError if Slack will never accept the bot token */
  async start(): Promise<void> {
    await this.#check();
    const check = () => this.#check().catch(() => undefined);
    this.#checks = setInterval(check, HEALTH_CHECK_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#checks);
  }

  async #check(): Promise<void> {
    try {
      const wasOrgWide = this.isOrgWide;
      await this.#ask();
      if (this.isOrgWide && !wasOrgWide) this.#log.error(ORG_WIDE_INSTALL);
      this.#isAccepted = true;
    } catch (error) {
      this.#isAccepted = false;
      this.#log.error(errorFields(error), 'The call to auth.test failed');
      const code = slackErrorCode(error) ?? '';
      if (TOKEN_REFUSED.has(code)) throw new StartError(`Slack refuses SLACK_BOT_TOKEN (${code}).`);
    }
  }

  /** Concurrent calls share one request. */
  async #ask(): Promise<AuthTest> {
    this.#asking ??= this.#slack.auth.test().finally(() => {
      this.#asking = undefined;
    });
    this.#answer = await this.#asking;
    return this.#answer;
  }
}
