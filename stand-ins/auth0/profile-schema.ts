import * as z from 'zod';
import { parseUrl } from '../url.ts';
import { ApiError, invalidBody } from './response.ts';
import { type Profile, profileStrategies, randomId, type TenantData } from './tenant.ts';
import { format, parse, text } from './validation.ts';

const maxProfiles = 20;

/** A URI that needs no escaping (RFC 3986), as JSON Schema's format `uri` requires. */
const uri = format(
  'uri',
  (value) => parseUrl(value) !== undefined && /^[\w\-.~:/?#@!$&'()*+,;=%[\]]*$/.test(value),
);

const branding = z.looseObject({
  logo_url: text(1024)
    .regex(/^https:\/\//)
    .pipe(uri)
    .optional(),
  colors: z.looseObject({ primary: z.string().regex(/^#([\dA-Fa-f]{6}|[\dA-Fa-f]{3})$/) }).optional(),
});

const attributes = z
  .array(
    z.strictObject({
      name: text(250).describe('Identifier of this attribute.'),
      description: text(255).describe('Description of this attribute.'),
      is_optional: z.boolean().describe('Determines if this attribute is required'),
    }),
  )
  .max(20);

const strategies = z.array(z.enum(profileStrategies)).min(1);
const name = text(100, 1).describe('The name of the self-service Profile.');
const description = text(140, 1).describe('The description of the self-service Profile.');
const attributeProfileId = format('user-attribute-profile-id', /^uap_[A-Za-z0-9]+$/);

const created = z.strictObject({
  name,
  description: description.optional(),
  branding: branding.optional(),
  allowed_strategies: strategies.optional(),
  user_attributes: attributes.optional(),
  user_attribute_profile_id: attributeProfileId.optional(),
});

const updated = z.strictObject({
  name: name.optional(),
  description: description.nullable().optional(),
  branding: branding.nullable().optional(),
  allowed_strategies: strategies.optional(),
  user_attributes: attributes.nullable().optional(),
  user_attribute_profile_id: attributeProfileId.nullable().optional(),
});

/** Adds a profile to the tenant. Throws an `ApiError` if Auth0 refuses it. */
export function createProfile(value: unknown, tenant: TenantData): Profile {
  const body = parse(created, value, invalidBody);
  checkAttributes(body);
  if (tenant.profiles.length >= maxProfiles) {
    throw new ApiError(409, 'No more profiles can be created for this tenant.');
  }
  const now = new Date().toISOString();
  const profile = { id: `ssp_${randomId(22)}`, ...body, created_at: now, updated_at: now };
  tenant.profiles.push(profile);
  return profile;
}

/** Replaces the properties in the body, and clears those that are null. Throws an `ApiError` if Auth0 refuses it. */
export function updateProfile(profile: Profile, value: unknown): Profile {
  const body = parse(updated, value, invalidBody);
  const changes = Object.entries(body).map(([key, given]) => [key, given ?? undefined]);
  const next: Profile = { ...profile, ...Object.fromEntries(changes), updated_at: new Date().toISOString() };
  checkAttributes(next);
  return Object.assign(profile, next);
}

function checkAttributes({
  user_attributes,
  user_attribute_profile_id,
}: Pick<Profile, 'user_attributes' | 'user_attribute_profile_id'>): void {
  if (user_attributes?.length && user_attribute_profile_id) {
    throw invalidBody('Not allowed together with user_attribute_profile_id', 'user_attributes');
  }
}

const customTexts = z.record(z.string(), text(2000));

/** Replaces the texts of a page. With an empty body, Auth0's own texts are used again. */
export function setCustomText(value: unknown, { id }: Profile, tenant: TenantData): Record<string, string> {
  const texts = parse(customTexts, value, invalidBody);
  tenant.customTexts[id] = texts;
  return texts;
}
