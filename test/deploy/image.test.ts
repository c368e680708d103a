import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { allowedPaths, readStages, type Stage, stepsOf } from '../../deploy/dockerfile.ts';

const project = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(resolve(project, file), 'utf8');

const stages = readStages(read('Dockerfile'));
const allowed = allowedPaths(read('.dockerignore'));
const runtime = stages.at(-1) as Stage;

/** The text of the last instruction of this kind in the image. */
const setting = (keyword: string) => stepsOf(runtime, keyword).at(-1)?.text;

/** The text of all ENV instructions. */
const environment = stepsOf(runtime, 'ENV')
  .map(({ text }) => text)
  .join(' ');

describe('the Dockerfile', () => {
  it('is valid', () => {
    expect(validate(read('Dockerfile'))).toEqual([]);
  });

  it('uses Node 24, and installs dependencies on the target platform', () => {
    expect(stages.map(({ name, image, platform }) => [name, image, platform])).toEqual([
      ['build', 'node:24-trixie-slim', '$BUILDPLATFORM'],
      ['dependencies', 'node:24-trixie-slim', undefined],
      ['runtime', 'gcr.io/distroless/nodejs24-debian13:nonroot', undefined],
    ]);
  });

  it('copies no development dependencies into the image, and runs no scripts of packages', () => {
    const installs = stages.flatMap((stage) =>
      stepsOf(stage, 'RUN').map(({ text }) => [stage.name, text] as const),
    );
    for (const [stage, text] of installs.filter(([, text]) => text.includes('npm ci'))) {
      expect(text).toContain('--ignore-scripts');
      expect(text.includes('--omit=dev'), stage).toBe(stage === 'dependencies');
    }
    expect(stepsOf(runtime, 'RUN')).toEqual([]);
    const copied = stepsOf(runtime, 'COPY').map(({ flags, args }) => [flags.from, ...args]);
    expect(copied).toEqual([
      ['dependencies', '/app/node_modules', './node_modules'],
      ['build', '/app/dist', './dist'],
      [undefined, 'package.json', 'LICENSE', './'],
      ['build', '/app/data', '/data'],
    ]);
  });

  it('runs as an unprivileged user who owns only DATA_DIR', () => {
    expect(setting('USER')).toBe('65532:65532');
    const owned = stepsOf(runtime, 'COPY').filter(({ flags }) => flags.chown);
    expect(owned.map(({ args, flags }) => [args.at(-1), flags.chown])).toEqual([['/data', '65532:65532']]);
    expect(environment).toContain('DATA_DIR=/data');
  });

  it('limits the heap like `npm start`', () => {
    const limit = /NODE_OPTIONS="(.+?) \$NODE_OPTIONS" node run\.js/.exec(
      JSON.parse(read('package.json')).scripts.start,
    );
    expect(limit?.[1]).toBe('--max-old-space-size=96 --max-semi-space-size=8 --v8-pool-size=1');
    expect(environment).toContain(`NODE_OPTIONS="${limit?.[1]}"`);
    expect(read('docs/configuration.md')).toContain(`\`${limit?.[1]}\``);
  });

  it('declares no volume, so the bot can report a missing mount', () => {
    expect(setting('VOLUME')).toBeUndefined();
    expect(environment).toContain('BOT_IMAGE=true');
  });

  it('starts the bot, stops it with SIGTERM, and checks /livez', () => {
    expect(stepsOf(runtime, 'ENTRYPOINT').at(-1)?.args).toEqual(['/nodejs/bin/node', '/app/dist/main.js']);
    expect(setting('STOPSIGNAL')).toBe('SIGTERM');
    expect(setting('EXPOSE')).toBe('3000');
    const [node, option, script] = stepsOf(runtime, 'HEALTHCHECK').at(-1)?.args ?? [];
    expect([node, option]).toEqual(['/nodejs/bin/node', '-e']);
    expect(script).toContain('/livez');
  });
});

describe('.dockerignore', () => {
  it('includes only what the Dockerfile copies', () => {
    const copied = stages.flatMap((stage) =>
      stepsOf(stage, 'COPY')
        .filter(({ flags }) => flags.from === undefined)
        .flatMap(({ args }) => args.slice(0, -1)),
    );
    expect(allowed.toSorted()).toEqual([...new Set(copied.map((path) => path.replace('./', '')))].toSorted());
    for (const path of allowed) expect(existsSync(resolve(project, path)), path).toBe(true);
  });

  it.each(['.env\n*', '*\nsrc', '*\n!src/*.ts', 'node_modules'])(
    'is rejected in another form, such as %j',
    (text) => {
      expect(() => allowedPaths(text)).toThrow('.dockerignore must exclude everything');
    },
  );
});
