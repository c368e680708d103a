import { generateKeyPair } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { log } from '@clack/prompts';
import { ManagementApi } from '../auth0/management-api.ts';
import { networkErrorCode } from '../auth0/network.ts';
import { TOKEN_TIMEOUT_MS } from '../auth0/timeouts.ts';
import type { Config } from '../config/config.ts';
import { variableProblem } from '../config/environment.ts';
import { checkCredentials } from '../doctor/auth0.ts';
import { type Check, failed, NETWORK_ADVICE, passed } from '../doctor/check.ts';
import { createLog } from '../lib/log.ts';
import { withTimeout } from '../lib/timeouts.ts';
import { ask, askText, askUntilAccepted, choose } from './dialog.ts';

/** In the folder of `.env`. Not a secret. */
const PUBLIC_KEY_FILE = 'auth0-public-key.pem';

/** Asks for the tenant and for the credentials of the application. @param earlier the variables of an earlier `.env` */
export async function askAuth0(
  folder: string,
  earlier: Record<string, string>,
): Promise<Record<string, string>> {
  const domain = await askUntilAccepted(
    () =>
      ask('AUTH0_DOMAIN', 'Domain of the Auth0 tenant (the original one, such as acme.eu.auth0.com)', {
        initial: earlier.AUTH0_DOMAIN ?? '',
      }),
    'Auth0',
    checkDomain,
  );
  const method = await choose('How does the bot authenticate with Auth0?', {
    new: { label: 'With a new private key', hint: 'recommended: no secret leaves this machine' },
    file: { label: 'With a private key from a file', hint: 'such as the one for Terraform' },
    secret: { label: 'With the client secret' },
  });
  const askCredential = await credentialQuestion(method, folder);
  let clientId = earlier.AUTH0_CLIENT_ID ?? '';
  const credentials = await askUntilAccepted(
    async () => {
      clientId = await ask('AUTH0_CLIENT_ID', 'Client ID of the machine-to-machine application', {
        initial: clientId,
      });
      return { clientId, credential: await askCredential() };
    },
    'Auth0',
    (answer) => checkCredentials(apiOf({ domain, ...answer }), domain, { canEditProfiles: false }),
  );
  const { credential } = credentials;
  return {
    AUTH0_DOMAIN: domain,
    AUTH0_CLIENT_ID: credentials.clientId,
    ...('privateKey' in credential
      ? { AUTH0_CLIENT_PRIVATE_KEY: credential.privateKey.trim().replaceAll('\n', '\\n') }
      : { AUTH0_CLIENT_SECRET: credential.clientSecret }),
  };
}

/** Whether any server responds at the domain. Only the credentials can show that it is the right one. */
async function* checkDomain(domain: string): AsyncGenerator<Check> {
  try {
    await withTimeout(TOKEN_TIMEOUT_MS, (signal) =>
      fetch(`https://${domain}/oauth/token`, { method: 'POST', redirect: 'manual', signal }),
    );
    yield passed(`Auth0: ${domain} responds`);
  } catch (error) {
    const code = networkErrorCode(error);
    yield failed(
      `Auth0: the bot can't reach ${domain}${code ? ` (${code})` : ''}. Check the domain and ${NETWORK_ADVICE}`,
    );
  }
}

type Credential = Config['auth0']['credential'];

async function credentialQuestion(
  method: 'new' | 'file' | 'secret',
  folder: string,
): Promise<() => Promise<Credential>> {
  if (method === 'secret') {
    return async () => ({
      clientSecret: await ask('AUTH0_CLIENT_SECRET', 'Client secret', { secret: true }),
    });
  }
  if (method === 'file') return async () => ({ privateKey: await askKeyFile() });
  const privateKey = await createKey(folder);
  return async () => ({ privateKey });
}

async function createKey(folder: string): Promise<string> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(join(folder, PUBLIC_KEY_FILE), publicKey);
  log.info(
    `The public key is in ${PUBLIC_KEY_FILE}. Add it to the application: Auth0 Dashboard → Applications → your application → Credentials → Private Key JWT. Then continue here.`,
  );
  // Without a frame, so that it can be copied.
  console.log(publicKey);
  return privateKey;
}

async function askKeyFile(): Promise<string> {
  let key = '';
  const problem = (path: string) => {
    if (!path) return 'Type the path of a file';
    try {
      key = readFileSync(path, 'utf8');
    } catch {
      return "This file can't be read";
    }
    const invalid = variableProblem('AUTH0_CLIENT_PRIVATE_KEY', key.trim());
    return invalid && `The content ${invalid}`;
  };
  await askText('File with the private key (PKCS#8, PEM)', problem, 'bot.key');
  return key;
}

function apiOf(config: Config['auth0']): ManagementApi {
  const quiet = createLog('error', { write: () => undefined });
  return new ManagementApi({ config, log: quiet, stopping: new AbortController().signal });
}
