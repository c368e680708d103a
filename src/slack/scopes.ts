/** The scopes of the bot token, as in manifest.yml, and what doesn't work without each. */
export const BOT_SCOPES: Record<string, string> = {
  commands: "the slash command and the shortcut don't exist",
  'chat:write': 'no receipts, and no link if a form is submitted more than 30 minutes after it was opened',
  'im:write': "no receipts, and no link where the bot can't answer in the conversation",
  'users:read': 'ALLOWED=everyone and EDITORS=everyone give nobody access, and dates are in UTC',
  'usergroups:read': 'the user groups in ALLOWED and EDITORS give nobody access',
  'channels:read':
    'the list of profiles is posted in a public channel only after a click, and with ALLOWED_CHANNELS the shortcut sends no link to one',
  'groups:read':
    'the list of profiles is posted in a private channel only after a click, and with ALLOWED_CHANNELS the shortcut sends no link to one',
};
