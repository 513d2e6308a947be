import { expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { configurationFacts } from './facts.ts';

it('says of secrets only that they are set', () => {
  const config = loadConfig({
    arguments: [],
    environment: {
      FILMLESS_ADMIN_TOKEN: 'token-of-the-administrator',
      FILMLESS_ADMIN_PASSWORD: 'password-of-the-administrator',
      FILMLESS_STORE: 's3://AKIAKEY:very%2Fsecret%40word@10.0.0.20:9000/filmless?tls=0',
    },
    workingDirectory: '/nowhere',
  });
  const text = JSON.stringify(configurationFacts(config));
  expect(text).not.toMatch(/of-the-administrator|AKIAKEY|secret/);
  expect(JSON.parse(text)).toMatchObject({
    store: 's3://KEY:SECRET@10.0.0.20:9000/filmless?tls=0',
    adminToken: 'set',
    adminPassword: 'set',
    httpPort: 8080,
  });
});
