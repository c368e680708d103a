import { describe, expect, it } from 'vitest';
import { dataDirectoryProblem } from '../../src/config/data-directory.ts';
import { readConfig } from '../../src/config/environment.ts';

/** The mounts of a container: its root, a volume, a folder of the host, and tmpfs. */
const MOUNTS = `
1021 965 0:68 / / ro,relatime master:329 - overlay overlay rw,lowerdir=/var/lib/a,upperdir=/var/lib/b
1022 1021 0:72 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1024 1021 0:73 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
1030 1021 254:1 /var/lib/docker/volumes/bot/_data /data rw,relatime master:1 - ext4 /dev/vda1 rw
1031 1021 254:1 /srv/with\\040space /with\\040space rw,relatime master:1 - ext4 /dev/vda1 rw
1032 1021 0:80 / /memory rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw
`.trimStart();

const problem = (directory: string, more: Record<string, string> = {}) =>
  dataDirectoryProblem({ BOT_IMAGE: 'true', DATA_DIR: directory, ...more }, () => MOUNTS);

describe('a DATA_DIR in the image', () => {
  it.each(['/data', '/data/', '/data/bot', '/with space', '/with space/bot'])(
    'at %s is accepted',
    (directory) => {
      expect(problem(directory)).toBeUndefined();
    },
  );

  it.each(['/database', '/app/data', '/', '/with', '/memory', '/memory/bot', '/dev/shm-not-mounted'])(
    'at %s is reported, because its data is lost with the container',
    (directory) => {
      expect(problem(directory)).toBe(
        `DATA_DIR (${directory}) is not on a volume, so the record of tickets and the key are lost with this container: mount a volume there, or set DATABASE_URL`,
      );
    },
  );

  it('is the folder “data” by default, which is reported', () => {
    expect(dataDirectoryProblem({ BOT_IMAGE: 'true' }, () => MOUNTS)).toContain('DATA_DIR (data)');
  });

  it('is not checked if DATABASE_URL is set', () => {
    expect(problem('/app/data', { DATABASE_URL: 'postgres://localhost/bot' })).toBeUndefined();
  });
});

it('DATA_DIR is checked only in the image', () => {
  expect(dataDirectoryProblem({ DATA_DIR: '/app/data' }, () => MOUNTS)).toBeUndefined();
});

it('readConfig warns in the image if DATA_DIR is not on a volume', () => {
  const settings = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    AUTH0_DOMAIN: 'acme.eu.auth0.com',
    AUTH0_CLIENT_ID: 'id',
    AUTH0_CLIENT_SECRET: 'secret',
    ALLOWED: 'everyone',
    EDITORS: 'nobody',
  };
  expect(readConfig({ ...settings, DATA_DIR: '/' }).warnings).toEqual([]);
  const [warning = '', ...others] = readConfig({ ...settings, DATA_DIR: '/', BOT_IMAGE: 'true' }).warnings;
  expect(warning).toContain('DATA_DIR (/) is not on a volume');
  expect(others).toEqual([]);
});
