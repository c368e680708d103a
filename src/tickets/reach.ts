import { EDITABLE_STRATEGIES } from '../auth0/identity-providers.ts';
import type { Connection } from '../auth0/resources.ts';
import type { Policy } from '../config/config.ts';

/** Why no link may edit this connection. Undefined if one may. */
export function editProblem({ id, name, strategy }: Connection, policy: Policy) {
  if (policy.protectedConnections.some((entry) => entry === id || entry === name)) {
    return { code: 'connection_protected', name } as const;
  }
  if (!EDITABLE_STRATEGIES.has(strategy)) return { code: 'connection_not_editable', name, strategy } as const;
  return undefined;
}
