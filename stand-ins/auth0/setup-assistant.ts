import * as admin from './customer-admin.ts';
import { escapeHtml, html, toPage } from './html.ts';
import { providerName } from './providers.ts';
import { ApiError, type ApiResponse } from './response.ts';
import { allowedStrategies, type Profile } from './tenant.ts';
import { featuresOf, type Tenant, type Ticket } from './ticket.ts';

/** Opens a ticket's link, and returns a page like Auth0's setup assistant. */
export function openAssistant(tenant: Tenant, ticketId: string): ApiResponse {
  return toPage(() => {
    admin.openTicket(tenant, ticketId);
    return currentPage(tenant, ticketId);
  });
}

/** Handles a form of the assistant: does its step, and returns the page of the next one. */
export function submitStep(tenant: Tenant, ticketId: string, form: Record<string, unknown>): ApiResponse {
  return toPage(() => {
    const run = new Map(Object.entries(steps)).get(String(form.step));
    if (!run) throw new ApiError(400, 'The setup has no such step.');
    const ticket = admin.findTicket(tenant, ticketId);
    run(tenant, ticket, form);
    return form.step === 'leave' ? leftPage() : currentPage(tenant, ticketId);
  });
}

type Step = (tenant: Tenant, ticket: Ticket, form: Record<string, unknown>) => void;

/** What each form does, by its field `step`. */
const steps: Record<string, Step> = {
  choose: (tenant, { id }, { provider }) => admin.chooseProvider(tenant, id, String(provider)),
  configure: (tenant, { id }) => admin.configureConnection(tenant, id),
  'start-test': (tenant, { id }) => admin.startTest(tenant, id),
  'finish-test': (tenant, { id }) => admin.endTest(tenant, id),
  'skip-test': (_, { progress }) => {
    progress.test = 'skipped';
  },
  'verify-now': (tenant, ticket) => verifyDomain(tenant, ticket, true),
  'verify-later': (tenant, ticket) => verifyDomain(tenant, ticket, false),
  enable: (tenant, { id }) => admin.finishSetup(tenant, id),
  leave: (tenant, { id }) => admin.leaveSetup(tenant, id),
};

function verifyDomain(tenant: Tenant, { id, progress }: Ticket, succeeded: boolean): void {
  if (progress.domain === undefined) admin.addDomain(tenant, id);
  admin.verifyDomain(tenant, id, succeeded);
}

/** The page of the first step that is not done. A ticket that edits a connection has no provider to choose. */
function currentPage(tenant: Tenant, ticketId: string): string {
  const ticket = admin.findTicket(tenant, ticketId);
  const { body, progress, connectionId } = ticket;
  const { sso, domainVerification, provisioning } = featuresOf(ticket);
  const isRequired = body.domain_aliases_config?.domain_verification === 'required';
  const isTested = progress.test === 'ended' || progress.test === 'skipped';
  const isDomainDone = progress.domain === 'verified' || (progress.domain === 'postponed' && !isRequired);
  if (progress.finished) return finishedPage(tenant, ticket);
  if (!connectionId && body.connection_config && !progress.provider) return choosePage(tenant, ticket);
  if (!connectionId && (sso || provisioning)) return configurePage(tenant, ticket);
  if (sso && !isTested) return testPage(ticket);
  if (domainVerification && !isDomainDone) return domainPage(ticket, isRequired);
  return enablePage(ticket);
}

function choosePage(tenant: Tenant, ticket: Ticket): string {
  const profile = tenant.profiles.find(({ id }) => id === ticket.profileId);
  if (!profile) throw new ApiError(404, 'This link is not valid.');
  const choices = allowedStrategies(profile).map(
    (strategy) =>
      `<label><input type="radio" name="provider" value="${escapeHtml(strategy)}" required> ${escapeHtml(providerName(strategy))}</label>`,
  );
  return page(
    'Set up single sign-on',
    `<p>You’re now the customer’s IT admin, setting up the connection ${nameOf(tenant, ticket)}.</p>
${appearance(profile, tenant)}`,
    `<fieldset><legend>Choose your identity provider</legend>${choices.join('\n')}</fieldset>
${button('choose', 'Continue')}`,
  );
}

