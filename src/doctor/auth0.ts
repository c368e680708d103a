import { Auth0Error } from '../auth0/errors.ts';
import type { ManagementApi } from '../auth0/management-api.ts';
import { PERMISSIONS } from '../auth0/permissions.ts';
import type { Config, Policy } from '../config/config.ts';
import { auth0Sentence } from '../slack/sentences.ts';
import { type Check, failed, passed } from './check.ts';

/** Checks the credentials, the permissions, and what the configuration names. */
export async function* checkAuth0(api: ManagementApi, { auth0, policy }: Config): AsyncGenerator<Check> {
  try {
    const missing = await api.missingPermissions();
    yield passed(`Auth0 credentials: ${auth0.domain} gives the application a token`);
    for (const [scope, without] of Object.entries(PERMISSIONS)) {
      yield missing.some((name) => name === scope)
        ? failed(
            `Auth0 permission ${scope} is missing: ${without}. Grant it to the application under APIs → Auth0 Management API → Machine to Machine Applications`,
          )
        : passed(`Auth0 permission ${scope}`);
    }
    yield* checkChoices(api, missing, policy);
  } catch (error) {
    yield failed(
      error instanceof Auth0Error && error.code === 'credentials_rejected'
        ? `Auth0 credentials: ${auth0.domain} refuses them. Check AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET (or AUTH0_CLIENT_PRIVATE_KEY), and that the application may use the Auth0 Management API`
        : `Auth0: ${auth0.domain} cannot be reached. Check AUTH0_DOMAIN and the network`,
    );
  }
}

/** Whether the profile and the protected connections that the configuration names exist. */
async function* checkChoices(api: ManagementApi, missing: string[], policy: Policy): AsyncGenerator<Check> {
  if (!missing.includes('read:self_service_profiles')) {
    try {
      const { entries } = await api.listProfiles();
      const known = entries.map(({ id, name }) => `${name} (${id})`).join(', ');
      if (entries.length === 0) {
        yield failed(
          'Self-service profiles: there is none. Make one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration',
        );
      } else if (policy.defaultProfileId && !entries.some(({ id }) => id === policy.defaultProfileId)) {
        yield failed(
          `Self-service profiles: DEFAULT_PROFILE_ID names none of them. Set it to the ID of one, or unset it: ${known}`,
        );
      } else yield passed(`Self-service profiles: ${known}`);
    } catch (error) {
      if (!(error instanceof Auth0Error)) throw error;
      yield failed(`Self-service profiles: ${auth0Sentence(error, 'read')}`);
    }
  }
  if (missing.includes('read:connections')) return;
  for (const entry of policy.protectedConnections) {
    try {
      const found = (await api.connectionByName(entry)) ?? (await api.connectionById(entry));
      yield found
        ? passed(`Protected connection ${entry}`)
        : failed(
            `Protected connection ${entry} does not exist, so nothing is protected by it. Correct PROTECTED_CONNECTIONS`,
          );
    } catch (error) {
      if (!(error instanceof Auth0Error)) throw error;
      yield failed(`Protected connection ${entry}: ${auth0Sentence(error, 'read')}`);
    }
  }
}
