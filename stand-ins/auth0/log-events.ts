/** The events of the self-service flow that the log can have, by type. All names begin with `ss_sso_`. */
const names = {
  success: [
    'ticket_generation',
    'ticket_consumption',
    'connection_creation',
    'connection_update',
    'enable_connection',
    'add_domain',
    'delete_pending_domain',
    'delete_verified_domain',
    'domain_verification_unsuccessful',
    'domain_verification_successful',
    'associate_verified_domain',
    'provisioning_token_creation',
    'provisioning_token_deletion',
    'provisioning_attribute_update',
    'google_workspace_provisioning_consent_completed',
    'missing_configuration',
  ],
  info: [
    'try_connection_start',
    'try_connection_end',
    'google_workspace_provisioning_consent_started',
    'google_workspace_provisioning_groups_enabled',
    'flow_end',
  ],
  failure: [
    'ticket_generation',
    'ticket_consumption',
    'connection_creation',
    'connection_update',
    'enable_connection',
    'add_domain',
    'delete_pending_domain',
    'delete_verified_domain',
    'domain_verification',
    'associate_verified_domain',
    'provisioning_token_creation',
    'provisioning_token_deletion',
    'provisioning_attribute_update',
    'google_workspace_provisioning_consent_failed',
    'google_workspace_provisioning_groups_failed',
    'missing_configuration',
  ],
} as const;

export const eventNames: { readonly [Type in EventType]: readonly EventName[] } = names;

export type EventType = keyof typeof names;
export type EventName = (typeof names)[EventType][number];

/** An event as `GET /logs` returns it. */
export interface LogEvent {
  log_id: string;
  date: string;
  type: string;
  description: string;
  [property: string]: unknown;
}

export interface LoggedEvent {
  event: LogEvent;
  /** When `GET /logs` begins to return the event, in milliseconds since 1970. */
  visibleAt: number;
  /** Whether `GET /logs` returns it twice. */
  repeated: boolean;
}

/** The type of an event unless a test chooses another. */
export function usualType(name: EventName): EventType {
  return (['success', 'info'] as const).find((type) => eventNames[type].includes(name)) ?? 'failure';
}
