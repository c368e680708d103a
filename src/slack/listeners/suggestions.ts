import { searchFields } from '../../tickets/form/form.ts';
import type { Router } from '../router.ts';
import type { Suggester } from '../suggester.ts';

/** What can be picked in the search fields of forms. */
export function registerSuggestions(router: Router, suggester: Suggester): void {
  for (const { id, for: kinds, source, editorsOnly } of searchFields()) {
    router.suggestions(id, { role: editorsOnly ? 'editor' : 'user', kinds }, (typed, user) =>
      // Absent if nothing was typed.
      suggester.suggest(source, typed ?? '', user),
    );
  }
}
