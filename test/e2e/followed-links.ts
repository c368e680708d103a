import * as sentences from '../../src/slack/sentences.ts';
import type { Message, Person } from '../../stand-ins/slack/server.ts';
import { modal, readingOf, textOf, type World } from '../harness.ts';

/** Creates a link for Globex Inc, and waits for its receipt. */
export async function createFollowedLink(
  world: World,
  { person = world.maria, name = 'globex', application = true } = {},
): Promise<void> {
  const before = messagesTo(world, person).length;
  await person.command(world.sales.id, '');
  await modal(world, person, sentences.FORM_TITLE.new);
  await person.type('connectionName', name);
  await person.type('displayName', 'Globex Inc');
  if (application) await person.pick('clients', { type: 'portal', take: 'Customer Portal' });
  await person.pick('organizations', { type: 'glob', take: 'Globex Inc' });
  await person.submit();
  await modal(world, person, sentences.DONE_TITLE);
  await world.slack.until(() => messagesTo(world, person).length > before);
  await person.close();
}

/** The bot's direct messages to a person. */
const messagesTo = (world: World, { id }: Person): Message[] =>
  world.slack.messages.filter(({ channel, stored }) => {
    const { kind, members } = world.slack.channels.get(channel) ?? {};
    return stored && kind === 'im' && members?.has(id);
  });

export const receiptTo = (world: World, person: Person): Message | undefined =>
  messagesTo(world, person).find((each) => textOf(each).includes(sentences.receiptTitle('Globex Inc')));

export const noticesTo = (world: World, person: Person): Message[] =>
  messagesTo(world, person).filter((each) => !textOf(each).includes(sentences.receiptTitle('')));

/** Waits for a notice to this person that contains these words. */
export const noticeTo = (world: World, person: Person, words: string): Promise<Message> =>
  world.slack.until(() => noticesTo(world, person).find((each) => readingOf(each).includes(words.trim())));
