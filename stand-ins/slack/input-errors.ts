import { parseUrl } from '../url.ts';
import { isObject } from './check.ts';
import { SlackError } from './error.ts';
import type { Block, Value, View } from './types.ts';

/** The error message of Slack's client for an input. */
export function clientError({ optional, element }: Block, content: Value): string | undefined {
  const { value, selected_option, selected_options, selected_conversation } = content;
  if (!(value || selected_option || selected_options?.length || selected_conversation))
    return optional ? undefined : 'Please complete this required field.';
  if (!value) return undefined;
  const { type, min_length = 0, max_length = 3000 } = element ?? {};
  if (value.length < min_length) return `Enter at least ${min_length} characters.`;
  if (value.length > max_length) return `Enter at most ${max_length} characters.`;
  if (type === 'url_text_input' && !parseUrl(value)) return 'Enter a valid URL.';
  return undefined;
}

/** Validates the errors of a submission. @throws SlackError for blocks that are not inputs */
export function inputErrors(view: View, errors: unknown): Record<string, string> {
  if (!isObject(errors) || Object.keys(errors).length === 0) throw new SlackError('invalid_errors');
  const inputs = new Set(view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id));
  return Object.fromEntries(
    Object.entries(errors).map(([block, error]) => {
      if (!inputs.has(block)) throw new SlackError('invalid_errors', [`${block} is not an input block`]);
      if (typeof error !== 'string' || !error)
        throw new SlackError('invalid_errors', [`${block} has no text`]);
      return [block, error];
    }),
  );
}
