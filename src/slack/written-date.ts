/** Formats by time zone. Creating one takes longer than the rest of a message. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** A time with its zone: "Saturday, November 28, 2026 at 3:04 PM (Europe/Berlin)". @param seconds since 1970 */
export function writtenDate(seconds: number, timeZone: string): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'short', timeZone });
  formats.set(timeZone, format);
  return `${format.format(seconds * 1000)} (${timeZone})`;
}
