import type { Stage } from '@filmless/access';
import { writeFileMeta } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { CountedBuffers } from '../../test/counted-buffers.ts';
import { SECONDARY_CAPTURE, testObject } from '../../test/objects.ts';
import { type Parrot, pData } from '../../test/parrot.ts';
import { parrotServer } from '../../test/parrot-server.ts';
import { Deidentification } from '../derive/deidentification.ts';
import { encodeCommand } from '../dimse/command-set.ts';
import { routerLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { LineGovernor } from './line/line-governor.ts';
import { sendToNode } from './node-sender.ts';
import type { SendOutcome } from './send-instances.ts';
import { TlsKeeper } from './tls-keeper.ts';

const object = testObject(1);
const file = Buffer.concat([
  writeFileMeta({
    mediaStorageSopClassUid: object.sopClassUid,
    mediaStorageSopInstanceUid: object.sopInstanceUid,
    transferSyntaxUid: object.transferSyntaxUid,
  }),
  object.bytes,
]);

const delivery = (id: number): Delivery => ({
  id,
  attempts: 0,
  priority: 'routine',
  changes: {},
  studyInstanceUid: object.studyInstanceUid,
  seriesInstanceUid: object.seriesInstanceUid,
  sopInstanceUid: object.sopInstanceUid,
  sopClassUid: object.sopClassUid,
  transferSyntaxUid: object.transferSyntaxUid,
});

/** Accepts, answers one C-STORE, and does as it is told when it is asked for release. */
const node = (status: number, atRelease: (parrot: Parrot) => void) =>
  parrotServer(async (parrot) => {
    await parrot.hear();
    parrot.say({
      type: 'associate-ac',
      protocolVersion: 1,
      calledAe: 'WS1',
      callingAe: 'FILMLESS',
      applicationContext: '1.2.840.10008.3.1.1.1',
      contexts: [{ id: 1, result: 0, transferSyntax: object.transferSyntaxUid }],
      user: { maxLength: 16_384, implementationClassUid: '1.2', roles: [], extended: [], commonExtended: [] },
    });
    await parrot.hear();
    await parrot.hear();
    const response = { AffectedSOPClassUID: SECONDARY_CAPTURE, CommandField: 0x8001, MessageIDBeingRespondedTo: 1 };
    parrot.say(pData(1, true, true, encodeCommand({ ...response, CommandDataSetType: 0x0101, Status: status })));
    await parrot.hear();
    atRelease(parrot);
  });

async function send(port: number, measured: Stage[] = []): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = [];
  const meter = { observe: (stage: Stage) => measured.push(stage) };
  const limits = routerLimits({ responseMs: 300, artimMs: 300 });
  const archiveFetch = () => Promise.resolve(new Response(file, { headers: { 'content-type': 'application/dicom' } }));
  await sendToNode(
    {
      archiveFetch,
      aeTitle: 'FILMLESS',
      calls: { ended: () => undefined },
      deidentification: new Deidentification(new Uint8Array(32), []),
      limits,
      meter,
      buffers: new CountedBuffers(),
      tls: new TlsKeeper(),
    },
    { kind: 'dicom', id: 'ws', aeTitle: 'WS1', host: '127.0.0.1', port, when: { callingAes: [], modalities: [] }, enabled: true },
    [delivery(1)],
    async (_, outcome) => {
      outcomes.push(outcome);
    },
    { line: new LineGovernor({ line: undefined, clock: SYSTEM_CLOCK }).open('routine'), signal: new AbortController().signal },
  );
  return outcomes;
}

describe('sending to a node', () => {
  it.each<[string, (parrot: Parrot) => void]>([
    ['agrees to release', (parrot) => parrot.say({ type: 'release-rp' })],
    ['hangs up when asked for release', (parrot) => parrot.hangUp()],
    ['aborts when asked for release', (parrot) => parrot.say({ type: 'abort', source: 0, reason: 0 })],
    ['is silent when asked for release', () => undefined],
  ])('has delivered when the node %s', async (_, atRelease) => {
    await using server = await node(0, atRelease);
    const measured: Stage[] = [];
    expect(await send(server.port, measured)).toEqual([{ kind: 'done' }]);
    expect(measured).toEqual(['delivery']);
  });

  it.each([
    [0xb007, { kind: 'done', status: 0xb007 }],
    [0x0111, { kind: 'done', status: 0x0111 }],
    [0x0110, { kind: 'again', status: 0x0110, problem: 'answered 0110H (processing failure)' }],
    [0xa700, { kind: 'again', status: 0xa700, problem: 'answered A700H (out of resources)' }],
    [0xc000, { kind: 'aside', status: 0xc000, problem: 'answered C000H (cannot understand)' }],
  ])('tells what status %i means', async (status, outcome) => {
    await using server = await node(status, (parrot) => parrot.say({ type: 'release-rp' }));
    expect(await send(server.port)).toEqual([outcome]);
  });
});
