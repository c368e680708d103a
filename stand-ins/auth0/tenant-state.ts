import * as admin from './customer-admin.ts';
import type { EventName, EventType, LogEvent, LoggedEvent } from './log-events.ts';
import type { TenantSettings } from './settings.ts';
import type { Connection, TenantData } from './tenant.ts';
import { logEvent, logOther } from './tenant-log.ts';
import type { Tenant, Ticket } from './ticket.ts';

/** Longest time before an event can be read, by default. */
const MAX_LOG_DELAY_MS = 3_000;

/** A tenant's data and settings, and what the customer's admin does there. Tests can change it at any time. */
export class TenantState implements Tenant {
  profiles: Tenant['profiles'];
  attributeProfiles: Tenant['attributeProfiles'];
  customTexts: Tenant['customTexts'];
  clients: Tenant['clients'];
  organizations: Tenant['organizations'];
  connections: Tenant['connections'];
  organizationConnections: Tenant['organizationConnections'];
  tickets: Ticket[] = [];
  readonly logEvents: LoggedEvent[] = [];

  // See TenantSettings.
  linkOrigin: string;
  customDomains: string[] = [];
  oddRecords: TenantSettings['oddRecords'] = {};
  pageOverlap = 0;
  repeatCheckpoint = false;
  logDelay = () => Math.random() * MAX_LOG_DELAY_MS;
  logRepeats = true;
  tracingPer: TenantSettings['tracingPer'] = 'ticket';

  constructor(data: TenantData, linkOrigin: string) {
    this.profiles = data.profiles;
    this.attributeProfiles = data.attributeProfiles;
    this.customTexts = data.customTexts;
    this.clients = data.clients;
    this.organizations = data.organizations;
    this.connections = data.connections;
    this.organizationConnections = data.organizationConnections;
    this.linkOrigin = linkOrigin;
  }

  /** Acts as the customer's admin, from the first step to the last. Throws if the ticket cannot be used. */
  complete(ticketId: string, provider: string): Connection {
    this.configure(ticketId, provider);
    return admin.finishSetup(this, ticketId);
  }

  // Single steps. Each throws if the ticket cannot be used, and all but `open` open a link that nobody has opened.

  open(ticketId: string): void {
    admin.openTicket(this, ticketId);
  }

  /** Creates or edits the connection, but doesn't enable it. */
  configure(ticketId: string, provider: string): Connection {
    return admin.configureTicket(this, ticketId, provider);
  }

  /** Starts a test sign-in. @param ends whether it also ends */
  trySignIn(ticketId: string, { ends }: { ends: boolean }): void {
    admin.startTest(this, ticketId);
    if (ends) admin.endTest(this, ticketId);
  }

  addDomain(ticketId: string): void {
    admin.addDomain(this, ticketId);
  }

  verifyDomain(ticketId: string, succeeded: boolean): void {
    admin.verifyDomain(this, ticketId, succeeded);
  }

  /** Enables the connection for the applications and organizations of the ticket. The session continues. */
  enable(ticketId: string): void {
    admin.enableConnection(this, ticketId);
  }

  /** Ends the session before the last step. */
  leave(ticketId: string): void {
    admin.leaveSetup(this, ticketId);
  }

  /** Writes any event of a ticket to the log, whether it happened or not. The name is without `ss_sso_`. */
  logEvent(ticketId: string, name: EventName, { type }: { type?: EventType } = {}): LogEvent {
    const ticket = this.tickets.find(({ id }) => id === ticketId);
    if (!ticket) throw new Error(`There is no ticket ${ticketId}`);
    return logEvent(this, ticket, name, type);
  }

  /** Writes an event that belongs to no ticket, such as a sign-in: `logOther('s')`. */
  logOther(type: string, content?: { description?: string; details?: object }): LogEvent {
    return logOther(this, type, content);
  }
}
