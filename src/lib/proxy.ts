import type { Dispatcher } from 'undici';

/**
 * Sends the requests of this process through proxies.
 *
 * @param http and `https` are URLs. Without `https`, `http` serves both, as in undici
 * @param exempt hosts that are reached without a proxy, as in NO_PROXY
 * @returns the dispatcher, for what ignores the global one
 */
export async function useProxy({
  http = '',
  https = '',
  exempt,
}: {
  http: string | undefined;
  https: string | undefined;
  exempt: string;
}): Promise<Dispatcher> {
  // Loaded only if there is a proxy, for a fast start.
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  // With undici's own defaults, an empty lower-case variable overrides the upper-case one.
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy: exempt });
  setGlobalDispatcher(dispatcher);
  return dispatcher;
}
