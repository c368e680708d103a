/** A URL, or undefined if the text isn't one. `URL.canParse` is wrong about text that isn't ASCII on Node 20. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
