// Builds dist/main.js and the parts that it loads later.
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

/** Part of the bundle: each has hundreds of small modules. To load those would take as long as Bolt. */
const BUNDLED = ['auth0', 'kysely', 'zod'];

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
});
