import type { Auth0 } from '../stand-ins/auth0/server.ts';
import type { Channel, Slack } from '../stand-ins/slack/server.ts';

/** The faults that the page offers, with their labels. */
export const SWITCHES = {
  slow: 'Auth0 takes 6 seconds to answer',
  limited: 'Auth0 is getting too many requests',
  down: 'Auth0 is down',
  scope: 'The bot may not create links',
  spent: 'Slack refuses replies to the command',
  removed: 'The bot isn’t in #sales',
} as const;
export type Switch = keyof typeof SWITCHES;

/** Applies the faults that are switched on. */
export class Switches {
  readonly on = new Set<Switch>();
  readonly #slack: Slack;
  readonly #auth0: Auth0;
  readonly #channel: Channel;
  /** The bot's scopes without a fault. */
  readonly #scopes: readonly string[];

  /** @param channel the channel that the bot can be removed from */
  constructor(slack: Slack, auth0: Auth0, channel: Channel) {
    this.#slack = slack;
    this.#auth0 = auth0;
    this.#channel = channel;
    this.#scopes = [...auth0.scopes];
  }

  set(name: Switch, on: boolean): void {
    if (on) this.on.add(name);
    else this.on.delete(name);
    this.#apply();
    // The bot's token keeps its scopes until it is invalid.
    if (name === 'scope') this.#auth0.dropTokens();
  }

  #apply(): void {
    const auth0 = this.#auth0;
    auth0.clearFaults();
    this.#slack.clearFaults();
    auth0.latency = this.on.has('slow') ? 6_000 : 0;
    // An empty bucket rejects all calls with a reset in four seconds.
    auth0.rateLimit = this.on.has('limited') ? { perSecond: 0.25, burst: 0 } : undefined;
    if (this.on.has('down')) auth0.fail({}, 'reset');
    auth0.scopes = this.#scopes.filter(
      (scope) => scope !== 'create:sso_access_tickets' || !this.on.has('scope'),
    );
    if (this.on.has('spent')) this.#slack.fail('response_url', { error: 'used_url' });
    this.#channel.botIsMember = !this.on.has('removed');
  }
}
