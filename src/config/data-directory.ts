import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';

/** Linux's list of what is mounted, one line each: /proc/self/mountinfo. */
const MOUNTS = '/proc/self/mountinfo';

/**
 * Why DATA_DIR is lost with the container. Undefined if it isn't, or if the bot doesn't run from its image.
 *
 * @param given the variables, none of which is empty
 * @param mounts the content of /proc/self/mountinfo
 */
export function dataDirectoryProblem(
  { BOT_IMAGE, DATABASE_URL, DATA_DIR = 'data' }: Record<string, string>,
  mounts = () => readFileSync(MOUNTS, 'utf8'),
): string | undefined {
  if (!BOT_IMAGE || DATABASE_URL) return undefined;
  const { path, type } = mountOf(resolve(DATA_DIR), mounts());
  if (path !== '/' && type !== 'tmpfs') return undefined;
  return `DATA_DIR (${DATA_DIR}) is not on a volume, so the record of tickets and the key are lost with this container: mount a volume there, or set DATABASE_URL`;
}

/** The mount that contains a directory: the one with the longest path, or the last of several with that path. */
function mountOf(directory: string, mounts: string): { path: string; type: string } {
  let found = { path: '/', type: '' };
  for (const line of mounts.split('\n')) {
    // Fields are separated by spaces: ID, parent, device, root, path, options, …, `-`, type, source, options.
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , escaped = ''] = before.split(' ');
    const path = escaped.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = path === '/' || directory === path || directory.startsWith(path + sep);
    if (path && holds && path.length >= found.path.length) found = { path, type: after.split(' ')[0] ?? '' };
  }
  return found;
}
