import { parseUrl } from '../lib/url.ts';

/** Auth0's limit for a logo's URL. */
export const MAX_LOGO_URL_LENGTH = 1024;

const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** A web address as Auth0 accepts it: HTTPS, and escaped as RFC 3986 requires. Undefined if the text isn't one. */
export function parseLogoUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (!url || /\s/.test(text)) return undefined;
  const { protocol, hostname, username, password, origin, pathname, search, hash } = url;
  if (protocol !== 'https:' || username || password || !HOST.test(hostname)) return undefined;
  const fragment = hash && `#${hash.slice(1).replaceAll('#', '%23')}`;
  return `${origin}${escapeRest(`${pathname}${search}${fragment}`)}`;
}

/** Escapes the characters that `URL` accepts but a URI can't have. */
const escapeRest = (text: string) =>
  text.replace(/%(?![0-9A-Fa-f]{2})|[^\w\-.~:/?#@!$&'()*+,;=%]/g, (character) =>
    encodeURIComponent(character),
  );

/** A color as hexadecimal digits, six or three, with or without #. Undefined if the text isn't one. */
export function parseColor(text: string): string | undefined {
  const [, digits] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(text) ?? [];
  if (!digits) return undefined;
  const six = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  return `#${six.toLowerCase()}`;
}
