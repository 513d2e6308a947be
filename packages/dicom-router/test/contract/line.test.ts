import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_METER } from '@filmless/access';
import { writeFileMeta } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Deidentification } from '../../src/derive/deidentification.ts';
import { SYSTEM_CLOCK } from '../../src/destinations/clock.ts';
import { Deliveries } from '../../src/destinations/deliveries.ts';
import { DestinationDirectory } from '../../src/destinations/destination-directory.ts';
import { Sharing } from '../../src/destinations/sharing.ts';
import { TlsKeeper } from '../../src/destinations/tls-keeper.ts';
import { transports } from '../../src/destinations/transports.ts';
import { routerLimits } from '../../src/limits.ts';
import { openRouterDatabase, type RouterDatabase } from '../../src/records/router-database.ts';
import { db } from '../../src/records/tables.ts';
import type { DeliveryClass } from '../../src/routing/decision.ts';
import type { Destination } from '../../src/routing/destination.ts';
import { CountedBuffers } from '../counted-buffers.ts';
import { KeptLog } from '../kept-log.ts';
import { testObject } from '../objects.ts';
import { openRouter } from '../open-router.ts';
import { ShapedLine } from '../shaped-line.ts';
import { finds, startWebPeer } from '../web-peer.ts';

/** 2 Mbit/s, and a little less of it for us. */
const LINE_BYTES_PER_SECOND = 250_000;
const OURS = { bytesPerSecond: 230_000 };
const ROUND_TRIP_MS = 150;

const BACKFILL_BYTES = 500_000;
const EMERGENCY_BYTES = 150_000;
const FIRST_EMERGENCY = 200;

/** A Part 10 file of a slice; emergencies are shorter, so that the test is. */
function sliceFile(number: number): Uint8Array<ArrayBuffer> {
  const length = number < FIRST_EMERGENCY ? BACKFILL_BYTES : EMERGENCY_BYTES;
  const pixels = { vr: 'OW' as const, InlineBinary: Buffer.alloc(length, number).toString('base64') };
  const object = testObject(number, { '7FE00010': pixels });
  const meta = writeFileMeta({
    mediaStorageSopClassUid: object.sopClassUid,
    mediaStorageSopInstanceUid: object.sopInstanceUid,
    transferSyntaxUid: object.transferSyntaxUid,
  });
  return new Uint8Array(Buffer.concat([meta, object.bytes]));
}

const archiveFetch = (request: Request): Promise<Response> => {
  const number = Number(/\.(\d+)$/.exec(new URL(request.url).pathname)?.[1]);
  return Promise.resolve(new Response(sliceFile(number), { headers: { 'content-type': 'application/dicom' } }));
};

describe('a line of 2 Mbit/s and 150 ms that a backfill fills', () => {
  let folder: string;
  let database: RouterDatabase;
  let log: KeptLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-line-'));
    database = await openRouterDatabase(folder);
    log = new KeptLog();
  });

  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const open = async (destination: Destination) => {
    const limits = routerLimits();
    const deidentification = new Deidentification(new Uint8Array(32), []);
    const options = {
      ...{ archiveFetch, aeTitle: 'FILMLESS', calls: { ended: () => undefined }, clock: SYSTEM_CLOCK, deidentification, limits },
      ...{ meter: NO_METER, tls: new TlsKeeper(), buffers: new CountedBuffers() },
    };
    const directory = await DestinationDirectory.open(database, { configured: [destination], fixed: [], limit: 10 });
    return await Deliveries.open(
      {
        ...{ database, clock: SYSTEM_CLOCK, limits, log, random: Math.random },
        sharing: new Sharing({ database, clock: SYSTEM_CLOCK, audit: () => Promise.resolve() }),
        openTransport: transports(options),
      },
      directory,
    );
  };

  /** How long after it was queued the first byte of an emergency comes out at the receiver, while a backfill is under way. */
  const firstByteOfEmergency = async (line: ShapedLine, destination: Destination) => {
    await using deliveries = await open(destination);
    const queue = async (number: number, priority: DeliveryClass) => {
      const { bytes: _, ...instance } = testObject(number);
      await deliveries.queue(instance, [{ destination: 'onward', rule: 'test', priority, changes: {} }], true);
    };
    let passed = 0;
    let seenAt: number | undefined;
    let backfillSince = 0;
    const emergency = Buffer.from(testObject(FIRST_EMERGENCY).sopInstanceUid);
    line.watch = (bytes) => {
      passed += bytes.byteLength;
      if (seenAt === undefined && Buffer.from(bytes).includes(emergency)) {
        seenAt = performance.now();
        backfillSince = passed;
      }
    };
    for (let number = 1; number <= 20; number += 1) {
      await queue(number, 'backfill');
    }
    await expect.poll(() => passed, { timeout: 20_000 }).toBeGreaterThan(300_000);
    const began = performance.now();
    for (let number = FIRST_EMERGENCY; number < FIRST_EMERGENCY + 4; number += 1) {
      await queue(number, 'emergency');
    }
    const emergencies = () =>
      database.read(db.selectFrom('delivery').select('id').where('class', '=', 0).where('state', '=', 'done'));
    await expect.poll(emergencies, { timeout: 30_000 }).toHaveLength(4);
    const others = passed - backfillSince - 4 * EMERGENCY_BYTES;
    const left = await database.read(db.selectFrom('delivery').select('id').where('class', '=', 3).where('state', '!=', 'done'));
    return { afterMs: (seenAt ?? Number.POSITIVE_INFINITY) - began, others, backfillLeft: left.length, logged: [...log.lines] };
  };

  const common = { id: 'onward', enabled: true, line: OURS };

  it('lets the first byte of an emergency through to a web server within 3 s, and hardly anything else meanwhile', async () => {
    await using peer = await startWebPeer();
    peer.answer = finds;
    const target = Number(new URL(peer.url).port);
    await using line = await ShapedLine.open({ target, bytesPerSecond: LINE_BYTES_PER_SECOND, roundTripMs: ROUND_TRIP_MS });
    const destination: Destination = { ...common, kind: 'dicomweb', url: `http://127.0.0.1:${line.port}` };
    const { afterMs, others, backfillLeft, logged } = await firstByteOfEmergency(line, destination);
    expect(afterMs).toBeLessThan(3000);
    expect(logged).toEqual([]);
    expect(others).toBeLessThan(150_000);
    expect(backfillLeft).toBeGreaterThan(10);
  });

  it('lets it through to a DICOM node as soon', async () => {
    await using receiver = await openRouter();
    const target = receiver.router.dicomPort;
    await using line = await ShapedLine.open({ target, bytesPerSecond: LINE_BYTES_PER_SECOND, roundTripMs: ROUND_TRIP_MS });
    const destination: Destination = { ...common, kind: 'dicom', aeTitle: 'FILMLESS', host: '127.0.0.1', port: line.port };
    const { afterMs, others, backfillLeft, logged } = await firstByteOfEmergency(line, destination);
    expect(afterMs).toBeLessThan(3000);
    expect(logged).toEqual([]);
    expect(others).toBeLessThan(150_000);
    expect(backfillLeft).toBeGreaterThan(10);
    expect(receiver.deposit.kept.length).toBeGreaterThanOrEqual(4);
  });
});
