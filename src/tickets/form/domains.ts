import { domainToASCII } from 'node:url';
import listedProviders from 'email-providers';
import { parse } from 'tldts';
import { withoutQuotes } from '../../lib/text.ts';
import type { FieldProblem } from '../errors.ts';

export interface ParsedDomains {
  /** Lower case, ASCII (punycode), each once, in the order written. */
  domains: string[];
  /** Texts that aren't domains of a customer, as they were typed. */
  invalid: string[];
}

/** Auth0's limit, in characters. */
const MAX_DOMAIN_LENGTH = 255;
const LISTED_PROVIDERS: ReadonlySet<string> = new Set(listedProviders);

/** Providers where anyone can have an address. Certain, and so a short list. */
const LARGE_PROVIDERS: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it
  live.com live.co.uk live.de live.fr msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.jp
  yahoo.com.br yahoo.co.in ymail.com rocketmail.com icloud.com me.com mac.com aol.com aim.com proton.me protonmail.com pm.me
  tutanota.com tuta.io zoho.com fastmail.com hey.com mail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de
  freenet.de t-online.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it comcast.net verizon.net
  att.net sbcglobal.net cox.net btinternet.com mail.ru inbox.ru list.ru bk.ru yandex.ru yandex.com ya.ru rambler.ru
  qq.com foxmail.com 163.com 126.com yeah.net sina.com naver.com hanmail.net daum.net uol.com.br bol.com.br terra.com.br
  rediffmail.com seznam.cz wp.pl o2.pl onet.pl interia.pl`.split(/\s+/),
);

/**
 * Parses domains as people write them: separated by commas, semicolons, spaces or lines; with an `@`, in an email
 * address or a URL; in quotes; in upper case; international.
 */
export function parseDomains(text: string): ParsedDomains {
  const domains = new Set<string>();
  const invalid: string[] = [];
  for (const written of text
    .split(/[\s,;]+/)
    .map(withoutQuotes)
    .filter(Boolean)) {
    const host = written
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/[/?#].*$/, '')
      .replace(/^.*@/, '')
      .replace(/:\d+$/, '')
      .replace(/\.$/, '');
    // Checked first, because the next step's time grows with the square of the length.
    const domain = host.length <= MAX_DOMAIN_LENGTH ? domainToASCII(host).toLowerCase() : '';
    if (isDomain(domain)) domains.add(domain);
    else invalid.push(written);
  }
  return { domains: [...domains], invalid };
}

/**
 * Whether it can be registered under a public suffix: `acme.com` and `eu.acme.com`, but not `com`, `co.uk`, `localhost`
 * or an IP.
 */
function isDomain(domain: string): boolean {
  const { domain: registrable, isIp } = parse(domain);
  return (
    registrable !== null &&
    !isIp &&
    domain.length <= MAX_DOMAIN_LENGTH &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(domain)
  );
}

/** What is wrong with a list of domains. Editors may use a domain that only may be public: see `maybePublic`. */
export function domainsProblem(text: string, isEditor: boolean): FieldProblem | undefined {
  const { domains, invalid } = parseDomains(text);
  if (invalid.length > 0) return { code: 'domains_invalid', texts: invalid };
  const open = domains.filter((domain) => LARGE_PROVIDERS.has(domain));
  if (open.length > 0) return { code: 'domains_public', domains: open };
  const doubtful = isEditor ? [] : maybePublic(domains);
  return doubtful.length > 0 ? { code: 'domains_maybe_public', domains: doubtful } : undefined;
}

/** The domains that are on a list of email providers. It also contains domains of companies and universities. */
export function maybePublic(domains: string[]): string[] {
  return domains.filter((domain) => LISTED_PROVIDERS.has(domain) && !LARGE_PROVIDERS.has(domain));
}
