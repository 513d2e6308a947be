import type { AuditEvent, Scope } from '@filmless/access';
import { expect } from 'vitest';
import { Core } from '../../src/core/core.ts';
import { ALL, from, openTestArchive, type TestArchive, type TestOptions } from './archive.ts';
import { objectFile } from './objects.ts';

export const MAIN: Scope = { facilities: ['main'] };
export const BRANCH: Scope = { facilities: ['branch'] };
export const THIRD: Scope = { facilities: ['third'] };
export const STUDY = '1.2.3';
export const share = { facility: 'branch', basis: 'consultation', evidence: 'Biên bản 12', by: 'doctor' } as const;
export const deletion = { kind: 'deleted', code: null, reason: '', by: 'admin' } as const;
const rejection = { kind: 'rejected', code: '113038', reason: '', by: 'admin' } as const;

/** An archive with a study of two series that main shares with the branch. */
export async function opened(audit: AuditEvent[] = [], wrap: TestOptions['wrap'] = (ports) => ports): Promise<TestArchive> {
  const archive = await openTestArchive({
    limits: { changeQuietMs: 5 },
    wrap: (ports) => wrap({ ...ports, audit: async (event) => void audit.push(event) }),
  });
  await archive.store(objectFile());
  await archive.store(objectFile({ series: '1.2.3.5' }));
  await archive.core.share(STUDY, share, MAIN);
  return archive;
}

export async function mayOpen(core: Core, scope: Scope): Promise<boolean> {
  return await core.resource(STUDY, scope).then(
    () => true,
    () => false,
  );
}

/** What the third facility sends under the UID is open to it alone, now and after a start. */
export async function expectClosed(archive: TestArchive): Promise<void> {
  expect(await mayOpen(archive.core, BRANCH)).toBe(false);
  expect(await archive.store(objectFile({ pixel: 9 }), from('third'))).toMatchObject({ status: 'stored' });
  await using started = await Core.start(archive.with);
  expect(await mayOpen(started, BRANCH)).toBe(false);
  expect(await mayOpen(started, THIRD)).toBe(true);
  expect((await started.resource(STUDY, THIRD)).sharedWith).toEqual([]);
  expect((await started.listStudies({ limit: 10 }, BRANCH)).studies).toEqual([]);
}

export const takeOut: Readonly<Record<string, (core: Core) => Promise<unknown>>> = {
  deleted: async (core) => await core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL),
  'rejected series by series': async (core) => {
    await core.rejections.reject({ studyInstanceUid: STUDY, series: ['1.2.3.1'] }, rejection, ALL);
    expect(await mayOpen(core, BRANCH)).toBe(true);
    await core.rejections.reject({ studyInstanceUid: STUDY, series: ['1.2.3.5'] }, rejection, ALL);
  },
  'removed because another archive keeps it': async (core) => {
    const instances = await Array.fromAsync(core.instances({ studyInstanceUid: STUDY }, ALL));
    expect(await core.removing.remove(STUDY, instances)).toBe(true);
  },
};
