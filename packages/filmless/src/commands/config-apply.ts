import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { applyFacilities, createAccess, type Subject } from '@filmless/access';
import { type ConfiguredDestination, createRouter, type Router } from '@filmless/dicom-router';
import { ConfigError } from '../config/config-error.ts';
import { accessPlace } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { openDataDirectory } from '../data-directory.ts';
import { createLog } from '../logger.ts';
import { NO_RECEPTION } from '../server/no-reception.ts';
import { inProcess } from '../server/parts.ts';
import { VERSION } from '../version.ts';

/** The operator at the console, as the audit trail names it. */
const OPERATOR: Subject = {
  kind: 'service',
  id: 'config-apply',
  name: 'filmless config apply',
  rights: new Set(['administer']),
  facilities: 'all',
};

/**
 * `filmless config apply`: facilities, application entities, destinations and routing rules from the file, over what the settings hold; what the
 * file does not name stays. The server must be stopped, since it holds them in memory.
 */
export async function applyConfig(input: LoadInput, print: (line: string) => void): Promise<void> {
  const config = loadConfig(input);
  const { facilities, aes, deidentification, destinations, rules } = config.site;
  if (facilities.length + aes.length + deidentification.length + destinations.length === 0 && rules === undefined) {
    throw new ConfigError(
      'The configuration file names no facilities, aes, deidentification, destinations or rules: there is nothing to apply. See --config.',
    );
  }
  if (!existsSync(join(config.dataDir, 'records'))) {
    throw new ConfigError(`${config.dataDir} holds no Filmless yet: the first start takes the file over by itself.`);
  }
  using _data = await openDataDirectory(config.dataDir);
  if (facilities.length > 0) {
    await applyFacilities(accessPlace(config), facilities);
  }
  if (aes.length + deidentification.length + destinations.length > 0 || rules !== undefined) {
    await applyToRouter(config);
  }
  const applied = [
    `facilities ${names(facilities.map(({ id }) => id))}`,
    `AEs ${names(aes.map(({ title }) => title))}`,
    `de-identification profiles ${names(deidentification.map(({ name }) => name))}`,
    `destinations ${names(destinations.map(({ destination }) => destination.id))}`,
  ];
  print(`Applied: ${applied.join('; ')}; rules ${rules === undefined ? 'unchanged' : 'as in the file'}.`);
}

function names(list: readonly string[]): string {
  return list.length === 0 ? 'unchanged' : list.join(', ');
}

/** Through the router's own routes, so that the same rules hold and the trail names the change. */
async function applyToRouter(config: Config): Promise<void> {
  const { aes, deidentification, destinations, rules } = config.site;
  const log = createLog();
  await using access = await createAccess({
    place: accessPlace(config),
    version: VERSION,
    log,
  });
  await using router = await createRouter({
    host: '127.0.0.1',
    port: 0,
    aeTitle: config.aeTitle,
    dataDir: config.dataDir,
    reception: NO_RECEPTION,
    deposit: async () => ({ status: 'refused', reason: 'away', message: 'the settings are being changed' }),
    archiveFetch: async () => new Response(null, { status: 503 }),
    access,
    log,
    unknownAes: [],
    defaultFacility: access.facilities()[0]?.id ?? 'main',
  });
  for (const { title, ...rest } of aes) {
    await put(router, 'aes', title, rest);
  }
  for (const { name, ...rest } of deidentification) {
    await put(router, 'deidentification', name, rest);
  }
  for (const { destination, sent } of destinations) {
    await putDestination(router, destination.id, sent);
  }
  if (rules !== undefined) {
    await putRules(router, rules.document);
  }
}

async function putDestination(router: Router, id: string, sent: ConfiguredDestination['sent']): Promise<void> {
  const ask = (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json', host: 'localhost' };
    return inProcess(
      router.app,
      OPERATOR,
    )(new Request(`http://localhost${path}`, { method, headers, body: JSON.stringify(body) }));
  };
  const changed = await ask('PUT', `/api/destinations/${id}`, sent);
  const response = changed.status === 404 ? await ask('POST', '/api/destinations', { id, ...sent }) : changed;
  if (!response.ok) {
    throw new ConfigError(`The destination ${id} was not taken: ${await response.text()}`);
  }
}

async function putRules(router: Router, document: string): Promise<void> {
  const headers = { 'content-type': 'application/yaml', host: 'localhost' };
  const request = new Request('http://localhost/api/rules', { method: 'PUT', headers, body: document });
  const response = await inProcess(router.app, OPERATOR)(request);
  if (!response.ok) {
    throw new ConfigError(`The rules were not taken: ${await response.text()}`);
  }
}

async function put(router: Router, kind: 'aes' | 'deidentification', name: string, settings: object): Promise<void> {
  const request = new Request(`http://localhost/api/${kind}/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', host: 'localhost' },
    body: JSON.stringify(settings),
  });
  const response = await inProcess(router.app, OPERATOR)(request);
  if (!response.ok) {
    throw new ConfigError(`${name} of ${kind} was not taken: ${await response.text()}`);
  }
}
