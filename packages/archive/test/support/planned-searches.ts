import type { Scope } from '@filmless/access';
import { parseMatchKey, TAG, type TagKey, type Vr } from '@filmless/dicom';
import type { SearchQuery } from '../../src/core/archive-core.ts';
import type { StudyListQuery } from '../../src/core/model.ts';
import { ALL } from './archive.ts';

/** Kinds of searches of which each engine is asked how it goes about them, as callers of these facilities. */
export const CALLERS: readonly (readonly [who: string, scope: Scope])[] = [
  ['whoever may see all', ALL],
  ['one facility', { facilities: ['clinic'] }],
  ['two facilities', { facilities: ['east', 'west'] }],
];
export const LEVELS = ['study', 'series', 'instance', 'patient'] as const;

const key = (tag: TagKey, vr: Vr, text: string, fuzzy = false) => parseMatchKey([tag], vr, text, { fuzzy });
const name = (text: string, fuzzy = false) => key(TAG.PatientName, 'PN', text, fuzzy);

export const SEARCHES: readonly (readonly [title: string, keys: SearchQuery['keys']])[] = [
  ['a study by its UID', [key(TAG.StudyInstanceUID, 'UI', '1.2.3')]],
  ['studies by patient id', [key(TAG.PatientID, 'LO', '0000000012')]],
  ['studies by the beginning of a patient id', [key(TAG.PatientID, 'LO', '00000000*')]],
  ['studies by accession number', [key(TAG.AccessionNumber, 'SH', '26010200000001')]],
  ['studies by birth date', [key(TAG.PatientBirthDate, 'DA', '19700101')]],
  ['studies of a month', [key(TAG.StudyDate, 'DA', '20260101-20260131')]],
  ['studies by a name', [name('Nguyễn^Văn An')]],
  ['studies by the beginning of a name', [name('Nguyễn^V*')]],
  ['studies by the end of a name', [name('*Hương')]],
  ['studies by words of a name', [name('an nguyen', true)]],
  ['studies by the referring physician', [key(TAG.ReferringPhysicianName, 'PN', 'Trần*')]],
  ['studies of a modality', [key(TAG.ModalitiesInStudy, 'CS', 'XA')]],
  ['studies of one of two modalities', [key(TAG.ModalitiesInStudy, 'CS', 'XA\\SR')]],
  [
    'studies by date, modality and name',
    [key(TAG.StudyDate, 'DA', '20260101-20260331'), key(TAG.ModalitiesInStudy, 'CS', 'CT'), name('Lê*')],
  ],
  ['a series by its UID', [key(TAG.SeriesInstanceUID, 'UI', '1.2.3.4')]],
  ['an instance by its UID', [key(TAG.SOPInstanceUID, 'UI', '1.2.3.4.5')]],
];

export const LISTS: readonly StudyListQuery[] = [
  { limit: 50, q: 'nguyen' },
  { limit: 50, q: 'le thi an' },
  { limit: 50, q: '00000012' },
  { limit: 50, modality: 'XA' },
  { limit: 50, modality: 'CT,MR' },
  { limit: 50, facility: 'clinic' },
  { limit: 50, patientId: '0000000012' },
  { limit: 50, accessionNumber: '26010200000001' },
  { limit: 50, from: '2026-01-01', to: '2026-01-31' },
  { limit: 50, from: '2026-01-01', modality: 'CT', q: 'tran' },
];
