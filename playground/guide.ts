import type { Auth0 } from '../stand-ins/auth0/server.ts';
import type { Slack } from '../stand-ins/slack/server.ts';

/** How far people have followed the guide on the page. Each part is true once it has happened. */
export interface Progress {
  /** A link for a new connection was created. */
  ask: boolean;
  /** A link was copied. */
  copy: boolean;
  /** Such a link was opened. */
  open: boolean;
  /** The setup was finished. */
  finish: boolean;
  /** The bot said so in a direct message. */
  see: boolean;
}

/** How the bot says that a customer finished. */
const FINISHED = /\bfinished\./;

/** Follows the guide: what happens at Auth0, in Slack and on the page. */
export class Guide {
  readonly #auth0: Auth0;
  readonly #slack: Slack;
  #copied = false;

  constructor(auth0: Auth0, slack: Slack) {
    this.#auth0 = auth0;
    this.#slack = slack;
  }

  /** Notes what was copied on the page. */
  noteCopy(text: string): void {
    this.#copied ||= this.#auth0.tickets.some(({ id }) => text.includes(id));
  }

  get progress(): Progress {
    const links = this.#auth0.tickets.filter(({ body }) => body.connection_config !== undefined);
    const isFinished = links.some(({ progress }) => progress.finished);
    return {
      ask: links.length > 0,
      copy: this.#copied,
      open: links.some(({ opens }) => opens > 0),
      finish: isFinished,
      see: isFinished && this.#hasSaidSo(),
    };
  }

  #hasSaidSo(): boolean {
    const { channels, messages } = this.#slack;
    return messages.some(
      ({ stored, channel, text, blocks }) =>
        stored && channels.get(channel)?.kind === 'im' && FINISHED.test(`${text} ${JSON.stringify(blocks)}`),
    );
  }
}
