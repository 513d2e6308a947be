import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsClients } from '@filmless/dicom-router';
import { parseArguments } from './arguments.ts';
import { parseCentre } from './centre.ts';
import { ConfigError } from './config-error.ts';
import { postgresUrl } from './database-places.ts';
import type { Environment } from './environment.ts';
import { type ConfigFile, NO_FILE, parseConfigFile } from './file.ts';
import { LOG_LEVELS } from './log-level.ts';
import type { Config, TlsFiles } from './model.ts';
import { ALL_OPTIONS, type Given, type OptionKey, type Settings } from './options.ts';
import {
  parseAeTitle,
  parseChoice,
  parseCount,
  parseHost,
  parseIndex,
  parsePath,
  parsePort,
  parseProxies,
  parseStore,
  parseSwitch,
  parseToken,
} from './values.ts';

const DEFAULT_FILE = 'filmless.yaml';

export interface LoadInput {
  /** Words after the command's name. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly workingDirectory: string;
}

/** Option beats variable beats file beats default. @throws ConfigError */
export function loadConfig(input: LoadInput): Config {
  const base = input.workingDirectory;
  const flags = parseArguments(input.arguments, base);
  const variables = fromEnvironment(input.environment, base);
  const file = readFile(flags.get('config') ?? variables.get('config'), base);
  const defaults = fromDefaults(base);
  const find = (key: OptionKey) => flags.get(key) ?? variables.get(key) ?? file.settings.get(key) ?? defaults.get(key);
  return check(toConfig(find, file));
}

function fromEnvironment(environment: Environment, base: string): Settings {
  const settings = new Map<OptionKey, Given>();
  for (const { key, variable } of ALL_OPTIONS) {
    const text = variable === undefined ? undefined : environment[variable];
    if (variable !== undefined && text !== undefined) {
      settings.set(key, { text, from: variable, base });
    }
  }
  return settings;
}

/** Variables that look like ours and are none: most often misspelt, so the operator should hear of them. */
export function unknownVariables(environment: Environment): readonly string[] {
  const known = new Set(ALL_OPTIONS.map(({ variable }) => variable));
  return Object.keys(environment).filter((name) => !known.has(name));
}

function fromDefaults(base: string): Settings {
  const given = ALL_OPTIONS.flatMap(({ key, fallback }) =>
    fallback === undefined ? [] : [[key, { text: fallback, from: 'default', base }] as const],
  );
  return new Map(given);
}

/** The file whose settings count; undefined when there is none. */
export function configFile(input: LoadInput): string | undefined {
  const base = input.workingDirectory;
  const asked = parseArguments(input.arguments, base).get('config') ?? fromEnvironment(input.environment, base).get('config');
  return fileOf(asked, base);
}

function fileOf(asked: Given | undefined, base: string): string | undefined {
  const path = asked === undefined ? resolve(base, DEFAULT_FILE) : parsePath(asked);
  return asked === undefined && !existsSync(path) ? undefined : path;
}

function readFile(asked: Given | undefined, base: string): ConfigFile {
  const path = fileOf(asked, base);
  if (path === undefined) {
    return NO_FILE;
  }
  try {
    return parseConfigFile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof ConfigError) {
      throw error;
    }
    throw new ConfigError(
      `The configuration file ${path} cannot be read (${String(error)}). Check the path and its permissions.`,
    );
  }
}

type Find = (key: OptionKey) => Given | undefined;

function toConfig(find: Find, file: ConfigFile): Config {
  const need = (key: OptionKey) => find(key) ?? missing(key);
  const maybe = <T>(key: OptionKey, parse: (given: Given) => T) => {
    const given = find(key);
    return given === undefined ? undefined : parse(given);
  };
  return {
    dataDir: parsePath(need('data')),
    host: parseHost(need('host')),
    httpPort: parsePort(need('httpPort')),
    dicomPort: parsePort(need('dicomPort')),
    aeTitle: parseAeTitle(need('aeTitle')),
    tls: tlsFiles(maybe('tlsCert', parsePath), maybe('tlsKey', parsePath)),
    dicomTlsPort: maybe('dicomTlsPort', parsePort),
    dicomTlsCa: maybe('dicomTlsCa', parsePath),
    dicomTlsClients: maybe('dicomTlsClients', parseTlsClients) ?? (find('dicomTlsCa') === undefined ? 'asked' : 'required'),
    role: parseChoice(need('role'), ['all', 'archive', 'router']),
    centre: parseCentre(find),
    store: parseStore(need('store')),
    index: parseIndex(need('index')),
    insecureHttp: maybe('insecureHttp', parseSwitch) ?? false,
    proxies: maybe('proxies', parseProxies) ?? [],
    adminPassword: find('adminPassword')?.text,
    adminToken: maybe('adminToken', parseToken),
    logLevel: parseChoice(need('logLevel'), LOG_LEVELS),
    backupDir: maybe('backupDir', parsePath),
    backupKeep: parseCount(need('backupKeep')),
    studyQuietMs: parseCount(need('studyQuiet')) * 1000,
    demo: maybe('demo', parseSwitch) ?? false,
    site: file.site,
  };
}

function missing(key: OptionKey): never {
  throw new ConfigError(`The setting ${key} is missing.`);
}

function tlsFiles(cert: string | undefined, key: string | undefined): TlsFiles | undefined {
  if (cert === undefined && key === undefined) {
    return undefined;
  }
  if (cert === undefined || key === undefined) {
    throw new ConfigError('--tls-cert and --tls-key belong together: give both, or neither.');
  }
  return { cert, key };
}

/** What is understood but cannot be had in this version, or does not fit together, is refused rather than ignored. */
function check(config: Config): Config {
  if (config.role === 'router' && postgresUrl(config) !== undefined) {
    throw new ConfigError(
      '--index postgres:// belongs to an archive: a router alone keeps what it holds for a while in files of its own. Leave it out.',
    );
  }
  if (config.demo && config.role !== 'all') {
    throw new ConfigError('--demo sends its studies by C-STORE and needs the role "all".');
  }
  if (config.httpPort !== 0 && config.httpPort === config.dicomPort && config.role !== 'archive') {
    throw new ConfigError(`HTTP and DICOM cannot both listen on port ${config.httpPort}: change --http-port or --dicom-port.`);
  }
  checkTlsPort(config);
  return config;
}

function parseTlsClients(given: Given): TlsClients {
  return parseChoice(given, ['required', 'asked']);
}

function checkTlsPort({ dicomTlsPort, httpPort, dicomPort, role }: Config): void {
  if (dicomTlsPort !== undefined && dicomTlsPort !== 0 && role !== 'archive' && [httpPort, dicomPort].includes(dicomTlsPort)) {
    throw new ConfigError(
      `DICOM over TLS cannot listen on port ${dicomTlsPort}, which is that of HTTP or of plain DICOM: change --dicom-tls-port.`,
    );
  }
}
