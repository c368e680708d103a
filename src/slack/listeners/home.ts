import { SHOW_LINKS } from '../buttons.ts';
import type { Home } from '../home.ts';
import type { Router } from '../router.ts';

/** The home tab, and the button on it that switches between a person's links and everyone's. */
export function registerHome(router: Router, home: Home): void {
  router.homeOpened((user) => home.open(user));

  router.button(
    SHOW_LINKS,
    { parse: (value) => (value === 'all' ? 'all' : 'mine'), role: () => 'user', anywhere: true },
    ({ value: whose, target }) => home.open(target.user, whose),
  );
}
