import { hkdfSync, webcrypto } from 'node:crypto';
import type { z } from 'zod';

/**
 * What a sealed value may be used for. It is bound into the seal: a value sealed for one purpose does not
 * open for another, so it cannot be moved from a view into a button or the other way round.
 */
type SealPurpose = 'origin' | 'ticket';

/** A sealed value that does not open: forged, moved, sealed by another installation, or too old. */
export class SealError extends Error {
  override name = 'SealError';
  readonly reason: 'forged' | 'expired';
  constructor(reason: 'forged' | 'expired') {
    super(`The sealed value is ${reason}`);
    this.reason = reason;
  }
}

export interface Seal {
  /** Encrypts and authenticates a value, for `seconds` from now. The result is text for Slack to carry. */
  close(purpose: SealPurpose, value: object, seconds: number): Promise<string>;
  /** Opens what `close` made. @throws SealError if it is not ours, not for this purpose, or too old */
  open<T>(purpose: SealPurpose, sealed: string, shape: z.ZodType<T>): Promise<T>;
}

/**
 * Seals the values that the bot must find again but keeps nowhere: they travel through Slack as JWE
 * (`dir`, A256GCM), so any instance with the same key can open them, also after a restart.
 *
 * @param secret SEAL_KEY, or the bot token; the key proper is derived from it (HKDF-SHA256)
 */
export function createSeal(secret: string): Seal {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, '', 'sso-ticket-bot/seal/1', 32));
  // Imported once: as bytes it would be for every value.
  const imported = webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  // Loaded with the first form, not with the start.
  const jose = () => import('jose');
  return {
    async close(purpose, value, seconds) {
      const { EncryptJWT } = await jose();
      return new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .encrypt(await imported);
    },
    async open(purpose, sealed, shape) {
      const { errors, jwtDecrypt } = await jose();
      try {
        const { payload } = await jwtDecrypt(sealed, await imported, {
          audience: purpose,
          requiredClaims: ['exp'],
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return shape.parse(payload.value);
      } catch (error) {
        throw new SealError(error instanceof errors.JWTExpired ? 'expired' : 'forged');
      }
    },
  };
}
