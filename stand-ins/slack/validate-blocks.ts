import { checkMessage, checkView } from './block-kit.ts';
import { SlackError } from './error.ts';
import type { Json } from './types.ts';

const CHECKS = {
  blocks: (value: unknown) => checkMessage({ blocks: value }),
  message: checkMessage,
  view: checkView,
};

/** The method `blocks.validate`: takes exactly one of the three. @throws SlackError with all problems */
export function validateBlocks(args: Json): Json {
  const kinds = (['blocks', 'message', 'view'] as const).filter((kind) => args[kind] !== undefined);
  const [kind] = kinds;
  if (!kind || kinds.length > 1) throw new SlackError('invalid_arguments');
  const problems = CHECKS[kind](args[kind]);
  if (problems.length > 0) throw new SlackError(`invalid_${kind}`, [], { errors: problems.map(toError) });
  return {};
}

function toError(problem: string): Json {
  const [, message = problem, pointer = ''] = /^(.*) \[json-pointer:(.*)\]$/s.exec(problem) ?? [];
  return { pointer, code: 'failed_constraint', message };
}
