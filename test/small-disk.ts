import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A separate disk that is small enough for a test to fill. */
export interface SmallDisk {
  folder: string;
  /** Fills the disk until only this much is free. */
  fill(freeBytes?: number): void;
  /** Frees the space that `fill` took. */
  free(): void;
  /** Works only while no file on the disk is open. */
  makeReadOnly(): void;
}

/**
 * Mounts a disk for the tests of a file. Undefined, with a notice, if that isn't allowed: it needs root on Linux.
 *
 * @param size such as `2m`
 */
export function smallDisk(size: string): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sso-ticket-bot-disk-'));
  const ballast = join(folder, 'ballast');
  const mount = (...args: string[]) => execFileSync('mount', [...args, folder], { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs');
  } catch {
    rmSync(folder, { recursive: true });
    console.warn('No small disk can be mounted here, so the tests of a full disk are skipped');
    return undefined;
  }
  afterAll(() => {
    // Lazily, because libsql closes its files only when they are garbage-collected.
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    fill(freeBytes = 0) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    },
    free: () => rmSync(ballast),
    makeReadOnly: () => mount('-o', 'remount,ro'),
  };
}
