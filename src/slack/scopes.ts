/** The scopes of the bot token, as in manifest.yml, and what doesn't work without each. */
export const BOT_SCOPES: Record<string, string> = {
  commands: 'the slash command and the shortcut do not exist',
  'chat:write': 'no receipts, and no link for a form that stood open for more than 30 minutes',
  'im:write': 'no receipts, and no link where the bot cannot answer in the conversation',
  'users:read': 'ALLOWED=everyone and EDITORS=everyone let nobody in, and dates are in UTC',
  'usergroups:read': 'the user groups in ALLOWED and EDITORS let nobody in',
  'channels:read':
    'the list of profiles is never posted in a public channel by itself, and with ALLOWED_CHANNELS the shortcut brings no link to one',
  'groups:read':
    'the list of profiles is never posted in a private channel by itself, and with ALLOWED_CHANNELS the shortcut brings no link to one',
};
