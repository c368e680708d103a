import type { FieldProblem } from '../errors.ts';
import { type Choice, type Field, type FormContext, type FormValues, optionalIn } from './field.ts';
import { isInitial } from './form.ts';

/**
 * Every problem of a form, by field ID. Empty if the form is valid.
 *
 * @param fields the fields that were shown
 */
export function validateForm(
  fields: Field[],
  values: FormValues,
  context: FormContext,
  isEditor: boolean,
): Map<string, FieldProblem> {
  const problems = new Map<string, FieldProblem>();
  for (const field of fields) {
    const problem = validateField(field, values, context, isEditor);
    if (problem) problems.set(field.id, problem);
  }
  return problems;
}

function validateField(
  field: Field,
  values: FormValues,
  context: FormContext,
  isEditor: boolean,
): FieldProblem | undefined {
  if (field.editorsOnly && !isEditor && !isInitial(field, values, context)) return { code: 'editors_only' };
  const value = values[field.id] ?? '';
  if (value.length === 0) return optionalIn(field, context) ? undefined : missing(field);
  if (field.input === 'text') {
    if (typeof value !== 'string') return { code: 'not_a_choice' };
    return tooLong(value, field.maxLength) ?? field.validate?.(value, values, context);
  }
  if (typeof value === 'string') return { code: 'not_a_choice' };
  return outOfBounds(field, value, context) ?? field.validate?.(value, values, context);
}

function missing(field: Field): FieldProblem {
  if (field.missing) return field.missing;
  if (field.input === 'text') return { code: 'text_missing', label: field.label };
  return { code: field.input === 'checkboxes' ? 'checkbox_missing' : 'choice_missing' };
}

function tooLong(text: string, max: number): FieldProblem | undefined {
  return text.length > max ? { code: 'text_too_long', max, length: text.length } : undefined;
}

/** Slack's own client keeps to the options. Others may not. */
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
    // Until the tenant's list has arrived, as after a restart, only Auth0 can tell.
    if (offered.size > 0 && choices.some(({ id }) => !offered.has(id))) return { code: 'no_longer_offered' };
  }
  return undefined;
}
