import type { Meter } from '@filmless/access';
import { findTransferSyntax, newBoundary } from '@filmless/dicom';
import { messageOf } from '../../errors.ts';
import type { RouterLimits } from '../../limits.ts';
import type { Delivery, Origin } from '../../records/deliveries.ts';
import type { Clock } from '../clock.ts';
import { paced } from '../line/paced.ts';
import type { OpenFile } from '../part10.ts';
import type { SendOutcome } from '../send-instances.ts';
import type { Outgoing, Report } from '../transport.ts';
import type { HttpClient } from './http-client.ts';
import { sourceHeader } from './source-header.ts';
import { readStowAnswer } from './stow-answer.ts';
import { type SentInstance, stowBody, zstdCompressed } from './stow-body.ts';
import { bodyText, discard, serverProblem, words } from './web-problem.ts';

export interface StowOptions {
  readonly client: HttpClient;
  /** Path of the studies resource below the client's address. */
  readonly path: string;
  readonly openFile: OpenFile;
  readonly limits: RouterLimits;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Bodies may be compressed; the receiver is asked no more once it refused. */
  readonly zstd: { accepted: boolean };
  /** The receiver is told from whom instances came. */
  readonly relay: boolean;
}

/** What a search for one instance is answered with, at most. */
const FOUND_BYTES = 1_048_576;

/** Store Instances requests of as many instances as belong together, each reported by what the answer says of it. PS3.18 10.5. */
export async function sendByStow(
  options: StowOptions,
  deliveries: readonly Delivery[],
  report: Report,
  outgoing: Outgoing,
): Promise<void> {
  // While one request is being answered, and what became of it written down, the next is under way.
  let last: Promise<void> = Promise.resolve();
  try {
    for (const group of grouped(deliveries, options)) {
      const written = Promise.withResolvers<void>();
      const sending = sendGroup(options, group, report, outgoing, written.resolve).finally(written.resolve);
      const before = last;
      last = reportedAfter(before, sending);
      // Its failure is told when it is waited for.
      last.catch(() => undefined);
      await written.promise;
      await before;
    }
  } finally {
    await last;
  }
}

/** Reports a group once those before it are, whatever became of them. @throws what went wrong first */
async function reportedAfter(before: Promise<void>, sending: Promise<() => Promise<void>>): Promise<void> {
  const [first, answered] = await Promise.allSettled([before, sending]);
  const reported = answered.status === 'fulfilled' ? await answered.value().then(undefined, failure) : failure(answered.reason);
  const failed = first.status === 'rejected' ? failure(first.reason) : reported;
  if (failed !== undefined) {
    throw failed.error;
  }
}

const failure = (error: unknown) => ({ error });

/** In their order; one request speaks of one source, and does not grow beyond what is worth sending again. */
function grouped(deliveries: readonly Delivery[], { relay, limits }: StowOptions): readonly (readonly Delivery[])[] {
  const groups: Delivery[][] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const last = groups.at(-1);
    const fits =
      last !== undefined &&
      last.length < limits.stowInstances &&
      bytes + (delivery.bytes ?? 0) <= limits.stowBytes &&
      (!relay || sourceHeader(last[0]?.origin) === sourceHeader(delivery.origin));
    if (fits) {
      last.push(delivery);
      bytes += delivery.bytes ?? 0;
    } else {
      groups.push([delivery]);
      bytes = delivery.bytes ?? 0;
    }
  }
  return groups;
}

/** Sends a group, and gives what writes down what became of it; `written` is called when all of it has gone out. */
async function sendGroup(
  options: StowOptions,
  deliveries: readonly Delivery[],
  report: Report,
  outgoing: Outgoing,
  written?: () => void,
): Promise<() => Promise<void>> {
  const began = performance.now();
  const outcomes = await storeOnce(options, deliveries, report, outgoing, written);
  if (outcomes === undefined) {
    // The receiver will not have the request as it is: whose fault that is shows when each goes alone.
    for (const delivery of deliveries) {
      const reportOne = await sendGroup(options, [delivery], report, outgoing);
      await reportOne();
    }
    return () => Promise.resolve();
  }
  const seconds = (performance.now() - began) / 1000 / Math.max(1, deliveries.length);
  return async () => {
    // NOTE: all at once, so that they share a commit; and all to their end, whatever becomes of one.
    const reports = await Promise.allSettled(
      deliveries.map((delivery) => {
        options.meter.observe('delivery', seconds);
        return report(delivery, outcomes.get(delivery) ?? { kind: 'again', problem: 'the receiver said nothing of it' });
      }),
    );
    for (const one of reports) {
      if (one.status === 'rejected') {
        throw one.reason;
      }
    }
  };
}

/**
 * Undefined when several instances are refused together and each is to be sent alone.
 * @throws RouterError when nothing can be sent at the moment
 */
