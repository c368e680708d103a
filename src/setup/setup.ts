import { cancel, intro, log, outro } from '@clack/prompts';
import { givenVariables } from '../config/environment.ts';
import { readProxy } from '../config/proxy.ts';
import { runChecks } from '../doctor/doctor.ts';
import { useProxy } from '../lib/proxy.ts';
import { askAccess } from './access.ts';
import { askAuth0 } from './auth0.ts';
import { CanceledError } from './dialog.ts';
import { readEnvFile, writeEnvFile } from './env-file.ts';
import { askSlack } from './slack.ts';

const SLACK_API_URL = 'https://slack.com/api/';

/** The variables that setup asks for. An earlier `.env` keeps all others. */
const ASKED = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'AUTH0_DOMAIN',
  'AUTH0_CLIENT_ID',
  'AUTH0_CLIENT_SECRET',
  'AUTH0_CLIENT_PRIVATE_KEY',
  'ALLOWED',
  'EDITORS',
];

/**
 * Asks for what the bot needs, checks each answer, writes `.env`, and ends with the doctor.
 *
 * @param folder of `.env` @param atStart the variables of the process
 * @returns whether nothing is left to fix
 */
export async function runSetup(
  folder: string,
  atStart: Record<string, string | undefined>,
): Promise<boolean> {
  intro('Set up the SSO ticket bot');
  log.info(
    'You need a Slack app and an Auth0 application. The README creates both: one with a link, the other with Terraform or in the Dashboard.',
  );
  try {
    const earlier = await readEnvFile(folder);
    const known = givenVariables({ ...earlier, ...atStart });
    const proxy = readProxy(known);
    if (proxy) await useProxy(proxy);
    const { slack, answers } = await askSlack(known.SLACK_API_URL ?? SLACK_API_URL);
    const asked = { ...answers, ...(await askAuth0(folder, earlier)), ...(await askAccess(slack)) };
    const others = Object.entries(earlier).filter(([name]) => !ASKED.includes(name));
    const variables = { ...Object.fromEntries(others), ...asked };
    const kept = await writeEnvFile(folder, variables, new Date());
    log.success(`.env is written.${kept ? ` The earlier one is ${kept}.` : ''}`);
    return await diagnose({ ...atStart, ...variables }, atStart);
  } catch (error) {
    if (!(error instanceof CanceledError)) throw error;
    cancel('Canceled. .env was not changed.');
    return false;
  }
}

/** Shows what the doctor says about the new settings. Returns whether everything is OK. */
async function diagnose(
  variables: Record<string, string | undefined>,
  atStart: Record<string, string | undefined>,
): Promise<boolean> {
  let problems = 0;
  for await (const { ok, line } of runChecks(variables, { atStart })) {
    if (ok) log.success(line, { spacing: 0 });
    else log.error(line, { spacing: 0 });
    if (!ok) problems += 1;
  }
  outro(
    problems
      ? `${problems === 1 ? 'One thing' : `${problems} things`} to fix. Then run npm run doctor.`
      : 'Everything looks good. Start the bot with npm start.',
  );
  return problems === 0;
}
