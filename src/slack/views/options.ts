import type { types } from '@slack/bolt';
import { cut, wellFormed } from '../../lib/text.ts';
import type { Choice } from '../../tickets/form/field.ts';
import { LIMITS, plain } from '../blocks.ts';

/** The value of a suggestion that is only a sentence, such as "still loading". */
export const NOTICE = '-';

/** Choices as options of a select. */
export function toOptions(choices: (Choice & { detail?: string })[]): types.PlainTextOption[] {
  const options = choices
    .filter(({ id }) => id.length > 0 && id.length <= LIMITS.optionValue && wellFormed(id) === id)
    .slice(0, LIMITS.options)
    .map(({ id, name, detail }) => ({
      text: plain(name, LIMITS.optionText),
      value: id,
      ...(detail && { description: plain(detail, LIMITS.optionDescription) }),
    }));
  const times = new Map<string, number>();
  for (const { text } of options) times.set(text.text, (times.get(text.text) ?? 0) + 1);
  // Slack cuts names at 75 characters, so different ones can look the same.
  return options.map((option) =>
    (times.get(option.text.text) ?? 0) > 1
      ? { ...option, text: plain(`${option.value} · ${option.text.text}`, LIMITS.optionText) }
      : option,
  );
}

/** A sentence as an option. It continues in the description, because Slack allows 75 characters for each. */
export function toNotice(sentence: string): types.PlainTextOption[] {
  const space = sentence.lastIndexOf(' ', LIMITS.optionText);
  const name =
    space > 0 && sentence.length > LIMITS.optionText
      ? sentence.slice(0, space)
      : cut(sentence, LIMITS.optionText);
  return toOptions([{ id: NOTICE, name, detail: sentence.slice(name.length).trim() }]);
}
