import type { TicketDependencies } from '../../tickets/create.ts';
import type { Follower } from '../../tickets/follower.ts';
import type { Access } from '../access.ts';
import type { Messenger } from '../delivery.ts';
import { FormOpener } from '../form-opener.ts';
import type { Home } from '../home.ts';
import { LinkCreator } from '../link-creator.ts';
import { LinkReplacer } from '../link-replacer.ts';
import type { People } from '../people.ts';
import { ProfileForms } from '../profile-forms.ts';
import { ProfileLister } from '../profile-lister.ts';
import { ProfileSaver } from '../profile-saver.ts';
import type { Receipts } from '../receipt.ts';
import type { Router } from '../router.ts';
import type { SentenceContext } from '../sentences.ts';
import { Suggester } from '../suggester.ts';
import type { TicketLister } from '../ticket-lister.ts';
import type { SlackApi } from '../web-api.ts';
import { registerButtons } from './buttons.ts';
import { registerCommands } from './commands.ts';
import { registerForms } from './forms.ts';
import { registerHome } from './home.ts';
import { registerLinks } from './links.ts';
import { registerProfiles } from './profiles.ts';
import { registerSuggestions } from './suggestions.ts';

export interface ListenerDependencies extends TicketDependencies {
  access: Access;
  messenger: Messenger;
  people: People;
  receipts: Receipts;
  follower: Follower;
  ticketLister: TicketLister;
  home: Home;
  slack: SlackApi;
  maxLinksPerHour: number;
  sentenceContext: SentenceContext;
}

/** Registers everything that people can do in Slack. */
export function registerListeners(router: Router, deps: ListenerDependencies): void {
  const profileForms = new ProfileForms(deps);
  const formOpener = new FormOpener({ ...deps, profileForms });
  const profileLister = new ProfileLister({ ...deps, profileForms });
  const linkCreator = new LinkCreator(deps);
  const linkReplacer = new LinkReplacer({ ...deps, linkCreator });
  registerCommands(router, { ...deps, formOpener, profileLister });
  registerForms(router, { ...deps, linkCreator });
  registerLinks(router, { ...deps, formOpener, linkReplacer });
  registerHome(router, deps.home);
  registerButtons(router, { ...deps, formOpener, profileLister });
  registerProfiles(router, { ...deps, formOpener, profileForms, profileSaver: new ProfileSaver(deps) });
  registerSuggestions(router, new Suggester(deps));
}
