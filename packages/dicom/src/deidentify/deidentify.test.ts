import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataSet, MutableDataSet } from '../dataset/model.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntax.ts';
import { deidentify } from './deidentify.ts';
import type { DeidentificationOption } from './options.ts';
import type { DeidentificationProfile } from './profile.ts';

const hmac = (secret: string) => (message: Uint8Array) => createHmac('sha256', secret).update(message).digest();

async function run(dataSet: DataSet, profile: Partial<DeidentificationProfile> = {}, secret = 'a', scope = 'research') {
  return await deidentify(dataSet, {
    profile: { options: [], ...profile },
    name: 'nghien-cuu',
    scope,
    mac: hmac(secret),
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
}

const made = async (dataSet: DataSet, ...options: readonly DeidentificationOption[]): Promise<DataSet> =>
  (await run(dataSet, { options })).dataSet;

const PATIENT: DataSet = {
  '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
  '00080020': { vr: 'DA', Value: ['20260301'] },
  '00080030': { vr: 'TM', Value: ['081500'] },
  '00080050': { vr: 'SH', Value: ['ACC-77001'] },
  '00080060': { vr: 'CS', Value: ['CT'] },
  '00080070': { vr: 'LO', Value: ['SIEMENS'] },
  '00080080': { vr: 'LO', Value: ['BV Sa Đéc'] },
  '0008103E': { vr: 'LO', Value: ['CT ngực Nguyễn Văn An 01/03/2026'] },
  '00081090': { vr: 'LO', Value: ['Scanner of Nguyen Van An'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  '00100020': { vr: 'LO', Value: ['BN0012345'] },
  '00100030': { vr: 'DA', Value: ['19700102'] },
  '00100040': { vr: 'CS', Value: ['M'] },
  '0020000D': { vr: 'UI', Value: ['1.2.3'] },
  '0020000E': { vr: 'UI', Value: ['1.2.3.1'] },
  '00181000': { vr: 'LO', Value: ['SN-55511'] },
};

describe('the basic profile', () => {
  it('removes, empties and replaces as the table says, and says so', async () => {
    const dataSet = await made(PATIENT);
    expect(dataSet['0008103E']).toBeUndefined();
    expect(dataSet['00080050']).toEqual({ vr: 'SH' });
    expect(dataSet['00080020']).toEqual({ vr: 'DA' });
    expect(dataSet['00080080']).toEqual({ vr: 'LO', Value: ['REMOVED'] });
    expect(dataSet['00120062']).toEqual({ vr: 'CS', Value: ['YES'] });
    expect(dataSet['00280303']).toEqual({ vr: 'CS', Value: ['REMOVED'] });
    expect(dataSet['00080018']?.Value?.[0]).toMatch(/^2\.25\.\d{20,39}$/);
    expect(dataSet['00080070']).toEqual(PATIENT['00080070']);
  });

  it('takes what is known of the patient out of attributes that stay', async () => {
    expect((await made(PATIENT))['00081090']).toEqual({ vr: 'LO', Value: ['Scanner of'] });
  });

  it('removes elements of odd groups, groups of overlays and curves, group lengths and what no dictionary knows', async () => {
    const dataSet: DataSet = {
      ...PATIENT,
      '00080000': { vr: 'UL', Value: [10] },
      '00080099': { vr: 'LO', Value: ['unknown'] },
      '00290010': { vr: 'LO', Value: ['SIEMENS CSA HEADER'] },
      '00291010': { vr: 'OB', InlineBinary: 'AAAA' },
      '50003000': { vr: 'OW', InlineBinary: 'AAAA' },
      '60000010': { vr: 'US', Value: [2] },
      '60003000': { vr: 'OW', InlineBinary: 'AAAA' },
    };
    expect(await made(dataSet)).toEqual(await made(PATIENT));
  });

  it('keeps SOP classes, coding schemes and frames of reference that the standard publishes', async () => {
    const dataSet: DataSet = {
      '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
      '0008010C': { vr: 'UI', Value: ['1.2.3.4.5'] },
      '00200052': { vr: 'UI', Value: ['1.2.840.10008.1.4.1.1'] },
    };
    expect(await made(dataSet)).toMatchObject(dataSet);
  });

  it('leaves one dummy item of a report', async () => {
    const report: DataSet = { '0040A730': { vr: 'SQ', Value: [{ '0040A160': { vr: 'UT', Value: ['An has …'] } }, {}] } };
    expect((await made(report))['0040A730']?.Value).toHaveLength(1);
    expect(JSON.stringify(await made(report))).not.toContain('An has');
  });
});

describe('options', () => {
  it('move all dates of a patient by the same number of days', async () => {
    const later = { ...PATIENT, '00080020': { vr: 'DA', Value: ['20260311'] } } as const;
    const [first, second] = await Promise.all([made(PATIENT, 'retainModifiedDates'), made(later, 'retainModifiedDates')]);
    const day = (dataSet: DataSet) => {
      const text = String(dataSet['00080020']?.Value?.[0]);
      return Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6))) / 86_400_000;
    };
    expect(day(second) - day(first)).toBe(10);
    expect(day(first)).toBeLessThan(Date.UTC(2026, 2, 1) / 86_400_000);
    expect(first['00080030']).toEqual(PATIENT['00080030']);
    expect(first['00280303']).toEqual({ vr: 'CS', Value: ['MODIFIED'] });
  });

  it('keep what they name', async () => {
    const dataSet = await made(PATIENT, 'retainFullDates', 'retainUids', 'retainDeviceIdentity', 'retainInstitutionIdentity');
    for (const tag of ['00080018', '00080020', '00080030', '00080080', '00181000', '0020000D']) {
      expect(dataSet[tag]).toEqual(PATIENT[tag]);
    }
    expect((await made(PATIENT, 'retainPatientCharacteristics'))['00100040']).toEqual(PATIENT['00100040']);
  });

  it('clean descriptions of names, dates and numbers', async () => {
    expect((await made(PATIENT, 'cleanDescriptors'))['0008103E']).toEqual({ vr: 'LO', Value: ['CT ngực'] });
  });

  it('keep private elements that are known to be safe with their creator, and no others', async () => {
    const dataSet: DataSet = {
      ...PATIENT,
      '70530010': { vr: 'LO', Value: ['Philips PET Private Group'] },
      '70531000': { vr: 'DS', Value: [0.5] },
      '70531003': { vr: 'ST', Value: ['name of a file'] },
      '00410010': { vr: 'LO', Value: ['OURS'] },
      '00411001': { vr: 'LO', Value: ['dose of Nguyễn'] },
    };
    const keepPrivate = [{ creator: 'OURS', group: '0041' }];
    const { dataSet: kept } = await run(dataSet, { options: ['retainSafePrivate'], keepPrivate });
    expect(kept['70531000']).toEqual({ vr: 'DS', Value: [0.5] });
    expect(kept['70530010']).toEqual(dataSet['70530010']);
    expect(kept['70531003']).toBeUndefined();
    expect(kept['00411001']).toEqual({ vr: 'LO', Value: ['dose of'] });
  });
});

describe('pseudonyms', () => {
  it('are the same in a second run, and others under another secret or in another scope', async () => {
    const [first, again, other, scoped] = await Promise.all([
      run(PATIENT),
      run(PATIENT),
      run(PATIENT, {}, 'b'),
      run(PATIENT, {}, 'a', 'teaching'),
    ]);
    expect(again).toEqual(first);
    for (const tag of ['00080018', '00100020', '0020000D']) {
      expect(other.dataSet[tag]).not.toEqual(first.dataSet[tag]);
      expect(scoped.dataSet[tag]).not.toEqual(first.dataSet[tag]);
    }
  });

  it('give one UID for one UID, wherever it stands', async () => {
    const uid = fc.stringMatching(/^1\.[1-9]\d{0,8}\.[1-9]\d{0,20}$/);
    await fc.assert(
      fc.asyncProperty(uid, uid, fc.integer({ min: 0, max: 12 }), async (instance, other, depth) => {
        let item: DataSet = { '00081155': { vr: 'UI', Value: [instance, other] } };
        for (let level = 0; level < depth; level += 1) {
          item = { '00081115': { vr: 'SQ', Value: [{}, item] } };
        }
        const dataSet: MutableDataSet = { ...item, '00080018': { vr: 'UI', Value: [instance] } };
        const text = JSON.stringify(await made(dataSet));
        expect(text).not.toContain(`"${instance}"`);
        const uids = new Set(text.match(/2\.25\.\d+/g));
        expect(uids.size).toBe(instance === other ? 1 : 2);
      }),
    );
  });
});

describe('what cannot be made safe', () => {
  const image = (more: DataSet): DataSet => ({ ...PATIENT, '7FE00010': { vr: 'OW', BulkDataURI: 'x' }, ...more });

  it.each([
    ['an encapsulated document', { '00420011': { vr: 'OB', InlineBinary: 'AAAA' } }, /document/],
    ['burned-in text', image({ '00280301': { vr: 'CS', Value: ['YES'] } }), /burned in/],
    ['ultrasound', image({ '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.6.1'] } }), /ultrasound/],
    ['a face', image({ '00280302': { vr: 'CS', Value: ['YES'] } }), /face/],
    ['a recorded voice', { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.9.4.1'] } }, /voice/],
    ['a directory', { '00041220': { vr: 'SQ', Value: [{}] } }, /DICOMDIR/],
  ] as const)('is refused: %s', async (_, dataSet, message) => {
    await expect(run(dataSet)).rejects.toThrow(
      expect.objectContaining({ code: 'not-deidentifiable', message: expect.stringMatching(message) }),
    );
  });

  it('goes out where the areas are named, which are then to be blackened', async () => {
    const dataSet = image({ '00280301': { vr: 'CS', Value: ['YES'] } });
    const regions = [{ when: { modality: 'ct' }, areas: [[0, 0, 100, 20]] as const }];
    const result = await run(dataSet, { regions });
    expect(result.areas).toEqual([[0, 0, 100, 20]]);
    expect(result.dataSet['00280301']).toEqual({ vr: 'CS', Value: ['NO'] });
    expect(JSON.stringify(result.dataSet['00120064'])).toContain('113101');
  });
});
