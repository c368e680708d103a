/** A call to another system that has ended. */
interface ObservedCall {
  /** Without names, IDs and URLs, such as `GET clients/{id}`. */
  method: string;
  /** `ok`, or a code that says why it failed. */
  outcome: string;
  seconds: number;
}

export type CallObserver = (call: ObservedCall) => void;

/** Runs `call`, and tells the observer how it ended, if there is one. @param codeOf an error's code */
export async function observe<T>(
  onCall: CallObserver | undefined,
  method: string,
  call: () => Promise<T>,
  codeOf: (error: unknown) => string,
): Promise<T> {
  const start = performance.now();
  const ended = (outcome: string) =>
    onCall?.({ method, outcome, seconds: (performance.now() - start) / 1000 });
  try {
    const result = await call();
    ended('ok');
    return result;
  } catch (error) {
    ended(codeOf(error));
    throw error;
  }
}
