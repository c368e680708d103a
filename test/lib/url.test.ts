import { expect, it } from 'vitest';
import { parseUrl } from '../../src/lib/url.ts';
import { parseLogoUrl } from '../../src/profiles/branding.ts';

it('parseUrl parses a URL, and returns undefined for any other text', () => {
  expect(parseUrl('https://acme.com/a')?.hostname).toBe('acme.com');
  for (const text of ['', 'acme.com', 'https://', 'https://a b/']) expect(parseUrl(text)).toBeUndefined();
});

it('parseLogoUrl accepts a URL that is not ASCII, even after thousands of calls', () => {
  // URL.canParse fails after some thousand calls on Node 20.
  for (let count = 0; count < 20_000; count += 1) {
    if (!parseLogoUrl('https://müller.example/ä')) throw new Error(`It failed after ${count} times`);
  }
});
