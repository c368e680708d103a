import { checkMessage } from './block-kit.ts';
import { SlackError } from './error.ts';
import type { Json } from './types.ts';
import type { ResponseUrl, Workspace } from './workspace.ts';

export interface HttpResponse {
  status: number;
  body: string;
}

/**
 * Handles a post to a `response_url`. Unlike Slack, it requires `response_type` and `replace_original`,
 * because Slack's defaults depend on the kind of interaction.
 */
export function respond(workspace: Workspace, id: string, sent: Json): HttpResponse {
  try {
    const target = workspace.responseUrl(id);
    execute(workspace, target, sent);
    target.uses += 1;
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    workspace.violations.push([`response_url: ${error.message}`, ...error.details].join('; '));
    return { status: error.message.endsWith('_url') ? 404 : 400, body: error.message };
  }
}

function execute(workspace: Workspace, target: ResponseUrl, sent: Json): void {
  if (sent.response_type === undefined || sent.replace_original === undefined)
    throw new SlackError('response_type_and_replace_original_required');
  const problems = checkMessage(sent);
  if (problems.length > 0) throw new SlackError('invalid_blocks', problems);

  const original = workspace.messages.find((message) => message.id === target.original && !message.deleted);
  if (sent.delete_original === true) {
    if (!original) throw new SlackError('no_original_to_delete');
    original.deleted = true;
    return;
  }
  if (!sent.text && !(Array.isArray(sent.blocks) && sent.blocks.length > 0)) throw new SlackError('no_text');
  if (sent.replace_original === true && original) {
    workspace.replace(original, sent);
    return;
  }
  // Slack posts a new message instead, which is probably a mistake.
  if (sent.replace_original === true)
    workspace.violations.push('response_url: there is no original to replace');
  const { channel, user } = target;
  const stored = sent.response_type === 'in_channel';
  workspace.post({ channel, stored, via: 'response_url', ...(!stored && { visibleTo: user }) }, sent);
}
