import type { Management } from 'auth0/management';
import type * as z from 'zod';
import { type ApiClient, type Endpoint, pageAnswer, type Request } from './api-client.ts';
import { Auth0Error } from './errors.ts';
import type { ProfileDetails } from './resources.ts';
import { attributeProfilePage, customTextSchema, profileSchema } from './schemas.ts';
import { FORM_RATE_LIMIT_WAIT_MS, SUBMISSION_RATE_LIMIT_WAIT_MS } from './timeouts.ts';

/** The body of the call that creates a profile. */
export type CreateProfileBody = Management.CreateSelfServiceProfileRequestContent;
/** The body of the call that changes a profile. A list replaces the whole list, and null clears a value. */
export type UpdateProfileBody = Management.UpdateSelfServiceProfileRequestContent;

/** The page of the setup assistant that has the introduction. Auth0 has no other, and no other language. */
const INTRODUCTION = ['en', 'get-started'] as const;

interface WriteOptions {
  /** At most 64 characters. The tenant's log shows it as `references.correlation_id`. */
  correlationId: string;
}

/** The calls that create and edit self-service profiles. All of them throw `Auth0Error`. */
export class ProfilesApi {
  readonly #client: ApiClient;
  readonly #stopping: AbortSignal;

  /** @param stopping once aborted, no call waits for the rate limit */
  constructor({ client, stopping }: { client: ApiClient; stopping: AbortSignal }) {
    this.#client = client;
    this.#stopping = stopping;
  }

  get(id: string): Promise<ProfileDetails> {
    return this.#read('GET self-service-profiles/{id}', profileSchema, (sdk, options) =>
      sdk.profiles.get(id, options).withRawResponse(),
    );
  }

  /** Creates a profile. Not idempotent, so it is repeated only if nothing was created: after a 401 or a 429. */
  create(body: CreateProfileBody, { correlationId }: WriteOptions): Promise<ProfileDetails> {
    return this.#write('POST self-service-profiles', profileSchema, correlationId, (sdk, options) =>
      sdk.profiles.create(body, options).withRawResponse(),
    );
  }

  update(id: string, body: UpdateProfileBody, { correlationId }: WriteOptions): Promise<ProfileDetails> {
    return this.#write('PATCH self-service-profiles/{id}', profileSchema, correlationId, (sdk, options) =>
      sdk.profiles.update(id, body, options).withRawResponse(),
    );
  }

  /** The text on the first page of the setup assistant. Empty if the profile has no custom text. */
  introduction(id: string): Promise<string> {
    return this.#read('GET self-service-profiles/{id}/custom-text', customTextSchema, (sdk, options) =>
      sdk.profiles.customText.list(id, ...INTRODUCTION, options).withRawResponse(),
    );
  }

  /** @param introduction if it is empty, Auth0's own text is used again */
  async setIntroduction(id: string, introduction: string, { correlationId }: WriteOptions): Promise<void> {
    const texts: Record<string, string> = introduction ? { introduction } : {};
    await this.#write(
      'PUT self-service-profiles/{id}/custom-text',
      customTextSchema,
      correlationId,
      (sdk, options) => sdk.profiles.customText.set(id, ...INTRODUCTION, texts, options).withRawResponse(),
    );
  }

  /** The names of the user attribute profiles, by ID. Empty without the permission, or if Auth0 doesn't respond. */
  async attributeProfileNames(): Promise<Map<string, string>> {
    try {
      const missing = await this.#client.missingPermissions();
      if (missing.includes('read:user_attribute_profiles')) return new Map();
      const { entries } = await this.#read(
        'GET user-attribute-profiles',
        attributeProfilePage,
        pageAnswer((sdk, options) => sdk.attributeProfiles.list({ take: 100 }, options)),
      );
      return new Map(entries.map(({ id, name }) => [id, name]));
    } catch (error) {
      if (!(error instanceof Auth0Error)) throw error;
      return new Map();
    }
  }

  /** For a person who opens a form. */
  #read<T>(endpoint: Endpoint, schema: z.ZodType<T>, request: Request): Promise<T> {
    const deadline = Date.now() + FORM_RATE_LIMIT_WAIT_MS;
    return this.#client.call(endpoint, schema, request, { deadline, signal: this.#stopping });
  }

  /** For a person who submitted a form. */
  #write<T>(endpoint: Endpoint, schema: z.ZodType<T>, correlationId: string, request: Request): Promise<T> {
    const deadline = Date.now() + SUBMISSION_RATE_LIMIT_WAIT_MS;
    const headers = { 'X-Correlation-ID': correlationId };
    return this.#client.call(endpoint, schema, (sdk, options) => request(sdk, { ...options, headers }), {
      deadline,
      signal: this.#stopping,
    });
  }
}