async function storeOnce(
  options: StowOptions,
  deliveries: readonly Delivery[],
  report: Report,
  outgoing: Outgoing,
  written?: () => void,
): Promise<ReadonlyMap<Delivery, SendOutcome> | undefined> {
  const compressed = options.zstd.accepted && outgoing.line.isSlow && deliveries.some(isNative);
  const boundary = newBoundary();
  const body = stowBody(deliveries, options.openFile, boundary, outgoing.signal);
  const first = await body.bytes.next();
  if (first.done === true) {
    return body.unsent;
  }
  const whole = withFirst(first.value, body.bytes);
  let response: Response;
  try {
    response = await options.client.fetch(options.path, {
      method: 'POST',
      headers: {
        accept: 'application/dicom+json',
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
        ...(compressed ? { 'content-encoding': 'zstd' } : {}),
        ...(options.relay ? sourceHeaders(deliveries[0]?.origin) : {}),
      },
      body: telling(paced(compressed ? zstdCompressed(whole) : whole, outgoing), written),
      signal: outgoing.signal,
    });
  } catch (error) {
    if (body.broken !== undefined && !outgoing.signal.aborted) {
      await report(body.broken, { kind: 'again', problem: messageOf(error) });
    }
    throw error;
  } finally {
    await body.bytes.return();
  }
  if (compressed && response.status === 415) {
    options.zstd.accepted = false;
    await discard(response);
    return await storeOnce(options, deliveries, report, outgoing);
  }
  const told = await outcomesOf(options, response, deliveries, body.sent);
  return told === undefined ? undefined : new Map([...told, ...body.unsent]);
}

async function* withFirst(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* telling(
  bytes: AsyncIterable<Uint8Array>,
  ended: (() => void) | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  yield* bytes;
  ended?.();
}

async function outcomesOf(
  options: StowOptions,
  response: Response,
  deliveries: readonly Delivery[],
  sent: ReadonlyMap<string, SentInstance>,
): Promise<ReadonlyMap<Delivery, SendOutcome> | undefined> {
  const { clock, limits } = options;
  const problem = await serverProblem(response, clock.now(), limits.deliveryMaxDelayMs);
  if (problem !== undefined) {
    throw problem;
  }
  const { status } = response;
  if (status === 200 || status === 202 || status === 409) {
    const answer = readStowAnswer(await bodyText(response, limits.stowAnswerBytes));
    if (status !== 409 || (answer !== undefined && (answer.outcomes.size > 0 || answer.unnamed !== undefined))) {
      const told = new Map<Delivery, SendOutcome>();
      for (const [uid, instance] of sent) {
        told.set(
          instance.delivery,
          answer?.outcomes.get(uid) ?? answer?.unnamed ?? (await lookedFor(options, uid, instance, status)),
        );
      }
      return told;
    }
  }
  if (deliveries.length > 1) {
    await discard(response);
    return undefined;
  }
  const outcome = await refusal(response);
  return new Map(deliveries.map((delivery) => [delivery, outcome]));
}

/** Whether the receiver has an instance that its answer does not name: some name none, some keep none and say nothing of it. */
async function lookedFor(
  { client, path }: StowOptions,
  sopInstanceUid: string,
  { studyInstanceUid, seriesInstanceUid }: SentInstance,
  status: number,
): Promise<SendOutcome> {
  const instances = `${path}/${studyInstanceUid}/series/${seriesInstanceUid}/instances`;
  const response = await client.fetch(`${instances}?SOPInstanceUID=${sopInstanceUid}&limit=1`, {
    headers: { accept: 'application/dicom+json' },
  });
  const searched = response.status === 200 || response.status === 204;
  const found = searched ? await bodyText(response, FOUND_BYTES).catch(() => '') : '';
  await discard(response);
  if (found.includes(`"${sopInstanceUid}"`)) {
    return { kind: 'done' };
  }
  const problem = `answered ${status}, but neither names the instance nor finds it when it is asked for it`;
  // Orthanc says no more than this while its disk is full. Who cannot be asked may have it: to send it on and on would help nobody.
  return { kind: searched ? 'again' : 'aside', problem };
}

/** What a status means for the one instance of a request. PS3.18 table 10.5.3-1. */
async function refusal(response: Response): Promise<SendOutcome> {
  const { status } = response;
  const said = await words(response, 'it does not say why');
  switch (status) {
    case 413:
      return { kind: 'aside', problem: 'answered 413: the instance is too long for it', comment: said };
    case 415:
      return { kind: 'aside', problem: 'answered 415: it does not take its transfer syntax', comment: said };
    default:
      return { kind: status >= 500 ? 'again' : 'aside', problem: `answered ${status}`, comment: said };
  }
}

/** Pixels that nobody compressed: what was is not made shorter. */
function isNative({ transferSyntaxUid, changes }: Delivery): boolean {
  return findTransferSyntax(changes.transferSyntaxUid ?? transferSyntaxUid)?.encapsulated === false;
}

function sourceHeaders(origin: Origin | undefined): Readonly<Record<string, string>> {
  const value = sourceHeader(origin);
  return value === undefined ? {} : { 'filmless-source': value };
}
