import { searchSources } from '../../tickets/form/form.ts';
import type { Router } from '../router.ts';
import type { Suggester } from '../suggester.ts';

/** What can be picked in the search fields of forms. */
export function registerSuggestions(router: Router, suggester: Suggester): void {
  for (const [field, source] of searchSources()) {
    router.suggestions(field, { role: 'user' }, (typed, user) => suggester.suggest(source, typed, user));
  }
}
