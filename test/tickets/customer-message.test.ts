import { describe, expect, it } from 'vitest';
import { templateProblem } from '../../src/config/customer-message.ts';
import { customerMessage } from '../../src/tickets/customer-message.ts';

const values = {
  link: 'https://x/y?ticket=z',
  connection: 'acme',
  customer: 'Acme {link} $& Corp',
  expiry: 'Friday',
  requester: 'Maria',
};

describe('the message to the customer', () => {
  it('replaces each placeholder once, even if a value contains a placeholder', () => {
    expect(customerMessage('{customer}: {link} by {expiry} – {requester}', 'new', values)).toBe(
      'Acme {link} $& Corp: https://x/y?ticket=z by Friday – Maria',
    );
  });

  it('has its own text for each kind of link', () => {
    const forwarding =
      "It is for the IT admin who manages your company's logins. If that isn't you, please forward this message to that person, and to nobody else: anyone who has the link can change how your team logs in.";
    const advice = 'Open the link by Friday. After you open it, you have five hours to finish.';
    const signature = 'Best regards,\nMaria';
    expect(customerMessage(undefined, 'new', values).split('\n\n')).toEqual([
      'Hello,',
      'Here is your link to set up single sign-on for Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      forwarding,
      advice,
      signature,
    ]);
    expect(customerMessage(undefined, 'edit', values).split('\n\n')).toEqual([
      'Hello,',
      'Here is your link to change the single sign-on settings of Acme {link} $& Corp:',
      'https://x/y?ticket=z',
      forwarding,
      advice,
      signature,
    ]);
    // Slack may not return the requester's name.
    expect(customerMessage(undefined, 'new', { ...values, requester: '' })).not.toContain('Best regards');
  });

  it('needs a template with {link} and without unknown placeholders', () => {
    expect(templateProblem('{link} {expiry}')).toBeUndefined();
    expect(templateProblem('{link} {url}')).toContain('{url}');
    expect(templateProblem('no link')).toContain('{link}');
  });
});
