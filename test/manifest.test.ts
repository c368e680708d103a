import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { LINK, manifestLink } from '../deploy/manifest-link.ts';
import { usageHint } from '../src/slack/subcommands.ts';
import { botScopes } from '../stand-ins/slack/server.ts';
import { contracts } from './contracts.ts';

const project = resolve(import.meta.dirname, '..');
const manifest: unknown = parse(readFileSync(resolve(project, 'manifest.yml'), 'utf8'));
const published = contracts();

/** The parts of the manifest that the code depends on. */
const used = z.object({
  features: z.object({
    app_home: z.object({ messages_tab_enabled: z.literal(true) }),
    shortcuts: z.array(z.object({ name: z.string(), type: z.string(), callback_id: z.string() })),
    slash_commands: z.array(z.object({ command: z.string(), url: z.string(), usage_hint: z.string() })),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    interactivity: z.object({
      is_enabled: z.literal(true),
      request_url: z.string(),
      message_menu_options_url: z.string(),
    }),
  }),
});

describe('manifest.yml', () => {
  it.skipIf(!published)("is valid against Slack's schema", () => {
    expect(published?.checkManifest(manifest)).toEqual([]);
  });

  it('names the command and the shortcut that the bot listens to', () => {
    const { features } = used.parse(manifest);
    expect(features.slash_commands).toEqual([
      expect.objectContaining({ command: '/sso-ticket', usage_hint: usageHint() }),
    ]);
    expect(features.shortcuts).toEqual([
      { name: 'Create SSO link', type: 'global', callback_id: 'create_sso_ticket' },
    ]);
    const listeners = readFileSync(resolve(project, 'src/slack/listeners/commands.ts'), 'utf8');
    expect(listeners).toContain("'create_sso_ticket'");
  });

  it('sends everything to the one path that the bot answers on', () => {
    const { features, settings } = used.parse(manifest);
    const { request_url, message_menu_options_url } = settings.interactivity;
    for (const url of [request_url, message_menu_options_url, features.slash_commands[0]?.url ?? '']) {
      expect(new URL(url).pathname).toBe('/slack/events');
    }
  });

  it('matches the link in the README', () => {
    const [link = ''] = LINK.exec(readFileSync(resolve(project, 'README.md'), 'utf8')) ?? [];
    const { origin, pathname, searchParams } = new URL(link);
    expect(origin + pathname).toBe('https://api.slack.com/apps');
    expect([...searchParams.keys()]).toEqual(['new_app', 'manifest_json']);
    expect(searchParams.get('new_app')).toBe('1');
    // If this fails, run `npm run manifest-link`.
    expect(JSON.parse(searchParams.get('manifest_json') ?? '')).toEqual(manifest);
    expect(link).toBe(manifestLink(readFileSync(resolve(project, 'manifest.yml'), 'utf8')));
    // Servers and browsers accept at least this length.
    expect(link.length).toBeLessThan(8_000);
  });

  it('requests exactly the scopes that the bot needs', () => {
    const { bot } = used.parse(manifest).oauth_config.scopes;
    expect(bot).toEqual(botScopes);
    // With these scopes, the app could also read other people's messages and files.
    expect(bot.filter((scope) => /history|files|admin|chat:write\.public/.test(scope))).toEqual([]);
  });
});
