import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';
import { noMore, portOf, type Taken, takeFlags, wordAt } from '../remote/flags.ts';
import { openServer, type Server } from '../remote/server.ts';
import { printable, tableLines } from '../remote/table.ts';
import { type ListedAe, type ListedProblem, listIn, parseMended } from '../remote/views.ts';
import { testLine } from './test-line.ts';

type Print = (line: string) => void;

const VALUES = ['--server', '--host', '--port', '--may', '--facility', '--tls', '--kind'];
const SWITCHES = ['--json', '--quiet'];

const USAGE = 'ae list | add TITLE | change TITLE | remove TITLE | doctor [TITLE] | fix PROBLEM';

/** `filmless ae …`: the machines of a running server, and why they cannot connect. */
export async function ae(input: LoadInput, print: Print): Promise<void> {
  const taken = takeFlags(input, { values: VALUES, switches: SWITCHES });
  const [what] = taken.words;
  const run = ACTIONS.find(([name]) => name === what)?.[1];
  if (run === undefined) {
    throw new ConfigError(`Usage: filmless ${USAGE}`);
  }
  await run(await openServer(taken.rest, taken.values.get('--server')), taken, print);
}

type Action = (server: Server, taken: Taken, print: Print) => Promise<void>;

const ACTIONS: readonly (readonly [name: string, action: Action])[] = [
  ['list', list],
  ['add', add],
  ['change', change],
  ['remove', remove],
  ['doctor', doctor],
  ['fix', fix],
];

async function list(server: Server, { words, switches }: Taken, print: Print): Promise<void> {
  noMore(words, 1, 'ae list');
  const answer = await server.ask('GET', '/api/aes');
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
    return;
  }
  const rows = listIn<ListedAe>(answer, 'aes').map((entry) => [
    entry.title,
    entry.host === undefined ? '-' : `${entry.host}:${entry.port ?? '-'}`,
    entry.may.join(',') || '-',
    entry.facility,
    entry.tls === undefined || entry.tls === false ? '-' : 'tls',
    entry.lastSeen ?? 'never',
    entry.silent === null ? '' : `silent for ${entry.silent.hours} h`,
  ]);
  for (const line of tableLines(['TITLE', 'ADDRESS', 'MAY', 'FACILITY', 'TLS', 'LAST SEEN', ''], rows)) {
    print(line);
  }
}

async function add(server: Server, taken: Taken, print: Print): Promise<void> {
  const title = titleOf(taken, 'ae add TITLE [--host H] [--port N] [--may echo,store,query,retrieve] [--facility ID]');
  const facilities = taken.values.has('--facility')
    ? []
    : listIn<{ id: string }>(await server.ask('GET', '/api/session'), 'facilities');
  const body = { title, may: ['echo', 'store'], facility: facilities[0]?.id ?? 'main', ...settingsOf(taken) };
  const added = await server.ask('POST', '/api/aes', body);
  print(taken.switches.has('--json') ? JSON.stringify(added) : `${title} is listed.`);
}

/** What is not named stays as it is. */
async function change(server: Server, taken: Taken, print: Print): Promise<void> {
  const title = titleOf(taken, 'ae change TITLE [--host H] [--port N] [--may LIST] [--facility ID] [--tls on|off|FINGERPRINT]');
  const settings = settingsOf(taken);
  if (Object.keys(settings).length === 0) {
    throw new ConfigError('Say what changes: --host, --port, --may, --facility, --tls or --quiet.');
  }
  const known = listIn<ListedAe>(await server.ask('GET', '/api/aes'), 'aes').find((entry) => entry.title === title);
  if (known === undefined) {
    throw new ConfigError(`${title} is not listed. See: filmless ae list`);
  }
  const { title: _, lastSeen: _seen, silent: _silent, ...current } = known;
  const { lastAddress: _address, ...rest } = current as typeof current & { readonly lastAddress?: unknown };
  const changed = await server.ask('PUT', aePath(title), { ...rest, ...settings });
  print(taken.switches.has('--json') ? JSON.stringify(changed) : `${title} is changed.`);
}

