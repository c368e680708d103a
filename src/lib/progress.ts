/**
 * Calls `report` every `intervalMs` with the seconds since the start, until stopped.
 *
 * @returns stops the reports and waits for the last one, so that it can't arrive after what comes next
 */
export function startProgress(
  intervalMs: number,
  report: (seconds: number) => Promise<unknown>,
): () => Promise<void> {
  const startedAt = Date.now();
  let latest: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    latest = report(Math.round((Date.now() - startedAt) / 1000));
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    await latest;
  };
}
