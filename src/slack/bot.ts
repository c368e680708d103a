import type { Directory } from '../auth0/directory.ts';
import type { Tenant } from '../auth0/tenant.ts';
import type { Log } from '../log.ts';
import type { Seal } from '../seal.ts';
import type { Settings } from '../settings.ts';
import type { SlackApi } from './api.ts';

/** What every part of the conversation needs; made once, in app.ts. */
export interface Bot {
  settings: Settings;
  tenant: Tenant;
  directory: Directory;
  slack: SlackApi;
  seal: Seal;
  log: Log;
}
