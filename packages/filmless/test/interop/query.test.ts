// needs: dcmtk, python, orthanc
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOrthanc } from '../support/orthanc.ts';
import { type Product, startProduct } from '../support/product.ts';
import { dcmtk, type MadeStudy, makeStudies, Pynetdicom, sendFiles } from '../support/query-peers.ts';
import { SCRIPTS } from '../support/scripts.ts';

const STUDIES: readonly MadeStudy[] = [
  ...SCRIPTS,
  { charset: [], name: 'TRAN^THI BA', id: 'AS1', study: '2.25.308', date: '20250115', time: '101500', series: 2, instances: 2 },
  { charset: [], name: 'TRAN^THI BON', id: 'AS2', study: '2.25.309', date: '20250116', modality: 'MR', accession: 'A/9' },
];

const CONFIG = `
facilities: [{ id: main, name: A }, { id: north, name: B }]
aes:
  - { title: WS01, host: 127.0.0.1, port: 11112, may: [store, query, retrieve], facility: main }
  - { title: OLD01, may: [query], facility: main, asciiNames: true }
  - { title: NORTH01, may: [query], facility: north }
  - { title: ORTHANC, may: [query], facility: main, asciiNames: true }
`;

let product: Product;
let folder: string;
let user: Pynetdicom;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-query-'));
  product = await startProduct({ config: CONFIG });
  await sendFiles(product, await makeStudies(folder, STUDIES));
  user = new Pynetdicom(product);
}, 120_000);

afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const UTF8 = ['ISO_IR 192'];
const names = (answers: readonly Readonly<Record<string, unknown>>[]) => answers.map(({ PatientName }) => PatientName).sort();

