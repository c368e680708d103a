import { createPrivateKey } from 'node:crypto';
import * as z from 'zod';
import { parseUrl } from '../lib/url.ts';
import { AUTH0_MAX_LINK_HOURS, type Audience } from './config.ts';

const entries = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  // Only separators: someone meant to set a value, so don't treat it as empty.
  .refine((found) => found.length > 0, { error: 'contains only separators' });
export const list = entries.default([]);

/** Slack IDs that begin with one of these letters. */
export const slackIds = (letters: string, example: string) =>
  entries
    .refine((ids) => ids.every((id) => new RegExp(`^[${letters}][A-Z0-9]+$`).test(id)), {
      error: `must contain IDs such as ${example}, separated by commas`,
    })
    .default([]);

/** Slack's IDs of users (U…, W…) and user groups (S…). By default nobody. */
export const people = slackIds('UWS', 'U012ABCDEF or S012ABCDEF').transform(
  (ids): Audience => ({
    everyone: false,
    users: ids.filter((id) => !id.startsWith('S')),
    userGroups: ids.filter((id) => id.startsWith('S')),
  }),
);

/**
 * A list of people: `everyone`, one of the other words, or Slack's IDs of users (U…, W…) and user groups (S…).
 *
 * @param words the words that are allowed instead of IDs
 */
export const audience = (words: string[]) =>
  z
    .string({
      error: `is not set: set it to the IDs of users (U012ABCDEF) and user groups (S012ABCDEF), separated by commas, or to ${words.join(' or ')}`,
    })
    .transform((text, context): Audience => {
      const entries = text.split(/[\s,]+/).filter(Boolean);
      const users = entries.filter((entry) => /^[UW][A-Z0-9]+$/.test(entry));
      const userGroups = entries.filter((entry) => /^S[A-Z0-9]+$/.test(entry));
      const [word = ''] = entries;
      if (entries.length === 1 && words.includes(word)) {
        return { everyone: word === 'everyone', users: [], userGroups: [] };
      }
      if (entries.length === 0 || users.length + userGroups.length < entries.length) {
        context.addIssue({
          code: 'custom',
          message: `must contain IDs of users (U012ABCDEF) and user groups (S012ABCDEF), separated by commas, or only ${words.join(' or ')}`,
        });
      }
      return { everyone: false, users, userGroups };
    });

/** Names may have spaces, so only commas separate them. */
export const names = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .refine((found) => found.length > 0, { error: 'contains only separators' })
  .default([]);

export const hours = z.coerce
  .number({ error: 'must be a number of hours' })
  .int({ error: 'must be a whole number of hours' })
  .min(1, { error: 'must be at least 1' })
  .max(AUTH0_MAX_LINK_HOURS, { error: `must be at most ${AUTH0_MAX_LINK_HOURS} (5 days)` })
  .default(AUTH0_MAX_LINK_HOURS);

/** A whole number that is at least `min`. */
export const wholeNumber = (what: string, min: number) =>
  z.coerce
    .number({ error: `must be a number of ${what}` })
    .int({ error: `must be a whole number of ${what}` })
    .min(min, { error: `must be at least ${min}` });

export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((text) => text === 'true');

export function isPrivateKey(pem: string): boolean {
  try {
    // The token request signs with RS256, and jose reads PKCS#8 only.
    return pem.includes('-----BEGIN PRIVATE KEY-----') && createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** Whether requests to a URL are encrypted, or stay on this machine. */
export function isHttpsOrLocal(url: string): boolean {
  const { protocol, hostname } = parseUrl(url) ?? {};
  return protocol === 'https:' || /^((.+\.)?localhost|\[::1\]|127(\.\d+){3})$/.test(hostname ?? '');
}

export const required = (what: string) => z.string({ error: `is not set: ${what}` });
