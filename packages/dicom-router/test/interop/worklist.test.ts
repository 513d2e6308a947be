// needs: dcmtk, python
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, items, parseDicomJson, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import type { AeConfig } from '../../src/index.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { OrdersDouble, testOrder, testStep } from '../orders-double.ts';
import { PEERS, PYTHON, run } from '../run-peer.ts';

const CT01: AeConfig = { title: 'CT01', may: ['store', 'query'], facility: 'main' };

function openWith(orders: readonly object[], changes: Partial<AeConfig> = {}): Promise<OpenedRouter> {
  const archive = new OrdersDouble();
  archive.orders = orders;
  return openRouter({ archiveFetch: archive.fetch, aes: [{ ...CT01, ...changes }] });
}

async function pynetdicom(opened: OpenedRouter, identifier: DataSet) {
  const job = { do: 'worklist', port: opened.router.dicomPort, identifier };
  const { code, output } = await run(PYTHON, [join(PEERS, 'modality.py')], JSON.stringify(job));
  expect(code, output).toBe(0);
  const result = JSON.parse(output.trim().split('\n').at(-1) ?? '') as { statuses: number[]; found: unknown[] };
  return { statuses: result.statuses, found: result.found.map(parseDicomJson) };
}

const step = (keys: DataSet): DataSet => ({ [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [keys] } });
const charset = (...terms: readonly string[]): DataSet => ({ [TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms } });
const ASK: DataSet = { [TAG.PatientName]: { vr: 'PN' }, [TAG.AccessionNumber]: { vr: 'SH' } };

describe('pynetdicom asks for a worklist', () => {
  it('by station and day, and gets its steps whole', async () => {
    const orders = [
      testOrder(),
      testOrder({ accessionNumber: 'WL002', steps: [testStep({ stationAeTitle: 'CT02' })] }),
      testOrder({ accessionNumber: 'WL003', steps: [testStep({ start: '2026-03-02T08:00:00' })] }),
      testOrder({ accessionNumber: 'WL004', steps: [testStep({ stationAeTitle: '' })] }),
    ];
    await using opened = await openWith(orders);
    const { statuses, found } = await pynetdicom(opened, {
      ...ASK,
      ...step({
        [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: ['CT01'] },
        [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['20260301'] },
        [TAG.ScheduledProcedureStepStartTime]: { vr: 'TM' },
        [TAG.ScheduledPerformingPhysicianName]: { vr: 'PN' },
      }),
    });
    expect(statuses).toEqual([0xff00, 0xff00, 0]);
    expect(found.map((item) => firstText(item, TAG.AccessionNumber))).toEqual(['WL001', 'WL004']);
    const [first] = items(found[0] ?? {}, TAG.ScheduledProcedureStepSequence);
    expect(firstText(first ?? {}, TAG.ScheduledProcedureStepStartTime)).toBe('080000');
    expect(firstText(first ?? {}, TAG.ScheduledPerformingPhysicianName)).toBe('Lê^Thị Dung');
  });

  it.each<[string, string, string, readonly string[]]>([
    ['Vietnamese', 'Nguyễn^Văn An', 'nguyen^van*', ['ISO_IR 192']],
    ['Japanese', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'yamada*', ['', 'ISO 2022 IR 87']],
    ['Korean', 'Hong^Gildong=洪^吉洞=홍^길동', 'hong*', ['', 'ISO 2022 IR 149']],
    ['Chinese', 'Wang^XiaoDong=王^小东=', 'wang*', ['GB18030']],
    ['Russian', 'Люкceмбypг', 'Люк*', ['ISO_IR 144']],
    ['Greek', 'Διονυσιος', 'Διον*', ['ISO_IR 126']],
    ['Thai', 'สมชาย', 'สม*', ['ISO_IR 166']],
    ['Arabic', 'قباني^لنزار', 'قبا*', ['ISO_IR 127']],
  ])('in %s, each in its own character set', async (_, name, pattern, terms) => {
    await using opened = await openWith([testOrder({ patient: { id: '1', name } })]);
    const key: DataSet = { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: pattern }] } };
    const { found } = await pynetdicom(opened, { ...charset(...terms), ...key });
    expect(found.map((item) => firstText(item, TAG.PatientName)?.replace(/=+$/, ''))).toEqual([name.replace(/=+$/, '')]);
    expect(found[0]?.[TAG.SpecificCharacterSet]?.Value?.map((term) => term ?? '')).toEqual(terms);
  });

  it('from a console of plain letters, or of Latin letters that cannot hold the name', async () => {
    await using latin = await openWith([testOrder()]);
    const { found } = await pynetdicom(latin, { ...charset('ISO_IR 100'), ...ASK });
    expect(found.map((item) => firstText(item, TAG.PatientName))).toEqual(['Nguyễn^Văn An']);
    expect(firstText(found[0] ?? {}, TAG.SpecificCharacterSet)).toBe('ISO_IR 192');
    await using plain = await openWith([testOrder()], { asciiNames: true });
    const answer = await pynetdicom(plain, ASK);
    expect(answer.found.map((item) => firstText(item, TAG.PatientName))).toEqual(['Nguyen^Van An']);
    expect(answer.found[0]?.[TAG.SpecificCharacterSet]).toBeUndefined();
  });

  it('and is refused with a key that is none', async () => {
    await using opened = await openWith([testOrder()]);
    const wrong = step({ [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['2026030'] } });
    expect((await pynetdicom(opened, wrong)).statuses).toEqual([0xa900]);
  });
});

