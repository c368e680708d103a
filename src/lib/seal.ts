import { hkdfSync, webcrypto } from 'node:crypto';
import type * as z from 'zod';
import { once } from './memoize.ts';
import { withoutNulls } from './without-nulls.ts';

/** A sealed value that doesn't open: forged, moved to another purpose, sealed with another key, or too old. */
export class SealError extends Error {
  override name = 'SealError';
  readonly code: 'forged' | 'expired';
  constructor(code: 'forged' | 'expired') {
    super(`The sealed value is ${code}`);
    this.code = code;
  }
}

/** Returns the secrets that keys are derived from: the first encrypts, all decrypt. */
export type SealKeys = () => string[];

/** A secret that still opens what earlier versions sealed for one purpose. It never seals. */
export interface FormerKey {
  secret: string;
  purpose: string;
}

/**
 * Encrypts values that travel through Slack or are stored, as JWE (`dir`, A256GCM). Every instance with the same secret
 * can open them, even after a restart.
 */
export class Seal {
  readonly #keys: SealKeys;
  readonly #former: FormerKey | undefined;
  /** By secret. */
  readonly #derived = new Map<string, Promise<webcrypto.CryptoKey>>();
  // Loaded on first use: jose would slow down the start.
  readonly #jose = once(() => import('jose'));

  constructor({ keys, former }: { keys: SealKeys; former?: FormerKey }) {
    this.#keys = keys;
    this.#former = former;
  }

  /**
   * Encrypts and authenticates a value.
   *
   * @param purpose bound into the result: a value sealed for one purpose doesn't open for another
   * @param seconds how long it can be opened
   */
  async seal(purpose: string, value: object, seconds: number): Promise<string> {
    const { EncryptJWT } = await this.#jose();
    const [secret = ''] = this.#keys();
    return new EncryptJWT({ value })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(purpose)
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .encrypt(await this.#key(secret));
  }

  /** @throws SealError if the value is not ours, not for this purpose, or too old */
  async open<T>(purpose: string, sealed: string, schema: z.ZodType<T>): Promise<T> {
    const secrets = this.#keys();
    if (this.#former?.purpose === purpose) secrets.push(this.#former.secret);
    let refused = new SealError('forged');
    for (const secret of secrets) {
      try {
        return await this.#openWith(secret, purpose, sealed, schema);
      } catch (error) {
        // Only the right key can tell that a value is too old.
        if (error instanceof SealError && error.code === 'expired') refused = error;
      }
    }
    throw refused;
  }

  async #openWith<T>(secret: string, purpose: string, sealed: string, schema: z.ZodType<T>): Promise<T> {
    const { errors, jwtDecrypt } = await this.#jose();
    try {
      const { payload } = await jwtDecrypt(sealed, await this.#key(secret), {
        audience: purpose,
        requiredClaims: ['exp'],
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return schema.parse(withoutNulls(payload.value));
    } catch (error) {
      throw new SealError(error instanceof errors.JWTExpired ? 'expired' : 'forged');
    }
  }

  /** Derives the encryption key (HKDF-SHA256). */
  #key(secret: string): Promise<webcrypto.CryptoKey> {
    const known = this.#derived.get(secret);
    if (known) return known;
    const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'sso-ticket-bot/seal/1', 32));
    const key = webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    this.#derived.set(secret, key);
    return key;
  }
}
