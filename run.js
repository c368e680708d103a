// Starts the built bot, or says that it is not built yet. The arguments are those of src/main.ts.
import { existsSync } from 'node:fs';

const built = new URL('dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error('The bot is not built yet. Run: npm ci && npm run build');
  process.exitCode = 1;
}
