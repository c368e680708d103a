import type { AuditLine } from '../audit.ts';
import { errorFields } from '../log.ts';
import type { Bot } from './bot.ts';
import { auditMessage } from './messages.ts';

/** Tells AUDIT_CHANNEL, where the house has one, of a ticket made or revoked. Nobody waits for it; a failure is logged. */
export async function announce(
  { slack, settings, directory, log }: Bot,
  event: 'made' | 'revoked',
  line: Omit<AuditLine, 'event'>,
): Promise<void> {
  const channel = settings.auditChannel;
  if (!channel) return;
  const profile = directory.lists.profiles.byId(line.profile ?? '')?.name ?? line.profile;
  const message = auditMessage(event, { ...line, ...(profile && { profile }) }, settings.tenantLabel);
  try {
    await slack.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false });
  } catch (error) {
    log.error(
      { channel, ...errorFields(error) },
      'AUDIT_CHANNEL could not be told; is the bot a member of it?',
    );
  }
}
