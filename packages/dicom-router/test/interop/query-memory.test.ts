// needs: dcmtk
import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, TAG, writeDataSet, writeFileMeta } from '@filmless/dicom';
import { expect, it } from 'vitest';
import type { ArchiveFetch } from '../../src/index.ts';
import { SECONDARY_CAPTURE } from '../objects.ts';
import { openRouter } from '../open-router.ts';
import { run, startPeer } from '../run-peer.ts';

const MOST_BYTES = 200 * 1024 * 1024;
const MATCHES = 100_000;
const INSTANCES = 5_000;
const PIXEL_BYTES = 512 * 512 * 2;

function studyAt(number: number): DataSet {
  return {
    [TAG.StudyDate]: { vr: 'DA', Value: ['20260301'] },
    [TAG.StudyTime]: { vr: 'TM', Value: ['083000'] },
    [TAG.AccessionNumber]: { vr: 'SH', Value: [`A${number}`] },
    [TAG.ModalitiesInStudy]: { vr: 'CS', Value: ['CT', 'SR'] },
    [TAG.ReferringPhysicianName]: { vr: 'PN', Value: [{ Alphabetic: 'Trần^Văn Bác' }] },
    [TAG.StudyDescription]: { vr: 'LO', Value: ['CT ngực có thuốc cản quang'] },
    [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: `Nguyễn^Văn An ${number}` }] },
    [TAG.PatientID]: { vr: 'LO', Value: [`P${number}`] },
    [TAG.StudyInstanceUID]: { vr: 'UI', Value: [`2.25.${number}`] },
    [TAG.NumberOfStudyRelatedInstances]: { vr: 'IS', Value: [300] },
  };
}

function instanceAt(number: number): DataSet {
  return {
    [TAG.SOPClassUID]: { vr: 'UI', Value: [SECONDARY_CAPTURE] },
    [TAG.SOPInstanceUID]: { vr: 'UI', Value: [`2.25.1.1.${number}`] },
    '00083002': { vr: 'UI', Value: [EXPLICIT_VR_LITTLE_ENDIAN] },
    [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.1'] },
    [TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['2.25.1.1'] },
  };
}

/** One page of a list that is never there as a whole. */
function page(url: URL, total: number, itemAt: (number: number) => DataSet): Response {
  const from = Number(url.searchParams.get('after') ?? 0);
  const until = Math.min(total, from + Number(url.searchParams.get('limit')));
  url.searchParams.set('after', String(until));
  const link: Record<string, string> = until < total ? { link: `<${url.href}>; rel="next"` } : {};
  return Response.json(
    Array.from({ length: until - from }, (_, index) => itemAt(from + index)),
    { headers: link },
  );
}

function wholeInstance(sopInstanceUid: string, pixels: Buffer): ReadableStream<Uint8Array> {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: SECONDARY_CAPTURE,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const header = writeDataSet(
    { [TAG.SOPClassUID]: { vr: 'UI', Value: [SECONDARY_CAPTURE] }, [TAG.SOPInstanceUID]: { vr: 'UI', Value: [sopInstanceUid] } },
    { explicitVr: true },
  );
  return ReadableStream.from([Buffer.concat([meta, header]), pixels]);
}

/** Most that was added to the memory of this process while the work went on. */
async function grownBytes(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

const AES = [{ title: 'WS01', may: ['query', 'retrieve'], facility: 'main' }] as const;

it(`a C-FIND with ${MATCHES} matches holds less than 200 MB`, { timeout: 240_000 }, async () => {
  const archiveFetch: ArchiveFetch = (request) => Promise.resolve(page(new URL(request.url), MATCHES, studyAt));
  await using opened = await openRouter({ archiveFetch, aes: AES });
  const keys = Object.keys(studyAt(1)).map((tag) => `${tag.slice(0, 4)},${tag.slice(4)}`);
  let told = '';
  const grown = await grownBytes(async () => {
    const where = ['127.0.0.1', String(opened.router.dicomPort)];
    const asked = ['QueryRetrieveLevel=STUDY', ...keys].flatMap((key) => ['-k', key]);
    const ran = await run('/usr/bin/findscu', ['-q', '-S', '-aet', 'WS01', '-aec', 'FILMLESS', ...asked, ...where]);
    expect(ran).toEqual({ code: 0, output: '' });
    told = opened.access.events.map(({ detail }) => detail).join();
  });
  expect(told).toBe(`C-FIND STUDY: ${MATCHES} found`);
  expect(grown).toBeLessThan(MOST_BYTES);
});

/** Lists so many instances, and gives each with the same pixels. */
function archiveOf(instances: number): ArchiveFetch {
  const length = Buffer.from('e07f10004f57000000000800', 'hex');
  const pixels = Buffer.concat([length, Buffer.alloc(PIXEL_BYTES, 7)]);
  return (request) => {
    const url = new URL(request.url);
    const one = /instances\/([0-9.]+)$/.exec(url.pathname)?.[1];
    return Promise.resolve(
      one === undefined
        ? page(url, instances, instanceAt)
        : new Response(wholeInstance(one, pixels), { headers: { 'content-type': 'application/dicom' } }),
    );
  };
}

const STUDY = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=2.25.1'];

it(`a C-GET of ${INSTANCES} instances of 512 x 512 holds less than 200 MB`, { timeout: 240_000 }, async () => {
  await using opened = await openRouter({ archiveFetch: archiveOf(INSTANCES), aes: AES });
  const grown = await grownBytes(async () => {
    const where = ['127.0.0.1', String(opened.router.dicomPort)];
    const ran = await run('/usr/bin/getscu', ['-q', '--ignore', '-aet', 'WS01', '-aec', 'FILMLESS', ...STUDY, ...where]);
    expect(ran).toEqual({ code: 0, output: '' });
  });
  await expect.poll(() => opened.access.events.map(({ detail }) => detail)).toEqual([`C-GET: ${INSTANCES} instances sent`]);
  expect(grown).toBeLessThan(MOST_BYTES);
});

it(`a C-MOVE of ${INSTANCES} instances of 512 x 512 holds less than 200 MB`, { timeout: 240_000 }, async () => {
  await using receiver = await startPeer(
    '/usr/bin/storescp',
    (port) => ['--ignore', '-aet', 'WS01', String(port)],
    async (_, port) => {
      const echo = async () => (await run('/usr/bin/echoscu', ['127.0.0.1', String(port)])).code;
      await expect.poll(echo, { timeout: 10_000 }).toBe(0);
    },
  );
  const aes = [{ ...AES[0], host: '127.0.0.1', port: receiver.port }];
  await using opened = await openRouter({ archiveFetch: archiveOf(INSTANCES), aes });
  const grown = await grownBytes(async () => {
    const where = ['127.0.0.1', String(opened.router.dicomPort)];
    const ran = await run('/usr/bin/movescu', ['-q', '-aet', 'WS01', '-aec', 'FILMLESS', '-aem', 'WS01', ...STUDY, ...where]);
    expect(ran).toEqual({ code: 0, output: '' });
  });
  await expect
    .poll(() => opened.access.events.map(({ detail }) => detail))
    .toEqual([`C-MOVE to WS01: ${INSTANCES} instances sent`]);
  expect(grown).toBeLessThan(MOST_BYTES);
});