describe('C-FIND of pynetdicom', { timeout: 60_000 }, () => {
  it.each(SCRIPTS)('in UTF-8 finds and names $id', async ({ name, id, study }) => {
    const keys = { PatientName: name, PatientID: '', StudyInstanceUID: '' };
    const { statuses, answers, charsets } = await user.find({ level: 'STUDY', keys, charset: UTF8 });
    expect(statuses).toEqual([0xff00, 0]);
    expect(answers).toMatchObject([{ PatientName: name, PatientID: id, StudyInstanceUID: study, QueryRetrieveLevel: 'STUDY' }]);
    expect(charsets).toEqual(['ISO_IR 192']);
  });

  it.each(SCRIPTS)('in the character set of the machine finds and names $id', async ({ name, id, charset }) => {
    const { statuses, answers, charsets } = await user.find({
      level: 'STUDY',
      keys: { PatientName: name, PatientID: '' },
      charset,
    });
    expect(statuses).toEqual([0xff00, 0]);
    expect(answers).toMatchObject([{ PatientName: name, PatientID: id }]);
    expect([charsets[0]].flat()).toEqual(charset);
  });

  it.each(SCRIPTS)('of $id by an asker that cannot show it is answered in UTF-8', async ({ name, id, charset }) => {
    const latin = charset[0] === 'ISO_IR 100' ? [] : ['ISO_IR 100'];
    const { answers, charsets } = await user.find({ level: 'STUDY', keys: { PatientName: '', PatientID: id }, charset: latin });
    expect(answers).toMatchObject([{ PatientName: name }]);
    expect(charsets).toEqual(['ISO_IR 192']);
  });

  it('finds "Nguyễn Văn" by "nguyen van", and by every way of typing it', async () => {
    for (const typed of ['nguyen van*', 'NGUYEN^VAN*', 'Nguyễn^Văn*', 'nguyễn van an']) {
      const { answers } = await user.find({ level: 'STUDY', keys: { PatientName: typed }, charset: UTF8 });
      expect(names(answers), typed).toEqual(['Nguyễn^Văn An']);
    }
    const fuzzy = { level: 'STUDY', keys: { PatientName: 'nguyen van' }, extended: [0, 0, 1] };
    expect(names((await user.find(fuzzy)).answers)).toEqual(['Nguyễn^Văn An']);
    expect(names((await user.find({ ...fuzzy, keys: { PatientName: 'an nguyen' } })).answers)).toEqual(['Nguyễn^Văn An']);
  });

  it.each([
    ['Nguy?n*', 'Nguyễn^Văn An'],
    ['Nguyễn^V?n ??', 'Nguyễn^Văn An'],
    ['=山?^太?', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
    ['==홍^??', 'Hong^Gildong=洪^吉洞=홍^길동'],
    ['Διον??ίου*', 'Διονυσίου^Ελένη'],
    ['Достоевск??^*', 'Достоевский^Фёдор'],
  ])('counts characters, not bytes, in %s', async (pattern, name) => {
    const { answers } = await user.find({ level: 'STUDY', keys: { PatientName: pattern }, charset: UTF8 });
    expect(names(answers)).toEqual([name]);
    const longer = await user.find({ level: 'STUDY', keys: { PatientName: `?${pattern}` }, charset: UTF8 });
    expect(longer.answers).toEqual([]);
  });

  it('has names and descriptions without accents for a console set so, whatever it asks in', async () => {
    const keys = { PatientName: '', PatientID: 'VI1', StudyDescription: '' };
    const { answers, charsets } = await user.find({ calling: 'OLD01', level: 'STUDY', keys, charset: UTF8 });
    expect(answers).toMatchObject([{ PatientName: 'Nguyen^Van An', StudyDescription: 'CT nguc co thuoc' }]);
    expect(charsets).toEqual([null]);
  });

  it('matches ranges of dates, lists of UIDs, modalities, numbers of series and instances', async () => {
    const ids = async (keys: Readonly<Record<string, string | readonly string[]>>) =>
      (await user.find({ level: 'STUDY', keys: { PatientID: '', ...keys } })).answers.map(({ PatientID }) => PatientID).sort();
    expect(await ids({ StudyDate: '20250101-20251231' })).toEqual(['AS1', 'AS2']);
    expect(await ids({ StudyDate: '-20250115' })).toEqual(['AS1']);
    expect(await ids({ StudyDate: '20250115', StudyTime: '1000-1100' })).toEqual(['AS1']);
    expect(await ids({ StudyInstanceUID: ['2.25.308', '2.25.304', '2.25.999'] })).toEqual(['AS1', 'ZH1']);
    expect(await ids({ ModalitiesInStudy: 'MR' })).toEqual(['AS2']);
    expect(await ids({ AccessionNumber: 'A/9' })).toEqual(['AS2']);
    const [study] = (
      await user.find({
        level: 'STUDY',
        keys: { PatientID: 'AS1', NumberOfStudyRelatedSeries: '', NumberOfStudyRelatedInstances: '', ModalitiesInStudy: '' },
      })
    ).answers;
    expect(study).toMatchObject({ NumberOfStudyRelatedSeries: '2', NumberOfStudyRelatedInstances: '4', ModalitiesInStudy: 'CT' });
  });

  it('takes 500 UIDs at once and gives each study once', async () => {
    const uids = Array.from({ length: 500 }, (_, index) => `2.25.${index}`);
    const { statuses, answers } = await user.find({ level: 'STUDY', keys: { StudyInstanceUID: uids } });
    expect(answers.map(({ StudyInstanceUID }) => StudyInstanceUID).sort()).toEqual(STUDIES.map(({ study }) => study).sort());
    expect(statuses.at(-1)).toBe(0);
  });

  it('goes down the levels of both models', async () => {
    const patient = { PatientID: 'AS1' };
    const study = { StudyInstanceUID: '2.25.308' };
    const series = { SeriesInstanceUID: '2.25.308.2' };
    const steps: readonly [string, object, string, readonly string[]][] = [
      ['PATIENT', { PatientID: 'AS1', PatientName: '' }, 'PatientName', ['TRAN^THI BA']],
      ['STUDY', { ...patient, StudyInstanceUID: '' }, 'StudyInstanceUID', ['2.25.308']],
      ['SERIES', { ...patient, ...study, SeriesInstanceUID: '' }, 'SeriesInstanceUID', ['2.25.308.1', '2.25.308.2']],
      ['IMAGE', { ...patient, ...study, ...series, SOPInstanceUID: '' }, 'SOPInstanceUID', ['2.25.308.2.1', '2.25.308.2.2']],
    ];
    for (const model of ['P', 'S'] as const) {
      for (const [level, keys, keyword, expected] of model === 'P' ? steps : steps.slice(1)) {
        const { answers } = await user.find({ model, level, keys: keys as Record<string, string> });
        expect(answers.map((answer) => answer[keyword]).sort(), `${model} ${level}`).toEqual(expected);
      }
    }
  });

  it('refuses a wrong identifier with A900H, and finds series without their study once that was negotiated', async () => {
    const keys = { SeriesInstanceUID: '', PatientName: 'tran*', Modality: 'MR' };
    expect((await user.find({ level: 'SERIES', keys })).statuses).toEqual([0xa900]);
    expect((await user.find({ level: 'PATIENT', keys: {} })).statuses).toEqual([0xa900]);
    const { answers } = await user.find({ level: 'SERIES', keys, extended: [1] });
    expect(answers.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).toEqual(['2.25.309.1']);
  });

  it('is cancelled in the middle', async () => {
    const { statuses } = await user.find({ level: 'STUDY', keys: { StudyInstanceUID: '' }, cancelAfter: 1 });
    // With nine answers the cancel may come when all have gone out.
    expect([0xfe00, 0]).toContain(statuses.at(-1));
    expect(statuses.length).toBeLessThanOrEqual(STUDIES.length + 1);
  });

  it('sees nothing of another facility', async () => {
    const { statuses } = await user.find({ calling: 'NORTH01', level: 'STUDY', keys: { StudyInstanceUID: '' } });
    expect(statuses).toEqual([0]);
  });
});

describe('C-FIND of DCMTK', { timeout: 60_000 }, () => {
  const find = (options: readonly string[], keys: readonly string[]) => dcmtk('findscu', product, options, keys);

  it('finds by a name without accents, and is answered in UTF-8', async () => {
    const ran = await find(
      ['-S'],
      ['QueryRetrieveLevel=STUDY', 'PatientName=nguyen van*', 'StudyInstanceUID', 'StudyDescription'],
    );
    const shown = ran.stdout + ran.stderr;
    expect(ran.code, shown).toBe(0);
    expect(shown).toContain('[Nguyễn^Văn An]');
    expect(shown).toContain('[CT ngực có thuốc');
    expect(shown).toContain('[ISO_IR 192]');
  });

  it('asks at every level of the patient root', async () => {
    const levels: readonly [string, readonly string[], string][] = [
      ['PATIENT', ['PatientID=AS1', 'PatientName'], 'TRAN^THI BA'],
      ['STUDY', ['PatientID=AS1', 'StudyInstanceUID'], '2.25.308'],
      ['SERIES', ['PatientID=AS1', 'StudyInstanceUID=2.25.308', 'SeriesInstanceUID', 'SeriesNumber=2'], '2.25.308.2'],
      ['IMAGE', ['PatientID=AS1', 'StudyInstanceUID=2.25.308', 'SeriesInstanceUID=2.25.308.2', 'SOPInstanceUID'], '2.25.308.2.2'],
    ];
    for (const [level, keys, expected] of levels) {
      const ran = await find(['-P'], [`QueryRetrieveLevel=${level}`, ...keys]);
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stdout + ran.stderr).toContain(expected);
    }
  });

  it('cancels after the first answer', async () => {
    const ran = await find(['-S', '--cancel', '1', '-d'], ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout + ran.stderr).toMatch(/0xfe00|Success/);
  });
});

describe('C-FIND of Orthanc', { timeout: 120_000 }, () => {
  it('finds by a name without accents; it loses the letters it cannot show, so it is sent none', async () => {
    await using orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort });
    const query = { Level: 'Study', Query: { PatientName: 'nguyen*', StudyInstanceUID: '', StudyDescription: '' } };
    const { ID } = (await orthanc.post('/modalities/filmless/query', JSON.stringify(query))) as { readonly ID: string };
    const answers = await (await orthanc.get(`/queries/${ID}/answers`)).json();
    expect(answers).toEqual(['0']);
    const content = await (await orthanc.get(`/queries/${ID}/answers/0/content?simplify`)).json();
    expect(content).toMatchObject({ StudyInstanceUID: '2.25.301', PatientName: 'Nguyen^Van An' });
  });
});
