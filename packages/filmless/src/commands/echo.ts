import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';
import { noMore, portOf, takeFlags, wordAt } from '../remote/flags.ts';
import { openServer } from '../remote/server.ts';
import { parseTested } from '../remote/views.ts';
import { testLine } from './test-line.ts';

const USAGE = 'echo TITLE | [TITLE@]HOST:PORT [--tls] [--image] [--json]';

/** The called title where an address is tried without one. */
const ANYBODY = 'ANY-SCP';

/**
 * `filmless echo`: has the running server ask a machine whether it is there, or with `--image` send it a test image.
 * @throws ConfigError with the diagnosis when it is not, which ends the command with 1
 */
export async function echo(input: LoadInput, print: (line: string) => void): Promise<void> {
  const { words, values, switches, rest } = takeFlags(input, { values: ['--server'], switches: ['--json', '--tls', '--image'] });
  const whom = wordAt(words, 0, USAGE);
  noMore(words, 1, USAGE);
  const server = await openServer(rest, values.get('--server'));
  const test = switches.has('--image') ? 'test-image' : 'echo';
  const address = addressOf(whom);
  if (address === undefined && switches.has('--tls')) {
    throw new ConfigError(`--tls is for an address; of ${whom} the server knows how it is called.`);
  }
  const answer = await (address === undefined
    ? server.ask('POST', `/api/aes/${encodeURIComponent(whom)}/${test}`)
    : server.ask('POST', `/api/${test}`, { ...address, tls: switches.has('--tls') }));
  const tested = parseTested(answer);
  if (switches.has('--json')) {
    print(JSON.stringify(answer));
  } else if (tested.ok) {
    print(`${whom}: ${testLine(tested)}`);
  }
  if (!tested.ok) {
    throw new ConfigError(`${whom}: ${testLine(tested)}`, { passing: true });
  }
}

/** `host:port`, or `TITLE@host:port`; undefined for a title alone. */
function addressOf(text: string): { readonly title: string; readonly host: string; readonly port: number } | undefined {
  const match = /^(?:(?<title>[^@]+)@)?(?<host>[^@]+):(?<port>\d+)$/.exec(text)?.groups;
  return match === undefined
    ? undefined
    : {
        title: match.title ?? ANYBODY,
        host: (match.host ?? '').replace(/^\[(.*)\]$/, '$1'),
        port: portOf(match.port ?? ''),
      };
}
