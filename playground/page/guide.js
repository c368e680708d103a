// @ts-check
import { byId, h, show } from './dom.js';

/** @typedef {import('../guide.ts').Progress} Progress */
/** @typedef {{ command: string, bot: string, type: (text: string) => void }} Composer */
/** @typedef {{ id: keyof Progress, name: string, advice: (composer: Composer) => (string | Node)[] }} Step */

/** @type {Step[]} */
const STEPS = [
  {
    id: 'ask',
    name: 'Ask',
    advice: (composer) => [
      'Globex wants single sign-on. Send ',
      sample(`${composer.command} Globex Inc`, composer),
      ', choose an application, and create the link.',
    ],
  },
  {
    id: 'copy',
    name: 'Copy',
    advice: () => ['Copy the text with the link, as you would for the customer. Only you can see it.'],
  },
  {
    id: 'open',
    name: 'Open',
    advice: () => [
      'Now act as the customer’s IT admin: open the link from that text in a new tab, or select Open under “SSO links”.',
    ],
  },
  {
    id: 'finish',
    name: 'Finish',
    advice: () => [
      'In that tab, choose an identity provider and go through the setup. The receipt of the link shows each step.',
    ],
  },
  {
    id: 'see',
    name: 'See it',
    advice: ({ bot }) => [
      `The bot tells you in a few seconds that the customer finished. Open ${bot} under “Direct messages” to see it.`,
    ],
  },
];

/** A command that fills in the message box. @param {string} text @param {Composer} composer */
const sample = (text, { type }) =>
  h('button.sample', { id: 'sample', title: 'Fill in the message box', click: () => type(text) }, text);

/**
 * Shows which steps were done, and what to do next.
 *
 * @param {Progress} progress
 * @param {Composer} composer
 */
export function showGuide(progress, composer) {
  const current = STEPS.find(({ id }) => !progress[id]);
  const count = STEPS.filter(({ id }) => progress[id]).length;
  show(byId('guide-count'), count, () => [`${count} of ${STEPS.length} steps done`]);
  show(byId('steps'), progress, () =>
    STEPS.map((step) =>
      h(
        'li',
        { class: progress[step.id] ? 'done' : '', 'aria-current': step === current ? 'step' : undefined },
        step.name,
        progress[step.id] && h('span.unseen', ' (done)'),
      ),
    ),
  );
  show(byId('step'), current?.id, () =>
    current
      ? current.advice(composer)
      : [
          'That’s it. Now act as someone else, simulate a problem, or let time pass, and see what the bot says.',
        ],
  );
}
