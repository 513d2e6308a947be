import { existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';
import { ConfigError } from '../config/config-error.ts';
import { databaseFiles } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { neededFlag, ownFlag } from '../config/own-flag.ts';
import { askServer } from '../support/ask-server.ts';
import { databaseFacts } from '../support/database-facts.ts';
import { configurationFacts, diskFacts, environmentFacts } from '../support/facts.ts';
import { MAX_LOG_BYTES, sanitizeLog } from '../support/log-lines.ts';

const README = `What is in here was gathered by "filmless support" for whoever helps with this installation.

It holds no names, ids or images of patients, no password, token or key. It does hold addresses and paths of the server.
Look through it before you send it: every file is plain text.

environment.json     versions, machine, memory, time zone
configuration.json   the settings in force; of secrets only whether they are set
databases.json       schema versions, sizes, numbers of rows
disk.json            the disk of the data directory
readyz.json          what the running server says of itself
metrics.txt          its figures
log.jsonl            the end of its log, if one was given with --log: numbers, and the texts of known fields
`;

/** `filmless support --out FILE.zip`: what a helper asks for first, without patients' data; works beside a running server. */
export async function support(input: LoadInput, print: (line: string) => void): Promise<void> {
  const out = neededFlag(input, '--out', 'FILE.zip', 'where the bundle goes');
  const log = ownFlag(out.rest, '--log', 'FILE');
  const config = loadConfig(log.rest);
  if (existsSync(out.path)) {
    throw new ConfigError(`${out.path} is there already. Give another name with --out: nothing is overwritten.`);
  }
  const files = await gather(config, log.path);
  const entries = Object.entries(files).map(([name, text]) => [`filmless-support/${name}`, strToU8(text)] as const);
  try {
    await writeFile(out.path, zipSync(Object.fromEntries(entries)), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new ConfigError(`${out.path} cannot be written (${String(error)}). Give another file with --out.`);
  }
  print(`Written: ${out.path} (${entries.length} files). It holds no patients' data; look through it before you send it.`);
}

async function gather(config: Config, logFile: string | undefined): Promise<Readonly<Record<string, string>>> {
  const { dataDir } = config;
  const databases = databaseFacts(databaseFiles(config));
  return {
    'README.txt': README,
    'environment.json': asText(environmentFacts()),
    'configuration.json': asText(configurationFacts(config)),
    'databases.json': asText(databases),
    'disk.json': asText(await diskFacts(existsSync(dataDir) ? dataDir : '.')),
    'readyz.json': await askServer(config, '/readyz'),
    'metrics.txt': await askServer(config, '/metrics'),
    ...(logFile === undefined ? {} : { 'log.jsonl': sanitizeLog(await endOf(logFile)) }),
  };
}

function asText(facts: object): string {
  return `${JSON.stringify(facts, undefined, 1)}\n`;
}

async function endOf(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const start = Math.max(0, size - MAX_LOG_BYTES);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    return bytes.toString('utf8', 0, bytesRead);
  } catch (error) {
    throw new ConfigError(
      `The log ${file} cannot be read (${String(error)}). Give the file your service writes to, or leave --log out.`,
    );
  }
}