describe('DCMTK findscu -W', () => {
  /** Keys as it takes them, and the files it writes of the answers. */
  async function findscu(opened: OpenedRouter, ...keys: readonly string[]): Promise<string> {
    const args = ['-W', '-v', '-aet', 'CT01', '-aec', 'FILMLESS', ...keys.flatMap((key) => ['-k', key])];
    const { code, output } = await run('/usr/bin/findscu', [...args, '127.0.0.1', String(opened.router.dicomPort)]);
    expect(code, output).toBe(0);
    return output;
  }

  it('finds by name, station and modality, in UTF-8', async () => {
    await using opened = await openWith([
      testOrder(),
      testOrder({ accessionNumber: 'WL002', patient: { id: '2', name: 'Trần' } }),
    ]);
    const output = await findscu(
      opened,
      '0008,0005=ISO_IR 192',
      '0010,0010=nguyen*',
      '0008,0050',
      '(0040,0100)[0].0008,0060=CT',
      '(0040,0100)[0].0040,0001=CT01',
      '(0040,0100)[0].0040,0002=20260301-20260302',
    );
    expect(output).toContain('Nguyễn^Văn An');
    expect(output).toContain('WL001');
    expect(output).not.toContain('WL002');
    expect(output.match(/Find Response: \d+ \(Pending\)|Pending/g)?.length ?? 0).toBeGreaterThan(0);
  });

  it('asks with the identifier of a file, as worklist clients do', async () => {
    await using opened = await openWith([testOrder()]);
    const folder = await mkdtemp(join(tmpdir(), 'filmless-worklist-'));
    const dump = join(folder, 'query.dump');
    const file = join(folder, 'query.dcm');
    const lines = [
      '(0008,0050) SH',
      '(0010,0010) PN',
      '(0040,0100) SQ',
      '(fffe,e000) -',
      '(0008,0060) CS [CT]',
      '(0040,0009) SH',
    ];
    await writeFile(dump, [...lines, '(fffe,e00d) -', '(fffe,e0dd) -', ''].join('\n'));
    expect((await run('/usr/bin/dump2dcm', [dump, file])).code).toBe(0);
    const port = String(opened.router.dicomPort);
    const { code, output } = await run('/usr/bin/findscu', [
      '-W',
      '-v',
      '-aet',
      'CT01',
      '-aec',
      'FILMLESS',
      '127.0.0.1',
      port,
      file,
    ]);
    await rm(folder, { recursive: true });
    expect(code, output).toBe(0);
    expect(output).toContain('SPS1');
  });

  it('cancels after the first match', async () => {
    const orders = Array.from({ length: 3000 }, (_, index) => testOrder({ accessionNumber: `WL${index}` }));
    await using opened = await openWith(orders);
    const port = String(opened.router.dicomPort);
    const args = ['-W', '-d', '--cancel', '1', '-aet', 'CT01', '-aec', 'FILMLESS', '-k', '0008,0050', '127.0.0.1', port];
    const { output } = await run('/usr/bin/findscu', args);
    expect(output).toContain('0xfe00: Cancel');
  });
});
