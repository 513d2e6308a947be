import { glob, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sendFiles } from '@filmless/dicom-router';
import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { takeFlags, wordAt } from '../remote/flags.ts';
import { openServer, readSettingFile, type Server } from '../remote/server.ts';
import { printable } from '../remote/table.ts';
import { type ListedAe, type ListedDestination, listIn } from '../remote/views.ts';

const USAGE = 'send FILE… --to TITLE|DESTINATION [--json]';

/** A node as the server knows it. */
interface Node {
  readonly title: string;
  readonly host: string;
  readonly port: number;
  readonly callingAe: string;
  readonly tls: ListedAe['tls'];
}

/**
 * `filmless send`: Part 10 files, or folders of them, by C-STORE to a machine or a DICOM destination that the server knows.
 * @throws ConfigError when one was not taken, which ends the command with 1
 */
export async function send(input: LoadInput, print: (line: string) => void): Promise<void> {
  const { words, values, switches, rest } = takeFlags(input, { values: ['--server', '--to'], switches: ['--json'] });
  wordAt(words, 0, USAGE);
  const to = values.get('--to');
  if (to === undefined) {
    throw new ConfigError(`Say to whom: --to TITLE. Usage: filmless ${USAGE}`);
  }
  const server = await openServer(rest, values.get('--server'));
  const node = await nodeOf(server, to);
  const files = await filesOf(input.workingDirectory, words);
  const { sent, refused } = await sendTo(server.config, node, files);
  if (switches.has('--json')) {
    print(JSON.stringify({ sent, refused }));
  } else {
    print(`${sent} of ${files.length} files were taken by ${node.title}.`);
  }
  if (refused.length > 0) {
    const [first] = refused;
    const why = first === undefined ? '' : `${first.sopInstanceUid}: ${first.problem}`;
    throw new ConfigError(printable(`${refused.length} files were not taken. The first: ${why}`), { passing: true });
  }
}

async function sendTo(config: Config, node: Node, files: readonly string[]) {
  const { title: calledAe, host, port, callingAe } = node;
  try {
    return await sendFiles({ host, port, calledAe, callingAe, tls: await tlsOf(config, node) }, contents(files));
  } catch (error) {
    throw new ConfigError(printable(`${calledAe}: ${error instanceof Error ? error.message : String(error)}`), { passing: true });
  }
}

async function* contents(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield await readFile(file);
  }
}

/** @throws ConfigError when nobody here knows it, or where it is */
async function nodeOf(server: Server, to: string): Promise<Node> {
  const own = server.config.aeTitle;
  const ae = listIn<ListedAe>(await server.ask('GET', '/api/aes'), 'aes').find(({ title }) => title === to);
  if (ae !== undefined) {
    return complete({ ...ae, callingAe: own, tls: ae.tls });
  }
  const destinations = listIn<ListedDestination>(await server.ask('GET', '/api/destinations'), 'destinations');
  const destination = destinations.find(({ id }) => id === to);
  if (destination === undefined) {
    throw new ConfigError(`${to} is neither a machine nor a destination here. See: filmless ae list`);
  }
  const { aeTitle, host, port, callingAe, tls } = destination;
  if (aeTitle === undefined) {
    throw new ConfigError(`${to} is no DICOM node: store the files here, and have a rule send them there.`);
  }
  return complete({ title: aeTitle, host, port, callingAe: callingAe ?? own, tls });
}

function complete(
  found: Omit<Node, 'host' | 'port'> & { readonly host?: string | undefined; readonly port?: number | undefined },
): Node {
  const { title, host, port, callingAe, tls } = found;
  if (host === undefined || port === undefined) {
    throw new ConfigError(`Host and port of ${title} are not known: filmless ae change ${title} --host … --port …`);
  }
  return { title, host, port, callingAe, tls };
}

/** Shown and believed as the server does it. */
async function tlsOf({ tls: files, dicomTlsCa }: Config, { tls }: Node) {
  if (tls === undefined || tls === false) {
    return undefined;
  }
  const read = (path: string | undefined) => (path === undefined ? Promise.resolve(undefined) : readSettingFile(path));
  const [cert, key, authorities] = await Promise.all([read(files?.cert), read(files?.key), read(dicomTlsCa)]);
  const identity = cert === undefined || key === undefined ? undefined : { cert, key };
  return { ...(tls === true ? {} : tls), identity, authorities };
}

/** Folders stand for all that lies in them. @throws ConfigError when there is nothing of the kind */
async function filesOf(base: string, words: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const word of words) {
    const path = resolve(base, word);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) {
      throw new ConfigError(`There is no file ${word}.`);
    }
    files.push(...(found.isDirectory() ? await filesBelow(path) : [path]));
  }
  return files;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) {
      found.push(join(entry.parentPath, entry.name));
    }
  }
  return found.sort();
}