function configurePage(tenant: Tenant, ticket: Ticket): string {
  const { provider } = ticket.progress;
  const subject = provider ? escapeHtml(providerName(provider)) : 'your identity provider';
  return page(
    'Configure the connection',
    `<p>Auth0’s own assistant asks for the settings of ${subject} here. This one needs none for the connection ${nameOf(tenant, ticket)}.</p>`,
    button('configure', 'Save'),
  );
}

function testPage({ progress }: Ticket): string {
  if (progress.test === 'started') {
    return page(
      'Test the connection',
      '<p>The test sign-in has started. Finish it, or leave the setup to see what the bot says about it.</p>',
      button('finish-test', 'Finish the test sign-in') + button('skip-test', 'Skip the test', 'other'),
    );
  }
  return page(
    'Test the connection',
    '<p>Sign in once with the new connection, to see whether the settings are right.</p>',
    button('start-test', 'Start a test sign-in') + button('skip-test', 'Skip the test', 'other'),
  );
}

function domainPage(ticket: Ticket, isRequired: boolean): string {
  const domain = `<strong>${escapeHtml(admin.domainOf(ticket))}</strong>`;
  const isWaiting = ticket.progress.domain === 'postponed';
  const result = isWaiting
    ? '<p>There is no DNS record yet. You can enable the connection once the domain is verified.</p>'
    : '';
  return page(
    'Verify your domain',
    `${result}<p>Auth0 looks for a DNS record of ${domain}. It can take up to 48 hours until the record is visible.</p>
<p>${isRequired ? 'This setup needs a verified domain.' : 'You can enable the connection before that.'}</p>`,
    button('verify-now', 'Verify now') + (isWaiting ? '' : button('verify-later', 'Later', 'other')),
  );
}

function enablePage(ticket: Ticket): string {
  return admin.enablesAnything(ticket)
    ? page(
        'Enable the connection',
        '<p>From now on, people of your company sign in with it.</p>',
        button('enable', 'Enable and finish'),
      )
    : page(
        'Finish the setup',
        '<p>The connection is set up. The company that sent you the link enables it.</p>',
        button('enable', 'Finish'),
      );
}

function finishedPage(tenant: Tenant, ticket: Ticket): string {
  return html(
    'Single sign-on is ready',
    `<p>The connection ${nameOf(tenant, ticket)} is set up. Close this tab to go back to Slack.</p>`,
  );
}

function leftPage(): string {
  return html(
    'You have left the setup',
    '<p>To go on, open the link again. Close this tab to go back to Slack.</p>',
  );
}

/** A page with a form, and another one that ends the session. */
function page(title: string, text: string, form: string): string {
  return html(
    title,
    `${text}
<form method="post">${form}</form>
<form method="post">${button('leave', 'Leave for now', 'link')}</form>`,
  );
}

const button = (step: string, label: string, kind = '') =>
  `<button name="step" value="${step}" class="${kind}">${label}</button>`;

function nameOf({ connections }: Tenant, { body, connectionId }: Ticket): string {
  const { connection_config: config, connection_id } = body;
  const connection = connections.find(({ id }) => id === (connectionId ?? connection_id));
  const { display_name, name } = connection ?? config ?? {};
  return `<strong>${escapeHtml(display_name ?? name ?? '')}</strong>`;
}

/** A profile's introduction and branding, as text: nothing of it becomes part of the page. */
function appearance({ id, branding }: Profile, { customTexts }: Tenant): string {
  const lines = {
    Introduction: customTexts[id]?.introduction,
    Logo: branding?.logo_url,
    'Primary color': branding?.colors?.primary,
  };
  return Object.entries(lines)
    .filter(([, value]) => value)
    .map(([label, value = '']) => `<p>${label}: ${escapeHtml(value)}</p>`)
    .join('\n');
}
