import { generate } from 'selfsigned';

/** A TLS certificate and its private key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * Creates a self-signed certificate for localhost.
 *
 * A process trusts it if it starts with `NODE_EXTRA_CA_CERTS=<file with cert>`.
 */
export async function createCertificate(): Promise<Certificate> {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
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
  return { cert: pem.cert, key: pem.private };
}
