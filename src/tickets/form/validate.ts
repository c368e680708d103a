import { characterCount } from '../../lib/text.ts';
import type { FieldProblem } from '../errors.ts';
import {
  type Choice,
  choicesOf,
  type Field,
  type FormContext,
  type FormValues,
  optionalIn,
  textOf,
} from './field.ts';
import { fieldsOf, isInitial } from './form.ts';

/**
 * Every problem of a form, by field ID. Empty if the form is valid.
 *
 * A rule may be newer than the form. So all fields are checked, and the problem of one that was not shown is reported
 * at the first field that was.
 *
 * @param shown the fields that were shown
 */
export function validateForm(
  shown: Field[],
  values: FormValues,
  context: FormContext,
): Map<string, FieldProblem> {
  const problems = new Map<string, FieldProblem>();
  const ids = new Set(shown.map(({ id }) => id));
  for (const field of fieldsOf(context)) {
    const isShown = ids.has(field.id);
    // A form asks for the conversation only if Slack doesn't say where the person is.
    if (field.input === 'conversation' && !isShown) continue;
    const problem = validateField(field, values, context);
    if (!problem) continue;
    if (isShown) problems.set(field.id, problem);
    else problems.set(shown[0]?.id ?? '', { code: 'form_outdated', label: field.label });
  }
  return problems;
}

function validateField(field: Field, values: FormValues, context: FormContext): FieldProblem | undefined {
  if (field.editorsOnly && !context.isEditor && !isInitial(field, values, context))
    return { code: 'editors_only' };
  if (field.input === 'text') {
    const text = textOf(values, field);
    if (!text) return optionalIn(field, context) ? field.validateEmpty?.(values) : missing(field);
    return tooLong(text, field.maxLength) ?? field.validate?.(text, values, context);
  }
  const choices = choicesOf(values, field);
  if (choices.length === 0)
    return optionalIn(field, context) ? field.validateEmpty?.(values) : missing(field);
  return outOfBounds(field, choices, context) ?? field.validate?.(choices, values, context);
}

function missing(field: Field): FieldProblem {
  if (field.missing) return field.missing;
  if (field.input === 'text') return { code: 'text_missing', label: field.label };
  return { code: field.input === 'checkboxes' ? 'checkbox_missing' : 'choice_missing' };
}

function tooLong(text: string, max: number): FieldProblem | undefined {
  const length = characterCount(text);
  return length > max ? { code: 'text_too_long', max, length } : undefined;
}

/** Slack's own client only sends values that are offered. Other clients may not. */
function outOfBounds(
  field: Exclude<Field, { input: 'text' }>,
  choices: Choice[],
  context: FormContext,
): FieldProblem | undefined {
  // A notice among the suggestions ("still loading") has no ID.
  if (field.input === 'search' && choices.some(({ id }) => !id)) return { code: 'not_a_choice' };
  if (field.input === 'list' || field.input === 'checkboxes') {
    const options = field.input === 'list' ? field.options(context) : field.options;
    const offered = new Set(options.map(({ id }) => id));
    // While the tenant's list is loading, for example after a restart, only Auth0 can tell.
    if (offered.size > 0 && choices.some(({ id }) => !offered.has(id))) return { code: 'no_longer_offered' };
  }
  return undefined;
}
