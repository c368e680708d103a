import type { Channel, Json, User } from './types.ts';

export function userObject(user: User, locale: boolean, enterpriseId?: string): Json {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name.toLowerCase().replaceAll(' ', '.'),
    real_name: user.name,
    deleted: user.deleted,
    profile: { display_name: user.name, real_name: user.name, team: user.teamId },
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: utcOffset(user.tz),
    ...(locale && { locale: 'en-US' }),
    is_bot: user.isBot,
    is_restricted: user.guest !== false,
    is_ultra_restricted: user.guest === 'single',
    ...(user.foreign && { is_stranger: true }),
    ...(user.teams &&
      enterpriseId && {
        enterprise_user: {
          id: user.id,
          enterprise_id: enterpriseId,
          enterprise_name: 'Stand-in Grid',
          is_admin: false,
          is_owner: false,
          teams: user.teams,
        },
      }),
  };
}

/** The current UTC offset in seconds. */
function utcOffset(timeZone: string): number {
  const now = new Date();
  now.setMilliseconds(0);
  const local = new Date(`${now.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')}Z`);
  return Math.round((local.getTime() - now.getTime()) / 1000);
}

export function channelObject(channel: Channel): Json {
  const { id, name, kind, shared, botIsMember } = channel;
  return {
    id,
    ...(kind === 'im' ? { user: [...channel.members][0] } : { name }),
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_private: kind !== 'public',
    is_im: kind === 'im',
    is_mpim: false,
    is_archived: false,
    is_member: botIsMember,
    is_shared: shared === 'external' || shared === 'org',
    is_ext_shared: shared === 'external',
    is_org_shared: shared === 'org',
    is_pending_ext_shared: shared === 'pending',
  };
}
