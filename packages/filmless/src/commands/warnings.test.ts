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

it('says that one of the ports of DICOM is not encrypted', () => {
  expect(warnings(['--tls-cert', 'a.pem', '--tls-key', 'b.pem'])).toEqual([
    'this port of DICOM is not encrypted; that of --dicom-tls-port is: set tls for each machine that can do it, and keep this one inside the network of the modalities',
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