async function remove(server: Server, taken: Taken, print: Print): Promise<void> {
  const title = titleOf(taken, 'ae remove TITLE');
  await server.ask('DELETE', aePath(title));
  print(taken.switches.has('--json') ? JSON.stringify({ title }) : `${title} is taken off the list.`);
}

/** Problems that are still so, of one machine or of all. */
async function doctor(server: Server, { words, switches }: Taken, print: Print): Promise<void> {
  noMore(words, 2, 'ae doctor [TITLE]');
  const query = new URLSearchParams({ state: 'open', limit: '500', ...(words[1] === undefined ? {} : { title: words[1] }) });
  const answer = await server.ask('GET', `/api/association-problems?${query}`);
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
    return;
  }
  const problems = listIn<ListedProblem>(answer, 'problems');
  if (problems.length === 0) {
    print('Nothing is wrong.');
  }
  for (const problem of problems) {
    const who = problem.title === '' ? problem.address : `${problem.title} (${problem.address})`;
    print(printable(`${problem.id}  ${who}  ${problem.cause}  ${problem.times} times, last ${problem.lastSeen}`));
    print(printable(`   ${problem.reason}`));
    print(printable(`   ${problem.advice}`));
    for (const { kind, needs } of problem.fixes) {
      const more = needs.map((need) => ` --${need} …`).join('');
      print(`   To mend it: filmless ae fix ${problem.id} --kind ${kind}${more}`);
    }
  }
}

/** Makes the change that a problem proposes; the only one unless `--kind` says which. */
async function fix(server: Server, { words, values, switches }: Taken, print: Print): Promise<void> {
  const usage = 'ae fix PROBLEM [--kind KIND] [--host H] [--port N]';
  const problem = wordAt(words, 1, usage);
  noMore(words, 2, usage);
  const path = `/api/association-problems/${encodeURIComponent(problem)}`;
  const kind = values.get('--kind') ?? (await onlyKind(server, path, problem));
  const [host, port] = [values.get('--host'), values.get('--port')];
  const given = { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port: portOf(port) }) };
  const answer = await server.ask('POST', `${path}/fix`, { kind, ...given });
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
    return;
  }
  const { test } = parseMended(answer);
  print(
    test === null ? 'Changed. The next connection of the machine will show whether that was it.' : `Changed. ${testLine(test)}`,
  );
}

async function onlyKind(server: Server, path: string, problem: string): Promise<string> {
  const fixes = listIn<{ kind: string }>(await server.ask('GET', path), 'fixes');
  const [first] = fixes;
  if (first === undefined || fixes.length > 1) {
    throw new ConfigError(
      first === undefined
        ? `Nothing here mends problem ${problem}. See: filmless ae doctor`
        : `Say which: --kind ${fixes.map(({ kind }) => kind).join(' or ')}`,
    );
  }
  return first.kind;
}

function titleOf({ words }: Taken, usage: string): string {
  const title = wordAt(words, 1, usage);
  noMore(words, 2, usage);
  return title;
}

function aePath(title: string): string {
  return `/api/aes/${encodeURIComponent(title)}`;
}

/** What flags say of a machine. @throws ConfigError */
function settingsOf({ values, switches }: Taken): Readonly<Record<string, unknown>> {
  const [host, port, may, facility, tls] = ['--host', '--port', '--may', '--facility', '--tls'].map((flag) => values.get(flag));
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: portOf(port) }),
    ...(may === undefined ? {} : { may: may.split(',').filter((word) => word !== '') }),
    ...(facility === undefined ? {} : { facility }),
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    ...(switches.has('--quiet') ? { quiet: true } : {}),
  };
}

function tlsOf(text: string): boolean | { readonly fingerprint: string } {
  return text === 'on' || text === 'off' ? text === 'on' : { fingerprint: text };
}
