import { domainToASCII } from 'node:url';
import publicMailDomains from 'email-providers';
import { parse } from 'tldts';
import type { FieldProblem } from '../errors.ts';

export interface ParsedDomains {
  /** Lower case, ASCII (punycode), each once, in the order written. */
  domains: string[];
  /** What is no customer's domain, as it was written. */
  invalid: string[];
}

/** Auth0's limit, in characters. */
const MAX_DOMAIN_LENGTH = 255;
const PUBLIC_MAIL: ReadonlySet<string> = new Set(publicMailDomains);

/**
 * Parses domains as people write them: separated by commas, semicolons, spaces or lines; with an `@`, in an email
 * address or a URL; in upper case; international.
 */
export function parseDomains(text: string): ParsedDomains {
  const domains = new Set<string>();
  const invalid: string[] = [];
  for (const written of text.split(/[\s,;]+/).filter(Boolean)) {
    const host = written
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/[/?#].*$/, '')
      .replace(/^.*@/, '')
      .replace(/:\d+$/, '')
      .replace(/\.$/, '');
    const domain = domainToASCII(host).toLowerCase();
    if (isDomain(domain)) domains.add(domain);
    else invalid.push(written);
  }
  return { domains: [...domains], invalid };
}

/** Registrable under a public suffix: `acme.com` and `eu.acme.com`, but not `com`, `co.uk`, `localhost` or an IP. */
function isDomain(domain: string): boolean {
  const { domain: registrable, isIp } = parse(domain);
  return (
    registrable !== null &&
    !isIp &&
    domain.length <= MAX_DOMAIN_LENGTH &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(domain)
  );
}

/** What is wrong with a list of domains. */
export function domainsProblem(text: string): FieldProblem | undefined {
  const { domains, invalid } = parseDomains(text);
  if (invalid.length > 0) return { code: 'domains_invalid', texts: invalid };
  const open = domains.filter((domain) => PUBLIC_MAIL.has(domain));
  return open.length > 0 ? { code: 'domains_public', domains: open } : undefined;
}
