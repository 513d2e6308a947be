import { createServer } from 'node:net';
import type { OpenedAccess } from '@filmless/access';
import type { Archive } from '@filmless/archive';
import type { Router } from '@filmless/dicom-router';
import type { Config } from '../config/model.ts';
import { storeFolder } from '../config/values.ts';
import { SERVER_LIMITS } from '../limits.ts';
import { diskProblems, diskWarnings } from './disk-space.ts';
import type { NamedSource } from './health.ts';
import type { QueueLengths } from './queues.ts';

export interface Watched {
  readonly config: Config;
  readonly access: Pick<OpenedAccess, 'app' | 'problems'>;
  readonly archive: Archive;
  readonly router: Router | undefined;
  readonly queues: () => Promise<QueueLengths>;
}

/** What a part may say beside its problems. */
interface MayWarn {
  readonly app: object;
  readonly warnings?: () => readonly string[] | Promise<readonly string[]>;
}

/** Everybody who is asked for `/readyz`. */
export function healthSources({ config, access, archive, router, queues }: Watched): readonly NamedSource[] {
  const { store, dataDir } = config;
  return [
    { name: 'access control', problems: () => access.problems(), ...warningsOf(access) },
    { name: 'archive', problems: () => archive.problems(), ...warningsOf(archive) },
    ...(router === undefined ? [] : routerSources(config, router, queues)),
    // The archive looks after the disk of its objects itself, and says when it is full.
    {
      name: 'disk',
      ...(store === 'file:' ? {} : { problems: () => diskProblems(dataDir) }),
      warnings: () => diskWarnings(dataDir),
    },
    ...imageDisk(store),
  ];
}

/** Images in a folder of their own may lie on a disk of their own. */
function imageDisk(store: string): readonly NamedSource[] {
  const folder = storeFolder(store);
  return folder === undefined || folder === ''
    ? []
    : [{ name: 'disk of the images', warnings: () => diskWarnings(folder, 'images') }];
}

function warningsOf(part: MayWarn): Pick<NamedSource, 'warnings'> {
  const { warnings } = part;
  return warnings === undefined ? {} : { warnings: () => warnings.call(part) };
}

function routerSources({ host }: Config, router: Router, queues: Watched['queues']): readonly NamedSource[] {
  const { dicomPort, dicomTlsPort } = router;
  const listening = [dicomPort, dicomTlsPort].flatMap((port) => (port === undefined ? [] : [new PortCheck(host, port)]));
  return [
    { name: 'DICOM router', problems: () => router.problems(), ...warningsOf(router) },
    { name: 'DICOM listener', problems: async () => (await Promise.all(listening.map((port) => port.problems()))).flat() },
    { name: 'delivery queue', warnings: async () => asideWarnings((await queues()).aside) },
  ];
}

function asideWarnings(aside: number): readonly string[] {
  return aside === 0
    ? []
    : [
        `${aside} deliveries to other nodes were given up and wait for a person: GET /api/queues shows where, POST /api/queues/{destination}/retry tries again.`,
      ];
}

/**
 * Tries to take our own port, now and then: that nobody has it is the one bad answer. A listener can be gone while the process goes
 * on. A connection instead would stand in the association log as one that was refused.
 */
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
    return (await isFree(this.#host, this.#port))
      ? [`Nobody listens at the DICOM port ${this.#port} any more. Restart the server; its log says why.`]
      : [];
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
