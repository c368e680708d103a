/** The permissions (OAuth scopes) that the bot uses, and what doesn't work without each. */
export const PERMISSIONS = {
  'create:sso_access_tickets': "the bot can't create links",
  'delete:sso_access_tickets': "the bot can't revoke links, not even those that couldn't be delivered",
  'read:self_service_profiles': 'no form opens',
  'read:clients': 'nobody can find applications',
  'read:organizations': 'nobody can find organizations',
  'read:connections': 'nobody can find connections, and only Auth0 can tell that a name is taken',
  'read:organization_connections':
    "the check of organizations is off, so people who aren't editors can add a connection to an existing customer",
  'read:user_attribute_profiles':
    'the list of profiles shows the ID of a user attribute profile, not its name',
  'read:logs':
    'the bot sees when a connection is set up and enabled, but no opened links, test sign-ins or domains',
  'create:self_service_profiles': 'profiles cannot be created from Slack',
  'update:self_service_profiles': 'profiles cannot be edited from Slack, except their introduction',
  'read:self_service_profile_custom_texts': 'the introduction of a profile cannot be edited from Slack',
  'update:self_service_profile_custom_texts': 'the introduction of a profile cannot be edited from Slack',
} as const;
export type Permission = keyof typeof PERMISSIONS;

/** The permissions that the bot needs only if someone is in PROFILE_EDITORS. */
export const PROFILE_EDITOR_PERMISSIONS: ReadonlySet<Permission> = new Set([
  'create:self_service_profiles',
  'update:self_service_profiles',
  'read:self_service_profile_custom_texts',
  'update:self_service_profile_custom_texts',
]);

/**
 * The only optional permission: it reads the log of the whole tenant, which not every company allows.
 */
export const OPTIONAL_PERMISSION: Permission = 'read:logs';

/** The permissions that a list of granted ones lacks. `read:client_summary` also reads applications. */
export function missingPermissions(granted: Iterable<string>): Permission[] {
  const names = new Set(granted);
  if (names.has('read:client_summary')) names.add('read:clients');
  // An object literal has no other keys.
  return (Object.keys(PERMISSIONS) as Permission[]).filter((name) => !names.has(name));
}
