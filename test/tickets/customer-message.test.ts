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
    const advice =
      "Please open it when you have time to finish: it works until Friday, and once it is opened you have five hours. Please don't forward it: anyone who has this link can change how your people log in.";
    expect(customerMessage(undefined, 'new', places).split('\n\n')).toEqual([
      'Hello,',
      'here is your link to set up single sign-on for Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      advice,
    ]);
    expect(customerMessage(undefined, 'edit', places).split('\n\n')).toEqual([
      'Hello,',
      'here is your link to change the single sign-on settings of Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      advice,
    ]);
  });

  it('knows a wrong template', () => {
    expect(templateProblem('{link} {expiry}')).toBeUndefined();
    expect(templateProblem('{link} {url}')).toContain('{url}');
    expect(templateProblem('no link')).toContain('{link}');
  });
});
