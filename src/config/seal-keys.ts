import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreateKey } from '../lib/key-file.ts';
import type { SealKeys } from '../lib/seal.ts';
import type { Config } from './config.ts';

/** The file in DATA_DIR with the key that is generated if SEAL_KEY is not set. */
export const SEAL_KEY_FILE = 'seal-key';

/**
 * The keys in SEAL_KEY, or the one in DATA_DIR. If that one can't be stored, forms use a temporary key. No ticket is
 * recorded then, so nothing permanent is encrypted with it.
 */
export function sealKeys({ sealKeys: given, database }: Pick<Config, 'sealKeys' | 'database'>): SealKeys {
  if (given.length > 0 || 'url' in database) return () => [...given];
  const file = join(database.dataDir, SEAL_KEY_FILE);
  let stored: string | undefined;
  let temporary: string | undefined;
  return () => {
    try {
      stored ??= readOrCreateKey(file);
    } catch {
      // The database, which is in the same folder, reports the problem.
      temporary ??= randomBytes(32).toString('base64');
    }
    return [stored, temporary].filter((key) => key !== undefined);
  };
}
