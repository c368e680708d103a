/** Through which proxies requests go, as URLs. They may contain credentials. */
export interface ProxySettings {
  http: string | undefined;
  https: string | undefined;
  /** Hosts that are reached without a proxy, as in NO_PROXY. */
  exempt: string;
}

/** The lower-case variable comes first, as in curl. */
const VARIABLES = {
  http: ['http_proxy', 'HTTP_PROXY'],
  https: ['https_proxy', 'HTTPS_PROXY'],
  exempt: ['no_proxy', 'NO_PROXY'],
} as const;

/** Reads the proxy variables, none of which may be empty. Undefined if no proxy is set. */
export function readProxy(given: Record<string, string>): ProxySettings | undefined {
  const first = (names: readonly string[]) => names.map((name) => given[name]).find(Boolean);
  const [http, https] = [first(VARIABLES.http), first(VARIABLES.https)];
  return http || https ? { http, https, exempt: first(VARIABLES.exempt) ?? '' } : undefined;
}

/** What is wrong with the proxy variables, without their values. */
export function proxyProblems(given: Record<string, string>): string[] {
  return [...VARIABLES.http, ...VARIABLES.https].flatMap((name) =>
    given[name] === undefined || isProxyUrl(given[name])
      ? []
      : [
          `${name} must be the URL of a proxy, such as http://proxy.example.com:3128, with special characters in a user name or password written as %XX`,
        ],
  );
}

function isProxyUrl(text: string): boolean {
  try {
    const { protocol, hostname, username, password } = new URL(text);
    // Throws if a % isn't followed by two digits.
    decodeURIComponent(username + password);
    return /^https?:$/.test(protocol) && hostname !== '';
  } catch {
    return false;
  }
}

/** A proxy's URL without its credentials. */
export const proxyAddress = (url: string) => new URL(url).origin;
