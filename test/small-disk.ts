import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A disk of its own, so small that a test can fill it. */
export interface SmallDisk {
  folder: string;
  /** Leaves no more than this free. */
  fill(freeBytes?: number): void;
  /** Makes it as empty as it was before `fill`. */
  free(): void;
  /** Only while no file on it is open. */
  makeReadOnly(): void;
}

/**
 * Mounts a disk for the tests of a file. Undefined where that isn't allowed, with a notice: it needs root on Linux.
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
    // Lazily: libsql closes its files once they are collected.
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
