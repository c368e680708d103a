import { domainToASCII } from 'node:url';
import publicMailDomains from 'email-providers';
import { parse } from 'tldts';

/** Domains as a person wrote them, told apart. */
export interface Domains {
  /** Lower case, ASCII (punycode), each once, in the order written. */
  domains: string[];
  /** What is no domain of a customer's, as it was written. */
  wrong: string[];
}

const PUBLIC_MAIL: ReadonlySet<string> = new Set(publicMailDomains);

/**
 * Reads domains in any usual writing: separated by commas, semicolons, blanks or lines; with an `@`, a mail
 * address or a web address around them; upper case; international. Auth0 takes up to 255 characters each.
 */
export function readDomains(text: string): Domains {
  const domains = new Set<string>();
  const wrong: string[] = [];
  for (const written of text.split(/[\s,;]+/).filter(Boolean)) {
    const host = written
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/[/?#].*$/, '')
      .replace(/^.*@/, '')
      .replace(/:\d+$/, '')
      .replace(/\.$/, '');
    const domain = domainToASCII(host).toLowerCase();
    if (isDomain(domain)) domains.add(domain);
    else wrong.push(written);
  }
  return { domains: [...domains], wrong };
}

/** Registrable under a public suffix: `acme.com` and `eu.acme.com`, but not `com`, `co.uk`, `localhost` or an address. */
function isDomain(domain: string): boolean {
  const { domain: registrable, isIp } = parse(domain);
  return (
    registrable !== null &&
    !isIp &&
    domain.length <= 255 &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(domain)
  );
}

/** What is wrong with domains as a person wrote them, naming each wrong one; undefined if nothing is. */
export function domainsProblem(text: string): string | undefined {
  const { domains, wrong } = readDomains(text);
  if (wrong.length > 0)
    return `No domain: ${quoted(wrong)}. Write domains such as acme.com, separated by commas.`;
  const open = domains.filter((domain) => PUBLIC_MAIL.has(domain));
  if (open.length > 0) {
    return `${quoted(open)}: anybody can have a mail address there, so it is no customer's domain.`;
  }
  return undefined;
}

const quoted = (texts: string[]) =>
  texts
    .slice(0, 10)
    .map((text) => `“${text.slice(0, 60)}”`)
    .join(', ');
