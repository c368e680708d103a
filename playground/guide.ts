import type { Auth0 } from '../stand-ins/auth0/server.ts';
import type { View } from '../stand-ins/slack/server.ts';

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
  /** The new connection was chosen in the form that edits connections. */
  find: boolean;
  /** The name of the connection that was set up last. */
  connection: string | undefined;
}

/** Follows the guide: what happens at Auth0, in a modal and on the page. */
export class Guide {
  readonly #auth0: Auth0;
  #copied = false;
  #found = false;

  constructor(auth0: Auth0) {
    this.#auth0 = auth0;
  }

  /** Notes what was copied on the page. */
  noteCopy(text: string): void {
    this.#copied ||= this.#auth0.tickets.some(({ id }) => text.includes(id));
  }

  /** @param modal what the person sees now */
  progress(modal: View | undefined): Progress {
    const { tickets, connections } = this.#auth0;
    const links = tickets.filter(({ body }) => body.connection_config !== undefined);
    const created = connections.filter(({ id }) => links.some(({ connectionId }) => connectionId === id));
    const values = Object.values(modal?.state.values ?? {}).flatMap((value) => Object.values(value));
    this.#found ||= created.some(({ id }) => values.some((value) => value.selected_option?.value === id));
    return {
      ask: links.length > 0,
      copy: this.#copied,
      open: links.some(({ opens }) => opens > 0),
      finish: created.length > 0,
      find: this.#found,
      connection: created.at(-1)?.name,
    };
  }
}
