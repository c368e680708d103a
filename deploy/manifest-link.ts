/** `npm run manifest-link` puts the link that creates the Slack app into the README, after a change of manifest.yml. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const project = resolve(import.meta.dirname, '..');

/** The link in the README, in its parentheses. */
export const LINK = /(?<=\[Create the Slack app\]\()[^)]+(?=\))/;

/** Slack's page to create an app, with the manifest filled in. */
export function manifestLink(yaml: string): string {
  const json = encodeURIComponent(JSON.stringify(parse(yaml)));
  // Markdown ends a link at a parenthesis.
  const encoded = json.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encoded}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const readme = resolve(project, 'README.md');
  const link = manifestLink(readFileSync(resolve(project, 'manifest.yml'), 'utf8'));
  writeFileSync(
    readme,
    readFileSync(readme, 'utf8').replace(LINK, () => link),
  );
}
