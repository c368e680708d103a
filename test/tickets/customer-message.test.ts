import { describe, expect, it } from 'vitest';
import { templateProblem } from '../../src/config/customer-message.ts';
import { customerMessage } from '../../src/tickets/customer-message.ts';

const places = {
  link: 'https://x/y?ticket=z',
  connection: 'acme',
  customer: 'Acme {link} $& Corp',
  expiry: 'Friday',
  requester: 'Maria',
};

describe('the text to the customer', () => {
  it('fills in the places once, whatever stands in what is filled in', () => {
    expect(customerMessage('{customer}: {link} by {expiry} – {requester}', 'new', places)).toBe(
      'Acme {link} $& Corp: https://x/y?ticket=z by Friday – Maria',
    );
  });

  it('has words of its own for each kind', () => {
    expect(customerMessage(undefined, 'new', places)).toContain('set up single sign-on for Acme');
    expect(customerMessage(undefined, 'edit', places)).toContain(
      'change the single sign-on settings of Acme',
    );
  });

  it('knows a wrong template', () => {
    expect(templateProblem('{link} {expiry}')).toBeUndefined();
    expect(templateProblem('{link} {url}')).toContain('{url}');
    expect(templateProblem('no link')).toContain('{link}');
  });
});
