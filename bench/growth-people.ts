import { DONE_TITLE } from '../src/slack/sentences.ts';
import { fillForms, type Links, median, newPerson, reset, type World } from './world.ts';

/** How long people wait who do the same thing at the same time, in ms. */
export interface Waits {
  people: number;
  /** From the command to the form. */
  form: { median: number; last: number };
  /** From submission to link. */
  link: { median: number; last: number };
}

const TIMEOUT_MS = 60_000;
/** Auth0's. */
const LATENCY_MS = 50;
/** A few people are measured more often. */
const MEASUREMENTS = 100;

/** Lets this many people open a form at the same time, then submit one at the same time. The bot must be warm. */
export async function measurePeople(world: World, links: Links, people: number): Promise<Waits> {
  const waits = { form: [] as number[], link: [] as number[] };
  const last = { form: [] as number[], link: [] as number[] };
  world.auth0.latency = LATENCY_MS;
  for (let measured = 0; measured < Math.min(MEASUREMENTS, 10 * people); measured += people) {
    const forms = await openForms(world, people);
    const submissions = await submitForms(world, links, people);
    waits.form.push(...forms);
    waits.link.push(...submissions);
    last.form.push(Math.max(...forms));
    last.link.push(Math.max(...submissions));
    reset(world);
  }
  world.auth0.latency = 0;
  const summary = (what: 'form' | 'link') => ({
    median: median(waits[what]),
    last: median(last[what]),
  });
  return { people, form: summary('form'), link: summary('link') };
}

async function openForms(world: World, count: number): Promise<number[]> {
  const { slack, channel } = world;
  const people = Array.from({ length: count }, (_, index) => newPerson(world, `User ${index}`));
  const times = await Promise.all(
    people.map(async (person) => {
      const start = performance.now();
      await person.command(channel.id, '');
      await slack.until(() => person.modal?.submit, TIMEOUT_MS);
      return performance.now() - start;
    }),
  );
  await Promise.all(people.map((person) => person.close()));
  return times;
}

async function submitForms(world: World, links: Links, count: number): Promise<number[]> {
  const { slack } = world;
  const people = await fillForms(world, count);
  return Promise.all(
    people.map(async ({ person }) => {
      const start = performance.now();
      await person.submit();
      const { at } = await slack.until(() => links.get(person.id), TIMEOUT_MS);
      await slack.until(() => !person.modal || person.modal.title.text === DONE_TITLE, TIMEOUT_MS);
      return at - start;
    }),
  );
}
