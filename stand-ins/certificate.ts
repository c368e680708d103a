import { generate } from 'selfsigned';

/** A TLS certificate and its private key, both PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * Makes a certificate for servers on this machine.
 *
 * It is its own authority, so a process started with `NODE_EXTRA_CA_CERTS=<file with cert>` trusts it.
 * Node reads that variable only once, at start.
 */
export async function createCertificate(): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
