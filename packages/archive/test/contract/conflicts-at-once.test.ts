import { TAG } from '@filmless/dicom';
import { expect, it } from 'vitest';
import { ALL, openTestArchive, replacing } from '../support/archive.ts';
import { attribute, objectFile } from '../support/objects.ts';

it.each(['add', 'replace'] as const)('asks for a decision anew where another object came before %s', async (step) => {
  const label = (text: string) => objectFile({ more: { [TAG.PatientID]: attribute('LO', text) } });
  const scope = { studyInstanceUid: '1.2.3', instances: ['1.2.3.1.1'] };
  const out = { kind: 'deleted', code: null, reason: '', by: 'admin' } as const;
  let before = (): Promise<unknown> => Promise.resolve();
  await using busy = await openTestArchive({
    wrap: (ports) => ({
      ...ports,
      index: replacing(ports.index, {
        [step]: async (...given: never[]) => {
          const first = before;
          before = () => Promise.resolve();
          await first();
          return await (ports.index[step] as (...all: never[]) => Promise<unknown>)(...given);
        },
      }),
    }),
  });
  await busy.store(objectFile());
  await busy.store(label('P2'));
  const [conflict] = (await busy.core.conflicts({}, ALL)).conflicts;
  if (step === 'add') {
    await busy.core.rejections.reject(scope, out, ALL);
  }
  before = async () => {
    if (step === 'replace') {
      await busy.core.rejections.reject(scope, out, ALL);
    }
    expect(await busy.store(label('P3'))).toMatchObject({ status: 'stored' });
  };
  const decide = () => busy.core.resolveConflict(conflict?.id ?? '', 'new', 'doctor', ALL);
  await expect(decide()).rejects.toMatchObject({ code: 'conflict' });
  const shown = async () => (await busy.with.index.find('1.2.3.1.1'))?.header[TAG.PatientID]?.Value;
  expect([(await busy.core.conflicts({}, ALL)).conflicts.length, await shown()]).toEqual([1, ['P3']]);
  expect(await decide()).toMatchObject({ resolved: 'new' });
  expect(await shown()).toEqual(['P2']);
});
