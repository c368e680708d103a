import { type CANCEL_SYMBOL, isCancel, log, password, select, spinner, text } from '@clack/prompts';
import { variableProblem } from '../config/environment.ts';
import type { Check } from '../doctor/check.ts';

/** The person ends the dialog with Ctrl+C. */
export class CanceledError extends Error {
  override name = 'CanceledError';
}

type Variable = Parameters<typeof variableProblem>[0];

/** @throws CanceledError */
async function answered<T>(answer: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
  const value = await answer;
  if (isCancel(value)) throw new CanceledError();
  return value;
}

/** Lets the person choose one of several answers. @param options from the answer to its label and hint */
export function choose<T extends string>(
  message: string,
  options: Record<T, { label: string; hint?: string }>,
): Promise<T> {
  const choices = Object.entries<{ label: string; hint?: string }>(options).map(([value, option]) => ({
    value,
    ...option,
  }));
  // The values are the keys of the record.
  return answered(select({ message, options: choices })) as Promise<T>;
}

/** Asks for the value of a variable until it is well-formed. */
export function ask(name: Variable, message: string, { initial = '', secret = false } = {}): Promise<string> {
  const validate = (value = '') =>
    value.trim() === '' ? 'Type or paste a value' : variableProblem(name, value.trim());
  const prompt = secret
    ? password({ message, validate })
    : text({ message, validate, ...(initial && { initialValue: initial }) });
  return answered(prompt).then((value) => value.trim());
}

/** Asks for any text, until `problem` finds nothing wrong with it. */
export function askText(
  message: string,
  problem: (value: string) => string | undefined,
  placeholder: string,
): Promise<string> {
  const validate = (value = '') => problem(value.trim());
  return answered(text({ message, validate, placeholder })).then((value) => value.trim());
}

/** Asks until the first of the checks passes, and shows all of them. The others can be fixed later. */
export async function askUntilAccepted<T>(
  question: () => Promise<T>,
  where: string,
  checks: (answer: T) => AsyncIterable<Check>,
): Promise<T> {
  for (;;) {
    const answer = await question();
    if (await show(where, checks(answer))) return answer;
  }
}

/** Shows the result of each check. Returns whether the first one passed. */
async function show(where: string, checks: AsyncIterable<Check>): Promise<boolean> {
  const waiting = spinner();
  waiting.start(`Asking ${where}`);
  let isAccepted: boolean | undefined;
  let passedMore = 0;
  for await (const { ok, line } of checks) {
    if (isAccepted === undefined) {
      isAccepted = ok;
      if (ok) waiting.stop(line);
      else waiting.error(line);
    } else if (ok) passedMore += 1;
    else log.warn(line);
  }
  if (passedMore > 1) log.step(`${passedMore} more checks passed`);
  return isAccepted ?? false;
}
