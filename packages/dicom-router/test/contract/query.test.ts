import { type DataSet, TAG, texts } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { PATIENT_ROOT_FIND, QueryUser, STUDY_ROOT } from '../query-user.ts';
import { SearchedArchive } from '../searched-archive.ts';

const study = (number: number): DataSet => ({
  [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  [TAG.StudyInstanceUID]: { vr: 'UI', Value: [`2.25.${number}`] },
});
const STUDY_KEY: DataSet = { [TAG.StudyInstanceUID]: { vr: 'UI' } };

describe('C-FIND', () => {
  let archive: SearchedArchive;
  let opened: OpenedRouter;
  let user: QueryUser;

  beforeEach(async () => {
    archive = new SearchedArchive();
    archive.results = [1, 2, 3, 4, 5].map(study);
    opened = await openRouter({
      archiveFetch: archive.fetch,
      aes: [
        { title: 'WS01', may: ['query'], facility: 'main' },
        { title: 'OLD01', may: ['query'], facility: 'main', asciiNames: true },
        { title: 'NORTH', may: ['query'], facility: 'north' },
        { title: 'CT01', may: ['store'], facility: 'main' },
      ],
    });
    user = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.find, PATIENT_ROOT_FIND]);
  });

  afterEach(async () => {
    await user[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  it('is answered page by page with what the archive has, then with success', async () => {
    const responses = await user.all('find', 'STUDY', STUDY_KEY);
    expect(responses.map(({ status }) => status)).toEqual(['FF00', 'FF00', 'FF00', 'FF00', 'FF00', '0000']);
    expect(responses.slice(0, 5).map(({ dataSet }) => texts(dataSet ?? {}, TAG.StudyInstanceUID)[0])).toEqual(
      [1, 2, 3, 4, 5].map((number) => `2.25.${number}`),
    );
    expect(responses[0]?.dataSet).toMatchObject({
      [TAG.QueryRetrieveLevel]: { Value: ['STUDY'] },
      [TAG.RetrieveAETitle]: { Value: ['FILMLESS'] },
    });
    expect(responses.at(-1)?.dataSet).toBeUndefined();
    expect(archive.asked.map(({ path }) => path)).toEqual(Array(3).fill('/dicom-web/studies'));
  });

  it("is asked in the caller's name, so that it sees what its facility does", async () => {
    await user.all('find', 'STUDY', STUDY_KEY);
    expect(archive.asked[0]?.caller).toEqual({ aeTitle: 'WS01', facility: 'main', address: '127.0.0.1' });
    await using other = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.find], { callingAe: 'NORTH' });
    expect((await other.all('find', 'STUDY', STUDY_KEY)).map(({ status }) => status)).toEqual(['0000']);
  });

  it('tells of keys that are not supported with each answer', async () => {
    const responses = await user.all('find', 'STUDY', { ...STUDY_KEY, '00091002': { vr: 'LO', Value: ['x'] } });
    expect(responses.map(({ status }) => status)).toEqual([...Array(5).fill('FF01'), '0000']);
  });

  it.each<[string, string | undefined, DataSet, string, string]>([
    ['without a level', undefined, {}, STUDY_ROOT.find, 'Query/Retrieve Level (0008,0052) is missing'],
    ['at a level the model has not', 'PATIENT', {}, STUDY_ROOT.find, 'Study Root has no Query/Retrieve Level "PATIENT"'],
    ['without the keys above', 'SERIES', {}, STUDY_ROOT.find, 'Study Instance UID (0020,000D) is missing'],
    ['without the keys above', 'STUDY', {}, PATIENT_ROOT_FIND, 'Patient ID (0010,0020) is missing'],
  ])('%s is refused with A900H and why', async (_, level, keys, sopClass, comment) => {
    expect(await user.all('find', level, keys, {}, sopClass)).toMatchObject([{ status: 'A900', comment }]);
    expect(archive.asked).toEqual([]);
  });

  it("passes the archive's objections on", async () => {
    archive.refusal = () => Response.json({ detail: '00080020: "x" is not a DA' }, { status: 400 });
    expect(await user.all('find', 'STUDY', STUDY_KEY)).toMatchObject([{ status: 'A900', comment: '00080020: "x" is not a DA' }]);
    archive.refusal = () => Response.json({ detail: 'too many' }, { status: 413 });
    expect(await user.all('find', 'STUDY', STUDY_KEY)).toMatchObject([{ status: 'A700', comment: 'too many' }]);
    archive.refusal = () => new Response(null, { status: 503 });
    expect(await user.all('find', 'STUDY', STUDY_KEY)).toMatchObject([{ status: 'C000' }]);
    expect(opened.log.lines.some((line) => line.includes('the archive answered 503'))).toBe(true);
  });

  it('searches any level without the keys above once that was negotiated, and fuzzily', async () => {
    const extended = [{ sopClassUid: STUDY_ROOT.find, information: Uint8Array.of(1, 1, 1, 1) }];
    await using relational = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.find], { extended });
    const context = [...relational.dialogue.association.contexts.values()][0];
    expect([...(context?.extended ?? [])]).toEqual([1, 1, 1]);
    await relational.all('find', 'SERIES', { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'nguyen an' }] } });
    expect(archive.asked[0]?.path).toBe('/dicom-web/series');
    expect(Object.fromEntries(archive.asked[0]?.query ?? [])).toMatchObject({
      [TAG.PatientName]: 'nguyen an',
      fuzzymatching: 'true',
      combineddatetime: 'true',
    });
  });

  it('ends with FE00H soon after it is cancelled, and the association goes on', async () => {
    archive.results = Array.from({ length: 1000 }, (_, index) => study(index));
    const statuses: string[] = [];
    for await (const { status } of user.ask('find', 'STUDY', STUDY_KEY)) {
      statuses.push(status);
      if (statuses.length === 3) {
        break;
      }
    }
    expect(statuses).toEqual(['FF00', 'FF00', 'FF00']);
    // The pages behind were not asked for.
    expect(archive.asked.length).toBeLessThan(250);
    archive.results = [study(1)];
    expect((await user.all('find', 'STUDY', STUDY_KEY)).map(({ status }) => status)).toEqual(['FF00', '0000']);
  });

  it('has no accents for a console that cannot show them', async () => {
    await using console = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.find], { callingAe: 'OLD01' });
    const [first] = await console.all('find', 'STUDY', { [TAG.PatientName]: { vr: 'PN' } });
    expect(first?.dataSet?.[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Nguyen^Van An' }]);
    const [named] = await user.all('find', 'STUDY', { [TAG.PatientName]: { vr: 'PN' } });
    expect(named?.dataSet?.[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Nguyễn^Văn An' }]);
  });

  it('needs the right to query, at each question', async () => {
    await using stranger = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.find], { callingAe: 'CT01' });
    expect(stranger.dialogue.association.contexts.size).toBe(0);
    await opened.api('PUT', '/api/aes/WS01', { may: ['echo'], facility: 'main' });
    expect(await user.all('find', 'STUDY', STUDY_KEY)).toMatchObject([{ status: '0124', comment: 'WS01 may not query here' }]);
  });

  it('leaves a line in the audit trail with the keys that matched and no value of theirs, once for the same', async () => {
    const keys: DataSet = {
      [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.1'] },
      [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn*' }] },
    };
    await user.all('find', 'STUDY', keys);
    await user.all('find', 'STUDY', keys);
    expect(opened.access.events.filter(({ action }) => action === 'query')).toEqual([
      {
        action: 'query',
        outcome: 'success',
        subject: { kind: 'ae', id: 'WS01', name: 'WS01' },
        facility: 'main',
        address: '127.0.0.1',
        studyInstanceUid: '2.25.1',
        detail: 'C-FIND STUDY by PatientName, StudyInstanceUID: 5 found',
      },
    ]);
  });
});
