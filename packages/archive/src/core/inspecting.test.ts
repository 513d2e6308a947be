import { deflateRawSync } from 'node:zlib';
import { bytesSource, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, TAG, writeDataSet, writeFileMeta } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { Inspecting } from './inspecting.ts';

const uid = (value: string) => ({ vr: 'UI', Value: [value] }) as const;

function deflated(head: Uint8Array = new Uint8Array()): Uint8Array {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    mediaStorageSopInstanceUid: '1.2.3.1.1',
    transferSyntaxUid: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const dataSet = {
    [TAG.SOPClassUID]: uid('1.2.840.10008.5.1.4.1.1.2'),
    [TAG.SOPInstanceUID]: uid('1.2.3.1.1'),
    [TAG.StudyInstanceUID]: uid('1.2.3'),
    [TAG.SeriesInstanceUID]: uid('1.2.3.1'),
  };
  return Buffer.concat([meta, head, deflateRawSync(writeDataSet(dataSet, { explicitVr: true }))]);
}

/** An element of group 2 that fills more than the first read. Length of the group is left to the reader to find. */
function longMeta(): Uint8Array {
  const element = Buffer.alloc(12 + 70_000);
  element.writeUInt16LE(2, 0);
  element.writeUInt16LE(0x0102, 2);
  element.write('OB', 4, 'latin1');
  element.writeUInt32LE(70_000, 8);
  return element;
}

describe('looking at objects', () => {
  it.each([
    ['deflated', deflated()],
    ['deflated behind file meta information that does not end in the first bytes', deflated(longMeta())],
  ])('holds as many as were allowed that are %s', async (_name, bytes) => {
    const inspecting = new Inspecting(1);
    const released = Promise.withResolvers<void>();
    const seen: string[] = [];
    const look = (name: string) =>
      inspecting.inspect(bytesSource(bytes), undefined, async (object) => {
        expect(object.inflated).toBeDefined();
        seen.push(name);
        await released.promise;
      });
    const both = [look('first'), look('second')];
    await expect.poll(() => seen).toEqual(['first']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual(['first']);
    released.resolve();
    await Promise.all(both);
    expect(seen).toEqual(['first', 'second']);
  });
});
