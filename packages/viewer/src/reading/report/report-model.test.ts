import type { Attribute, DataSet } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { isReport, reportOf } from './report-model.ts';

const one = (vr: Attribute['vr'], ...values: readonly (string | number)[]): Attribute => ({ vr, Value: values });
const sequence = (...all: readonly DataSet[]): Attribute => ({ vr: 'SQ', Value: all });
const code = (meaning: string, value = '1', scheme = 'DCM'): DataSet => ({
  '00080100': one('SH', value),
  '00080102': one('SH', scheme),
  '00080104': one('LO', meaning),
});
const item = (type: string, label: string, more: DataSet = {}, ...children: readonly DataSet[]): DataSet => ({
  '0040A040': one('CS', type),
  '0040A043': sequence(code(label)),
  ...more,
  ...(children.length === 0 ? {} : { '0040A730': sequence(...children) }),
});
const report = (...children: readonly DataSet[]): DataSet => ({
  '0040A043': sequence(code('Imaging Report')),
  '0040A491': one('CS', 'COMPLETE'),
  '0040A493': one('CS', 'UNVERIFIED'),
  '00080023': one('DA', '20260302'),
  '0040A730': sequence(...children),
});

describe('a structured report', () => {
  test('is read line by line, what is below a heading behind it', () => {
    const { title, isComplete, isVerified, lines, isCut } = reportOf(
      report(
        item('CONTAINER', 'Findings', {}, item('TEXT', 'Finding', { '0040A160': one('UT', 'Không thấy tổn thương') })),
        item('CODE', 'Impression', { '0040A168': sequence(code('Normal')) }),
      ),
    );
    expect([title, isComplete, isVerified, isCut]).toEqual(['Imaging Report', true, false, false]);
    expect(lines).toEqual([
      { depth: 0, label: 'Findings', value: { kind: 'heading' } },
      { depth: 1, label: 'Finding', value: { kind: 'text', text: 'Không thấy tổn thương' } },
      { depth: 0, label: 'Impression', value: { kind: 'text', text: 'Normal' } },
    ]);
  });

  test('tells numbers with their unit, and why there is none', () => {
    const measured = (unit: DataSet): DataSet => ({
      '0040A300': sequence({ '0040A30A': one('DS', '12.5'), '004008EA': sequence(unit) }),
    });
    const values = reportOf(
      report(
        item('NUM', 'Length', measured(code('millimeter', 'mm', 'UCUM'))),
        item('NUM', 'Mean', measured(code('Hounsfield unit', "[hnsf'U]", 'UCUM'))),
        item('NUM', 'Ratio', measured(code('no units', '1', 'UCUM'))),
        item('NUM', 'Volume', { '0040A301': sequence(code('Not a number')) }),
      ),
    ).lines.map(({ value }) => value);
    expect(values).toEqual([
      { kind: 'number', value: '12.5', unit: 'mm' },
      { kind: 'number', value: '12.5', unit: 'Hounsfield unit' },
      { kind: 'number', value: '12.5', unit: '' },
      { kind: 'number', value: 'Not a number', unit: '' },
    ]);
  });

  test('names people, times, shapes, images and other lines', () => {
    const image: DataSet = { '00081199': sequence({ '00081155': one('UI', '1.2.3'), '00081160': one('IS', 4) }) };
    const values = reportOf(
      report(
        item('PNAME', 'Observer', { '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Lê^Thị Hoa' }] } }),
        item('DATETIME', 'When', { '0040A120': one('DT', '20260302081500') }),
        item(
          'SCOORD',
          'Path',
          { '00700022': one('FL', 1, 2, 3, 4), '00700023': one('CS', 'POLYLINE') },
          item('IMAGE', '', image),
        ),
        { '0040DB73': one('UL', 1, 2) },
        item('TABLE', 'New'),
      ),
    ).lines.map(({ value }) => value);
    expect(values).toEqual([
      { kind: 'text', text: 'Lê Thị Hoa' },
      { kind: 'date', date: '20260302', time: '081500' },
      { kind: 'shape', shape: 'POLYLINE', points: 2 },
      { kind: 'image', image: { sopInstanceUid: '1.2.3', frame: 4 } },
      { kind: 'same', place: '1.2' },
      { kind: 'unknown', type: 'TABLE' },
    ]);
  });

  test('is cut where it is deeper or longer than anybody reads', () => {
    let deep = item('TEXT', 'last');
    for (let level = 0; level < 5_000; level += 1) {
      deep = item('CONTAINER', 'level', {}, deep);
    }
    expect(reportOf(report(deep))).toMatchObject({ isCut: true });
    const long = reportOf(report(...Array.from({ length: 5_000 }, () => item('TEXT', 'line'))));
    expect([long.isCut, long.lines.length]).toEqual([true, 3_000]);
  });

  test('without content is one all the same', () => {
    expect(reportOf({})).toMatchObject({ title: '', isComplete: undefined, lines: [] });
  });
});

test('reports and key object selections have a content tree', () => {
  expect(['1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.5.1.4.1.1.88.59', '1.2.840.10008.5.1.4.1.1.2'].map(isReport)).toEqual([
    true,
    true,
    false,
  ]);
});
