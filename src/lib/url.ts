/**
 * A URL, or undefined if the text is none. Not `URL.canParse`: on Node 20, it is wrong about text that isn't ASCII once it
 * has been called some thousand times and is compiled.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
