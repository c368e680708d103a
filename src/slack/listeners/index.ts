import type { TicketDependencies } from '../../tickets/create.ts';
import type { Access } from '../access.ts';
import type { Messenger } from '../delivery.ts';
import { FormOpener } from '../form-opener.ts';
import { LinkCreator } from '../link-creator.ts';
import type { People } from '../people.ts';
import { ProfileLister } from '../profile-lister.ts';
import type { Receipts } from '../receipt.ts';
import type { Router } from '../router.ts';
import type { SentenceContext } from '../sentences.ts';
import { Suggester } from '../suggester.ts';
import type { SlackApi } from '../web-api.ts';
import { registerButtons } from './buttons.ts';
import { registerCommands } from './commands.ts';
import { registerForms } from './forms.ts';
import { registerSuggestions } from './suggestions.ts';

export interface ListenerDependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  people: People;
  receipts: Receipts;
  slack: SlackApi;
  maxLinksPerHour: number;
  sentenceContext: SentenceContext;
}

/** Registers everything that people can do in Slack. */
export function registerListeners(router: Router, deps: ListenerDependencies): void {
  const formOpener = new FormOpener(deps);
  const profileLister = new ProfileLister(deps);
  registerCommands(router, { ...deps, formOpener, profileLister });
  registerForms(router, { ...deps, linkCreator: new LinkCreator(deps) });
  registerButtons(router, { ...deps, formOpener, profileLister });
  registerSuggestions(router, new Suggester(deps));
}
