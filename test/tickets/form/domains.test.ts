import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainsProblem, maybePublic, parseDomains } from '../../../src/tickets/form/domains.ts';
import { anyCharacter, anyUrl } from '../../arbitrary.ts';

describe('parseDomains', () => {
  it.each([
    ['acme.com', ['acme.com']],
    ['Acme.COM,ACME.com', ['acme.com']],
    ['acme.com; acme.de\nacme.fr  acme.it', ['acme.com', 'acme.de', 'acme.fr', 'acme.it']],
    ['@acme.com it@acme.de', ['acme.com', 'acme.de']],
    ['https://acme.com/ http://www.acme.de/path?x#y acme.fr:443', ['acme.com', 'www.acme.de', 'acme.fr']],
    ['münchen.de', ['xn--mnchen-3ya.de']],
    ['acme.com.', ['acme.com']],
    ['', []],
  ])('parses %j', (text, domains) => {
    expect(parseDomains(text)).toEqual({ domains, invalid: [] });
  });

  it.each(['acme', 'com', 'co.uk', 'localhost', '10.0.0.1', 'a_b.com', '-a.com', 'a..com', 'acme.com!'])(
    'does not accept %j as a domain',
    (text) => {
      expect(parseDomains(text)).toEqual({ domains: [], invalid: [text] });
    },
  );

  it('returns only domains that Auth0 accepts, and returns the same ones when it parses them again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: anyCharacter }), fc.domain(), fc.emailAddress(), anyUrl('https', 'http')),
        (text) => {
          const { domains } = parseDomains(text);
          for (const domain of domains) expect(domain).toMatch(/^[a-z0-9.-]{3,255}$/);
          expect(parseDomains(domains.join(', '))).toEqual({ domains, invalid: [] });
        },
      ),
    );
  });
});

describe('domainsProblem', () => {
  it('reports texts that are not domains', () => {
    expect(domainsProblem('acme.com', false)).toBeUndefined();
    expect(domainsProblem('acme.com nope also-nope', true)).toEqual({
      code: 'domains_invalid',
      texts: ['nope', 'also-nope'],
    });
  });

  it.each([true, false])(
    'rejects the domains of large email providers, even for an editor (%s)',
    (isEditor) => {
      expect(domainsProblem('Gmail.com, acme.com, web.de', isEditor)).toEqual({
        code: 'domains_public',
        domains: ['gmail.com', 'web.de'],
      });
    },
  );

  it.each(['nus.edu.sg', 'telstra.com'])(
    'lets only an editor use %s, which is on a list of email providers',
    (domain) => {
      expect(maybePublic([domain, 'acme.com', 'gmail.com'])).toEqual([domain]);
      expect(domainsProblem(domain, false)).toEqual({ code: 'domains_maybe_public', domains: [domain] });
      expect(domainsProblem(domain, true)).toBeUndefined();
    },
  );
});
