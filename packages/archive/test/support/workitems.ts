import type { DataSet } from '@filmless/dicom';
import { attribute } from './objects.ts';

const code = (value: string, meaning: string) =>
  attribute('SQ', {
    '00080100': attribute('SH', value),
    '00080102': attribute('SH', 'DCM'),
    '00080104': attribute('LO', meaning),
  });

/** A Workitem that has all that PS3.4 table CC.2.5-3 wants of a new one. */
export function newWorkitem(more: DataSet = {}): DataSet {
  return {
    '00081080': { vr: 'LO' },
    '00081084': { vr: 'SQ' },
    '00100010': attribute('PN', { Alphabetic: 'Nguyễn^Văn An' }),
    '00100020': attribute('LO', 'W001'),
    '00100030': attribute('DA', '19700101'),
    '00100040': attribute('CS', 'M'),
    '00101002': { vr: 'SQ' },
    '00380010': { vr: 'LO' },
    '00380014': { vr: 'SQ' },
    '00400400': { vr: 'LT' },
    '00404005': attribute('DT', '20260301080000'),
    '00404018': code('110004', 'Computer Aided Detection'),
    '00404021': { vr: 'SQ' },
    '00404025': { vr: 'SQ' },
    '00404026': { vr: 'SQ' },
    '00404027': { vr: 'SQ' },
    '00404041': attribute('CS', 'READY'),
    '0040A370': { vr: 'SQ' },
    '00741000': attribute('CS', 'SCHEDULED'),
    '00741002': { vr: 'SQ' },
    '00741200': attribute('CS', 'MEDIUM'),
    '00741202': attribute('LO', 'CAD'),
    '00741204': attribute('LO', 'Đọc CT ngực'),
    '00741210': { vr: 'SQ' },
    '00741216': { vr: 'SQ' },
    ...more,
  };
}

/** What a step needs before it is COMPLETED. */
export const PERFORMED: DataSet = {
  '00741216': attribute('SQ', {
    '00404019': code('110004', 'Computer Aided Detection'),
    '00404028': code('CAD1', 'CAD server'),
    '00404033': { vr: 'SQ' },
    '00404050': attribute('DT', '20260301081000'),
    '00404051': attribute('DT', '20260301081500'),
  }),
};

/** What one needs before it is CANCELED. */
export const GIVEN_UP: DataSet = {
  '00741002': attribute('SQ', {
    '00404052': attribute('DT', '20260301081000'),
    '0074100E': code('110514', 'Incorrect worklist entry selected'),
  }),
};

export const stateChange = (state: string, transaction?: string): DataSet => ({
  ...(transaction === undefined ? {} : { '00081195': attribute('UI', transaction) }),
  '00741000': attribute('CS', state),
});
