// @ts-check
import { byId, h, show } from './dom.js';

/** @typedef {import('../guide.ts').Progress} Progress */
/** @typedef {{ command: string, type: (text: string) => void }} Composer */
/** @typedef {{ id: Exclude<keyof Progress, 'connection'>, name: string, advice: (progress: Progress, composer: Composer) => (string | Node)[] }} Step */

/** @type {Step[]} */
const STEPS = [
  {
    id: 'ask',
    name: 'Ask',
    advice: (_, composer) => [
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
    advice: () => ['In that tab, choose an identity provider and finish the setup.'],
  },
  {
    id: 'find',
    name: 'Find',
    advice: ({ connection = '' }, composer) => [
      'The customer needs a change. Send ',
      sample(`${composer.command} edit ${connection}`, composer),
      ' to find the new connection.',
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
  show(byId('step'), [current?.id, progress.connection], () =>
    current
      ? current.advice(progress, composer)
      : ['That’s it. Now act as someone else, or simulate a problem, and see what the bot says.'],
  );
}
