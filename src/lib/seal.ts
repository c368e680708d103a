import { hkdfSync, webcrypto } from 'node:crypto';
import type { z } from 'zod';
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

/**
 * Encrypts values that travel through Slack, as JWE (`dir`, A256GCM). Every instance with the same secret can open
 * them, also after a restart.
 */
export class Seal {
  readonly #key: Promise<webcrypto.CryptoKey>;
  // Loaded on first use: jose would slow down the start.
  readonly #jose = once(() => import('jose'));

  /** @param secret SEAL_KEY, or the bot token. The encryption key is derived from it (HKDF-SHA256). */
  constructor(secret: string) {
    const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'sso-ticket-bot/seal/1', 32));
    this.#key = webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  }

  /**
   * Encrypts and authenticates a value.
   *
   * @param purpose bound into the result: a value sealed for one purpose doesn't open for another
   * @param seconds how long it can be opened
   */
  async seal(purpose: string, value: object, seconds: number): Promise<string> {
    const { EncryptJWT } = await this.#jose();
    return new EncryptJWT({ value })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(purpose)
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .encrypt(await this.#key);
  }

  /** @throws SealError if the value is not ours, not for this purpose, or too old */
  async open<T>(purpose: string, sealed: string, schema: z.ZodType<T>): Promise<T> {
    const { errors, jwtDecrypt } = await this.#jose();
    try {
      const { payload } = await jwtDecrypt(sealed, await this.#key, {
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
}
