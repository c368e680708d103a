/**
 * A URL, or undefined if the text isn't one. Doesn't use `URL.canParse`: on Node 20, after some thousand calls, it is
 * compiled and then wrong about text that isn't ASCII.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
