import type { Audit } from '../audit.ts';
import type { Directory } from '../auth0/directory.ts';
import type { Tenant } from '../auth0/tenant.ts';
import type { Log } from '../log.ts';
import type { Seal } from '../seal.ts';
import type { Settings } from '../settings.ts';
import type { Access } from './access.ts';
import type { SlackApi } from './api.ts';
import type { People } from './people.ts';

/** What every part of the conversation needs; made once, in app.ts. */
export interface Bot {
  settings: Settings;
  tenant: Tenant;
  directory: Directory;
  slack: SlackApi;
  people: People;
  access: Access;
  seal: Seal;
  audit: Audit;
  log: Log;
}
