import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainsProblem, readDomains } from '../../src/ticket/domains.ts';
import { anyCharacter } from '../arbitrary.ts';

describe('readDomains', () => {
  it.each([
    ['acme.com', ['acme.com']],
    ['Acme.COM,ACME.com', ['acme.com']],
    ['acme.com; acme.de\nacme.fr  acme.it', ['acme.com', 'acme.de', 'acme.fr', 'acme.it']],
    ['@acme.com it@acme.de', ['acme.com', 'acme.de']],
    ['https://acme.com/ http://www.acme.de/path?x#y acme.fr:443', ['acme.com', 'www.acme.de', 'acme.fr']],
    ['münchen.de', ['xn--mnchen-3ya.de']],
    ['acme.com.', ['acme.com']],
    ['', []],
  ])('reads %j', (text, domains) => {
    expect(readDomains(text)).toEqual({ domains, wrong: [] });
  });

  it.each(['acme', 'com', 'co.uk', 'localhost', '10.0.0.1', 'a_b.com', '-a.com', 'a..com', 'acme.com!'])(
    'does not take %j for a domain',
    (text) => {
      expect(readDomains(text)).toEqual({ domains: [], wrong: [text] });
    },
  );

  it('gives only what Auth0 takes, of any text, and the same when it reads that again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: anyCharacter }), fc.domain(), fc.emailAddress(), fc.webUrl()),
        (text) => {
          const { domains } = readDomains(text);
          for (const domain of domains) expect(domain).toMatch(/^[a-z0-9.-]{3,255}$/);
          expect(readDomains(domains.join(', '))).toEqual({ domains, wrong: [] });
        },
      ),
    );
  });
});

describe('domainsProblem', () => {
  it('names what is wrong, and domains where anybody can have an address', () => {
    expect(domainsProblem('acme.com')).toBeUndefined();
    expect(domainsProblem('acme.com nope also-nope')).toContain('“nope”, “also-nope”');
    expect(domainsProblem('Gmail.com, acme.com, web.de')).toContain('“gmail.com”, “web.de”');
  });
});
