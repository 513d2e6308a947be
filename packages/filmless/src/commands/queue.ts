import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';
import { noMore, type Taken, takeFlags, wordAt } from '../remote/flags.ts';
import { openServer, type Server } from '../remote/server.ts';
import { printable, tableLines } from '../remote/table.ts';
import { type ListedDelivery, type ListedQueue, listIn } from '../remote/views.ts';

type Print = (line: string) => void;
type Action = (server: Server, taken: Taken, print: Print) => Promise<void>;

const USAGE = 'queue list | show DESTINATION | retry DESTINATION | pause DESTINATION | resume DESTINATION | remove DESTINATION';

const ACTIONS: readonly (readonly [name: string, action: Action])[] = [
  ['list', list],
  ['show', show],
  ['retry', retry],
  ['pause', (server, taken, print) => pause(server, taken, print, true)],
  ['resume', (server, taken, print) => pause(server, taken, print, false)],
  ['remove', remove],
];

/** `filmless queue …`: what waits for each destination of a running server. */
export async function queue(input: LoadInput, print: Print): Promise<void> {
  const taken = takeFlags(input, {
    values: ['--server', '--state', '--id', '--study', '--limit'],
    switches: ['--json', '--aside'],
  });
  const run = ACTIONS.find(([name]) => name === taken.words[0])?.[1];
  if (run === undefined) {
    throw new ConfigError(`Usage: filmless ${USAGE}`);
  }
  await run(await openServer(taken.rest, taken.values.get('--server')), taken, print);
}

async function list(server: Server, { words, switches }: Taken, print: Print): Promise<void> {
  noMore(words, 1, 'queue list');
  const answer = await server.ask('GET', '/api/queues');
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
    return;
  }
  const rows = listIn<ListedQueue>(answer, 'queues').map((entry) => [
    entry.destination,
    String(entry.queued + entry.sending),
    String(entry.bytesWaiting),
    String(entry.aside),
    entry.paused ? 'paused' : (entry.problem ?? entry.problems[0]?.problem ?? ''),
  ]);
  for (const line of tableLines(['DESTINATION', 'WAITING', 'BYTES', 'ASIDE', 'PROBLEM'], rows)) {
    print(line);
  }
}

async function show(server: Server, taken: Taken, print: Print): Promise<void> {
  const { values, switches } = taken;
  const path = pathOf(taken, 'queue show DESTINATION [--state queued|sending|done|aside] [--limit N]');
  const query = new URLSearchParams({ limit: values.get('--limit') ?? '50' });
  const state = values.get('--state');
  if (state !== undefined) {
    query.set('state', state);
  }
  const answer = await server.ask('GET', `${path}?${query}`);
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
    return;
  }
  const rows = listIn<ListedDelivery>(answer, 'deliveries').map((entry) => [
    String(entry.id),
    entry.state,
    entry.class,
    String(entry.attempts),
    entry.studyInstanceUid,
    printable(entry.problem ?? ''),
  ]);
  for (const line of tableLines(['ID', 'STATE', 'CLASS', 'TRIES', 'STUDY', 'PROBLEM'], rows)) {
    print(line);
  }
}

async function retry(server: Server, taken: Taken, print: Print): Promise<void> {
  const path = pathOf(taken, 'queue retry DESTINATION [--id N | --aside]');
  const id = idOf(taken);
  const body = { ...(id === undefined ? {} : { id }), ...(taken.switches.has('--aside') ? { state: 'aside' } : {}) };
  const answer = await server.ask('POST', `${path}/retry`, body);
  print(taken.switches.has('--json') ? JSON.stringify(answer) : `${numberIn(answer, 'retried')} are tried again.`);
}

async function pause(server: Server, taken: Taken, print: Print, paused: boolean): Promise<void> {
  const path = pathOf(taken, `queue ${paused ? 'pause' : 'resume'} DESTINATION`);
  const answer = await server.ask('POST', `${path}/pause`, { paused });
  const words = paused ? 'Nothing is sent until: filmless queue resume' : 'Sending goes on.';
  print(taken.switches.has('--json') ? JSON.stringify(answer) : words);
}

async function remove(server: Server, taken: Taken, print: Print): Promise<void> {
  const path = pathOf(taken, 'queue remove DESTINATION --id N | --study UID | --aside');
  const id = idOf(taken);
  const studyInstanceUid = taken.values.get('--study');
  const body = {
    ...(id === undefined ? {} : { id }),
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
    ...(taken.switches.has('--aside') ? { state: 'aside' } : {}),
  };
  if (Object.keys(body).length !== 1) {
    throw new ConfigError('Say what is taken out: exactly one of --id N, --study UID and --aside.');
  }
  const answer = await server.ask('POST', `${path}/remove`, body);
  const words = `${numberIn(answer, 'removed')} were taken out; the images stay in the archive.`;
  print(taken.switches.has('--json') ? JSON.stringify(answer) : words);
}

function pathOf({ words }: Taken, usage: string): string {
  const destination = wordAt(words, 1, usage);
  noMore(words, 2, usage);
  return `/api/queues/${encodeURIComponent(destination)}`;
}

function idOf({ values }: Taken): number | undefined {
  const text = values.get('--id');
  if (text !== undefined && !/^\d+$/.test(text)) {
    throw new ConfigError(`--id ${text} is no number. See: filmless queue show`);
  }
  return text === undefined ? undefined : Number(text);
}

function numberIn(answer: unknown, name: string): number {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return typeof value === 'number' ? value : 0;
}
