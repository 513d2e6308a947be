import { readFile } from 'node:fs/promises';
import { IMPLICIT_VR_LITTLE_ENDIAN, readFileMeta, writeFileMeta } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testObject } from '../../test/objects.ts';
import { type OpenedRouter, openRouter } from '../../test/open-router.ts';
import { sendFiles } from '../index.ts';

function part10(number: number, transferSyntaxUid?: string): Uint8Array {
  const object = testObject(number);
  const meta = writeFileMeta({
    mediaStorageSopClassUid: object.sopClassUid,
    mediaStorageSopInstanceUid: object.sopInstanceUid,
    transferSyntaxUid: transferSyntaxUid ?? object.transferSyntaxUid,
  });
  return Buffer.concat([meta, object.bytes]);
}

async function* each<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('sending files', () => {
  let opened: OpenedRouter;

  beforeEach(async () => {
    opened = await openRouter();
  });

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const to = () => ({ host: '127.0.0.1', port: opened.router.dicomPort, calledAe: 'FILMLESS', callingAe: 'TESTER' });

  it('sends each as it is, and opens another association for another transfer syntax', async () => {
    const files = [part10(1), part10(2), part10(3, IMPLICIT_VR_LITTLE_ENDIAN), part10(4)];
    expect(await sendFiles(to(), each(...files))).toEqual({ sent: 4, refused: [] });
    const dataSet = (file: Uint8Array) => Buffer.from(file.subarray(readFileMeta(file).dataSetOffset));
    for (const [index, { path, source }] of opened.deposit.kept.entries()) {
      expect(source.callingAe).toBe('TESTER');
      expect(dataSet(await readFile(path))).toEqual(dataSet(files[index] ?? new Uint8Array()));
    }
    expect(opened.deposit.kept.map(({ sopInstanceUid }) => sopInstanceUid.at(-1))).toEqual(['1', '2', '3', '4']);
  });

  it('says which file was refused and why, and goes on', async () => {
    const unknown = writeFileMeta({
      mediaStorageSopClassUid: '1.2.3.4.5',
      mediaStorageSopInstanceUid: '2.25.9',
      transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN,
    });
    const { sent, refused } = await sendFiles(to(), each(part10(1), unknown, part10(2)));
    expect(sent).toBe(2);
    expect(refused).toEqual([
      { sopInstanceUid: '2.25.9', problem: expect.stringContaining('does not take SOP class 1.2.3.4.5') },
    ]);
  });

  it('has nothing to do for no files, and fails for what it cannot reach', async () => {
    expect(await sendFiles({ ...to(), port: 1 }, each())).toEqual({ sent: 0, refused: [] });
    await expect(sendFiles({ ...to(), port: 1 }, each(part10(1)))).rejects.toMatchObject({ code: 'unreachable' });
    await expect(sendFiles({ ...to(), calledAe: 'OTHER' }, each(part10(1)))).rejects.toMatchObject({ code: 'rejected' });
  });

  it('ends when it is told to', async () => {
    const sent = sendFiles({ ...to(), signal: AbortSignal.abort(new Error('enough')) }, each(part10(1)));
    await expect(sent).rejects.toThrow('enough');
  });
});
