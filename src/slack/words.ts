/** Nobody waits for longer than this without a word. */
const WORD_MS = 8_000;

/**
 * Says every 8 seconds how it stands, until the end.
 *
 * @param say is told for how many seconds somebody has been waiting
 * @returns ends it, once the last word is out: what comes next must not be overtaken by it
 */
export function keepInformed(say: (seconds: number) => Promise<unknown>): () => Promise<void> {
  const from = Date.now();
  let said: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    said = say(Math.round((Date.now() - from) / 1000));
  }, WORD_MS);
  return async () => {
    clearInterval(timer);
    await said;
  };
}
