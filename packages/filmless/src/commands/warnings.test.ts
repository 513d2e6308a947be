import { expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { warn } from './warnings.ts';

function warnings(words: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const told: string[] = [];
  const input = { arguments: words, environment, workingDirectory: '/nowhere' };
  warn(loadConfig(input), environment, {
    info: () => undefined,
    error: () => undefined,
    warn: (_, event) => void told.push(event),
  });
  return told;
}

it('says that a certificate encrypts HTTP and not DICOM', () => {
  expect(warnings(['--tls-cert', 'a.pem', '--tls-key', 'b.pem'])).toEqual([
    'the certificate is for HTTPS alone: DICOM is not encrypted in this version (DICOM over TLS comes later); keep its port inside the network of the modalities',
  ]);
});

it('says nothing of it where there is no certificate, or no DICOM', () => {
  expect(warnings([])).toEqual([]);
  expect(warnings(['--role', 'archive', '--tls-cert', 'a.pem', '--tls-key', 'b.pem'])).toEqual([]);
});

it('says that a variable is not known, a token is short, a listener is open', () => {
  expect(
    warnings(['--insecure-http', '--host', '0.0.0.0'], { FILMLESS_PORT: '1', FILMLESS_ADMIN_TOKEN: 'twelve-chars' }),
  ).toHaveLength(3);
});
