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
    const forwarding =
      "It is for the IT admin who manages your company's logins. If that isn't you, please forward this message to that person, and to nobody else: anyone who has the link can change how your team logs in.";
    const advice = 'Open the link by Friday. Once it is open, there are five hours to finish.';
    const signature = 'Best regards,\nMaria';
    expect(customerMessage(undefined, 'new', places).split('\n\n')).toEqual([
      'Hello,',
      'Here is your link to set up single sign-on for Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      forwarding,
      advice,
      signature,
    ]);
    expect(customerMessage(undefined, 'edit', places).split('\n\n')).toEqual([
      'Hello,',
      'Here is your link to change the single sign-on settings of Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      forwarding,
      advice,
      signature,
    ]);
    // Slack may not say who the requester is.
    expect(customerMessage(undefined, 'new', { ...places, requester: '' })).not.toContain('Best regards');
  });

  it('knows a wrong template', () => {
    expect(templateProblem('{link} {expiry}')).toBeUndefined();
    expect(templateProblem('{link} {url}')).toContain('{url}');
    expect(templateProblem('no link')).toContain('{link}');
  });
});
