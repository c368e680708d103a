// @ts-check
import { act, byId, h, notify, show, showList } from './dom.js';
import { formatDate } from './text.js';

/** @typedef {import('../state.ts').State} State */

/** @param {string} text @param {string} kind */
const badge = (text, kind) => h('span', { class: `badge ${kind}` }, text);

const STATES = {
  live: 'not opened',
  opened: 'opened',
  configured: 'set up',
  finished: 'finished',
  revoked: 'revoked',
  expired: 'expired',
};
const KINDS = { new: 'New', edit: 'Edit' };

/** Renders the panel with the tenant, the bot's requests and the switches. @param {State} state */
export function showTenant({ switches, tenant, requests, violations, me, aheadMs }) {
  showList(
    byId('switches'),
    switches.map((one) => ({ id: one.name, ...one })),
    ({ name, label, on }) => [
      h(
        'label',
        h('input', { type: 'checkbox', role: 'switch', id: `switch-${name}`, checked: on, change: toggle }),
        h('span', label),
      ),
    ],
  );
  const now = formatDate((Date.now() + aheadMs) / 1000, '{date_short}, {time}');
  show(byId('clock'), aheadMs > 0 && now, () => (aheadMs > 0 ? [`It is now ${now}.`] : []));
  const { tickets, connections, profiles } = tenant;
  const rows = tickets.map((ticket) => ({
    ...ticket,
    until: formatDate(Math.floor(ticket.expiresAt / 1000), '{date_short}'),
    tz: me.tz,
  }));
  showList(byId('tickets'), rows, ticketRows);
  for (const list of /** @type {const} */ (['connections', 'profiles'])) {
    showList(byId(list), tenant[list], ({ name, detail, kind }) => [
      h(
        'div.row.line',
        h('strong', name),
        h('span.detail', { title: detail }, detail),
        kind && badge(kind, ''),
      ),
    ]);
  }
  showList(byId('requests'), requests, ({ to, what, outcome, ok, ms, body }) => {
    const line = [
      badge(outcome, outcome === '…' ? '' : ok ? 'good' : 'bad'),
      h('span.to', to),
      h('code', { title: what }, what),
      ms !== undefined && h('span.ms', `${ms} ms`),
    ];
    return [body ? h('details', h('summary.row', ...line), h('pre', body)) : h('div.row', ...line)];
  });
  show(byId('violations'), violations, (all) =>
    all.map((one) => h('p.error', `Slack would reject this: ${one}`)),
  );
  for (const [name, list] of Object.entries({ tickets, connections, profiles })) {
    show(byId(`${name}-count`), list.length, (count) => [String(count)]);
  }
}

/** @param {State['tenant']['tickets'][number] & { until: string }} ticket */
function ticketRows({ id, url, state, connection, kind, profile, opens, until }) {
  const isUsable = state === 'live' || state === 'opened' || state === 'configured';
  const facts = [KINDS[kind], profile, opens > 0 && `opened ${opens}×`, isUsable && `expires ${until}`];
  const title = 'Act as the customer’s IT admin';
  return [
    h('div.row', h('strong', connection), badge(STATES[state], state)),
    h(
      'div.row.detail',
      h('span', facts.filter(Boolean).join(' · ')),
      isUsable && h('a', { href: url, target: '_blank', rel: 'noreferrer', id: `open-${id}`, title }, 'Open'),
    ),
  ];
}

for (const hours of /** @type {const} */ ([1, 24])) {
  byId(`forward-${hours}`).addEventListener('click', () => {
    act({ do: 'forward', hours }).catch((error) => notify(String(error)));
  });
}

/** @param {Event} event */
function toggle({ target }) {
  if (!(target instanceof HTMLInputElement)) return;
  // showTenant sets the ID.
  const name = /** @type {import('../switches.ts').Switch} */ (target.id.replace('switch-', ''));
  act({ do: 'switch', name, on: target.checked }).catch((error) => notify(String(error)));
}
