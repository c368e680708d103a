import { type EventName, type EventType, eventNames, type LogEvent, usualType } from './log-events.ts';
import { featuresOf, type Tenant, type Ticket } from './ticket.ts';

/** One of this many events is returned twice. */
const REPEATED_ONE_IN = 3;

const origin = {
  ip: '203.0.113.7',
  user_agent: 'Chrome 120.0.0 / Mac OS X 10.15.7',
  isMobile: false,
  tenant_name: 'stand-in',
  environment_name: 'prod-eu-1',
  $event_schema: { version: '1.0.0' },
};

/** Writes an event of a ticket to the tenant's log. */
export function logEvent(
  tenant: Tenant,
  ticket: Ticket,
  name: EventName,
  type: EventType = usualType(name),
): LogEvent {
  if (!eventNames[type].includes(name)) throw new Error(`The log has no ${type} named ${name}`);
  return logOther(tenant, `ss_sso_${type}`, {
    description: describe(name, type),
    details: detailsOf(tenant, ticket, name, type),
  });
}

/** Writes any other event, such as a sign-in: `logOther(tenant, 's')`. */
export function logOther(
  tenant: Tenant,
  type: string,
  { description = type, details = {} }: { description?: string; details?: object } = {},
): LogEvent {
  const now = Date.now();
  const count = tenant.logEvents.length;
  const date = new Date(now).toISOString();
  const event = {
    ...origin,
    log_id: `9002${date.replace(/\D/g, '')}${String(count).padStart(35, '0')}`,
    date,
    type,
    description,
    details,
  };
  const repeated = tenant.logRepeats && count % REPEATED_ONE_IN === 0;
  tenant.logEvents.push({ event, visibleAt: now + tenant.logDelay(), repeated });
  return event;
}

function describe(name: EventName, type: EventType): string {
  const words = name.replaceAll('_', ' ');
  return type === 'failure' ? `Failed: ${words}` : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function detailsOf(tenant: Tenant, ticket: Ticket, name: EventName, type: EventType): object {
  const ss_sso_event_name = `ss_sso_${name}`;
  // Auth0 may not know which ticket it refuses.
  if (name === 'ticket_consumption' && type === 'failure') return { ss_sso_event_name };
  const { connection_config, connection_id } = ticket.body;
  const edited = tenant.connections.find(({ id }) => id === connection_id);
  return {
    ss_sso_event_name,
    connection_name: connection_config?.name ?? edited?.name ?? String(connection_id),
    flow_type: connection_config ? 'create' : 'update',
    ss_sso_tracing_id: tracingIdOf(tenant, ticket, name),
    enabled_features: featuresOf(ticket),
  };
}

function tracingIdOf({ tracingPer }: Tenant, ticket: Ticket, name: EventName): string {
  const isOfSession = tracingPer === 'session' && name !== 'ticket_generation';
  return (isOfSession ? ticket.sessionTracingId : undefined) ?? ticket.tracingId;
}
