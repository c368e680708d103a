/** One line of the doctor's report. If something is wrong, the line says what to do. */
export interface Check {
  ok: boolean;
  line: string;
}

export const passed = (line: string): Check => ({ ok: true, line });
export const failed = (line: string): Check => ({ ok: false, line });

export const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** What to check if a host can't be reached, besides its address. */
export const NETWORK_ADVICE =
  'the network. If it has a proxy, set HTTPS_PROXY. If the proxy has its own certificate authority, set NODE_EXTRA_CA_CERTS to its certificates, in the environment and not in .env';
