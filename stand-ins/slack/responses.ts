import { checkMessage } from './block-kit.ts';
import type { Json } from './types.ts';
import { Refusal, type ResponseUrl, type World } from './world.ts';

export interface Answer {
  status: number;
  body: string;
}

/**
 * Carries out a post to a `response_url`. Stricter than Slack in one thing: a post has to say where it goes
 * (`response_type`) and what becomes of the message clicked on (`replace_original`), because what Slack
 * takes for granted differs from one kind of interaction to the other.
 */
export function respond(world: World, id: string, sent: Json): Answer {
  try {
    const target = world.responseUrl(id);
    carryOut(world, target, sent);
    target.uses += 1;
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.violations.push([`response_url: ${error.message}`, ...error.messages].join('; '));
    return { status: error.message.endsWith('_url') ? 404 : 400, body: error.message };
  }
}

function carryOut(world: World, target: ResponseUrl, sent: Json): void {
  if (sent.response_type === undefined || sent.replace_original === undefined)
    throw new Refusal('response_type_and_replace_original_required');
  const problems = checkMessage(sent);
  if (problems.length > 0) throw new Refusal('invalid_blocks', problems);

  const original = world.messages.find((message) => message.id === target.original && !message.deleted);
  if (sent.delete_original === true) {
    if (!original) throw new Refusal('no_original_to_delete');
    original.deleted = true;
    return;
  }
  if (!sent.text && !(Array.isArray(sent.blocks) && sent.blocks.length > 0)) throw new Refusal('no_text');
  if (sent.replace_original === true && original) {
    world.replace(original, sent);
    return;
  }
  // Slack posts a new message instead, which is hardly what the bot meant.
  if (sent.replace_original === true) world.violations.push('response_url: there is no original to replace');
  const { channel, user } = target;
  const stored = sent.response_type === 'in_channel';
  world.post({ channel, stored, via: 'response_url', ...(!stored && { visibleTo: user }) }, sent);
}
