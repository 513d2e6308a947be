import { connect } from 'node:net';
import type { OpenedAccess } from '@filmless/access';
import type { Archive } from '@filmless/archive';
import type { Router } from '@filmless/dicom-router';
import type { Config } from '../config/model.ts';
import { SERVER_LIMITS } from '../limits.ts';
import { localHost } from '../tls/host-names.ts';
import { diskProblems, diskWarnings } from './disk-space.ts';
import type { NamedSource } from './health.ts';
import { queueLengths } from './queues.ts';

export interface Watched {
  readonly config: Config;
  readonly access: OpenedAccess;
  readonly archive: Archive;
  readonly router: Router | undefined;
}

/** What a part may say beside its problems. */
interface MayWarn {
  readonly app: object;
  readonly warnings?: () => readonly string[] | Promise<readonly string[]>;
}

/** Everybody who is asked for `/readyz`. */
export function healthSources({ config, access, archive, router }: Watched): readonly NamedSource[] {
  const { store, dataDir } = config;
  return [
    { name: 'access control', problems: () => access.problems(), ...warningsOf(access) },
    { name: 'archive', problems: () => archive.problems(), ...warningsOf(archive) },
    ...(router === undefined ? [] : routerSources(config, router)),
    // The archive looks after the disk of its objects itself, and says when it is full.
    {
      name: 'disk',
      ...(store === 'file:' ? {} : { problems: () => diskProblems(dataDir) }),
      warnings: () => diskWarnings(dataDir),
    },
  ];
}

function warningsOf(part: MayWarn): Pick<NamedSource, 'warnings'> {
  const { warnings } = part;
  return warnings === undefined ? {} : { warnings: () => warnings.call(part) };
}

function routerSources({ host }: Config, router: Router): readonly NamedSource[] {
  const listening = new PortCheck(localHost(host), router.dicomPort);
  return [
    { name: 'DICOM router', problems: () => router.problems(), ...warningsOf(router) },
    { name: 'DICOM listener', problems: () => listening.problems() },
    { name: 'delivery queue', warnings: async () => asideWarnings((await queueLengths(router)).aside) },
  ];
}

function asideWarnings(aside: number): readonly string[] {
  return aside === 0
    ? []
    : [
        `${aside} deliveries to other nodes were given up and wait for a person: GET /api/queues shows where, POST /api/queues/{destination}/retry tries again.`,
      ];
}

/** Connects to a port of our own, now and then: a listener can be gone while the process goes on. */
class PortCheck {
  readonly #host: string;
  readonly #port: number;
  #looked: { readonly at: number; readonly result: Promise<readonly string[]> } | undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  problems(): Promise<readonly string[]> {
    const now = performance.now();
    if (this.#looked === undefined || now - this.#looked.at > SERVER_LIMITS.portCheck) {
      this.#looked = { at: now, result: this.#look() };
    }
    return this.#looked.result;
  }

  async #look(): Promise<readonly string[]> {
    const why = await new Promise<string | undefined>((resolve) => {
      const socket = connect({ host: this.#host, port: this.#port, timeout: SERVER_LIMITS.portPatience });
      socket.once('connect', () => resolve(undefined));
      socket.once('timeout', () => resolve('no answer'));
      socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      socket.once('close', () => resolve('closed'));
      for (const event of ['connect', 'timeout'] as const) {
        socket.once(event, () => socket.destroy());
      }
    });
    return why === undefined
      ? []
      : [
          `The DICOM port ${this.#port} takes no connections (${why}). Restart the server; if that does not help, look into its log.`,
        ];
  }
}
