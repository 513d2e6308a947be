import type { Study, StudyPage } from '../api/studies.ts';

/** A study for tests; `name` is all of it that matters. */
export function study(name: string, more: Partial<Study> = {}): Study {
  return {
    studyInstanceUid: name,
    patient: { id: `ID-${name}`, issuer: 'MAIN', name, birthDate: '1980-05-20', sex: 'F' },
    accessionNumber: '',
    date: '2026-03-01',
    time: '08:05:30',
    description: '',
    modalities: ['CT'],
    bodyParts: [],
    seriesCount: 1,
    instanceCount: 1,
    facility: 'main',
    sharedWith: [],
    receivedAt: '2026-03-01T01:05:30Z',
    updatedAt: '2026-03-01T01:05:30Z',
    verified: true,
    conflicts: 0,
    completeness: null,
    receipt: null,
    order: null,
    ...more,
  };
}

export function page(names: string, next: string | null = null): StudyPage {
  const studies = [...names].map((name) => study(name));
  return { studies, total: { count: studies.length, exact: true }, next };
}

export function names(studies: readonly Study[]): string {
  return studies.map(({ studyInstanceUid }) => studyInstanceUid).join('');
}
