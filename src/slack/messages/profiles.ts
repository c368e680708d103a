import type { types } from '@slack/bolt';
import { identityProviderName } from '../../auth0/identity-providers.ts';
import type { Profile } from '../../auth0/resources.ts';
import { clip } from '../../lib/text.ts';
import { bold, code, rich, section, text, warning } from '../blocks.ts';
import { openFormButton, postProfilesButton } from '../buttons.ts';
import * as sentences from '../sentences.ts';
import type { Message } from './message.ts';

/**
 * The list of self-service profiles. Auth0 allows 20, and with two blocks each they fit into a message.
 *
 * @param onlyYou for the requester alone
 * @param canPost with a button that posts the list for everybody
 */
export function profileList(profiles: readonly Profile[], { onlyYou = false, canPost = true } = {}): Message {
  const count = sentences.profileCount(profiles.length);
  return {
    text: count,
    blocks: [
      rich(section(bold(count)), section(text(sentences.PROFILES_PURPOSE))),
      ...(onlyYou
        ? [
            warning(sentences.PROFILES_ONLY_YOU),
            ...(canPost ? [{ type: 'actions' as const, elements: [postProfilesButton()] }] : []),
          ]
        : []),
      ...profiles.flatMap(profileBlocks),
    ],
  };
}

function profileBlocks(profile: Profile): types.KnownBlock[] {
  const { id, name, description, providers, attributes, attributeProfile } = profile;
  const labels = sentences.PROFILE_LABELS;
  const attributeLine = (label: string, optional: boolean) => {
    const names = attributes.filter((attribute) => attribute.optional === optional).map(({ name }) => name);
    return names.length ? [section(bold(label), text(clip(names.join(', '), 300)))] : [];
  };
  const chosen = [{ id, name: clip(name, 75) }];
  return [
    rich(
      section(bold(clip(name, 150)), text('  '), code(id)),
      ...(description ? [section(text(clip(description, 300)))] : []),
      section(
        bold(labels.providers),
        text(providers.map(identityProviderName).join(', ') || labels.allProviders),
      ),
      ...attributeLine(labels.required, false),
      ...attributeLine(labels.optional, true),
      ...(attributeProfile
        ? [section(bold(labels.attributeProfile), text(clip(attributeProfile, 300)))]
        : []),
    ),
    {
      type: 'actions',
      elements: [openFormButton(sentences.FORM_SUBMIT, { kind: 'new', values: { profile: chosen } })],
    },
  ];
}
