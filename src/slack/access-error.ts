/** Why a person may not do something. */
export type AccessErrorCode =
  | 'user'
  /** The bot doesn't work in this conversation. */
  | 'channel'
  | 'editor'
  | 'profile_editor'
  /** The link is someone else's, and the person isn't an editor. */
  | 'revoke'
  /** The app is installed to a whole organization. */
  | 'org_wide'
  /** Slack doesn't say who the person is. */
  | 'unknown'
  /** The payload is from another workspace, or for another app. */
  | 'workspace'
  /** The person is not in the conversation that the link should go to. */
  | 'not_member'
  /** Slack doesn't say whether the person is in that conversation. */
  | 'membership_unknown';

/** A person isn't allowed to do what they tried. */
export class AccessError extends Error {
  override name = 'AccessError';
  readonly code: AccessErrorCode;
  constructor(code: AccessErrorCode) {
    super(`Access denied: ${code}`);
    this.code = code;
  }
}
