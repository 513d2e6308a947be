import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, readObject } from '@filmless/dicom';
import type { InstanceHeader } from '../../src/core/model.ts';
import type { Pixels, TargetCoding } from '../../src/core/ports.ts';
import type { HttpContext } from '../../src/http/context.ts';
import { transcode } from '../../src/http/wado/transcode.ts';
import { transferForm } from '../../src/http/wado/transfer-forms.ts';
import { filesRoot } from './corpus.ts';

/** A file of the corpus as the archive would keep it, and what transcoding asks of the archive. */
export interface KeptFile {
  readonly instance: InstanceHeader;
  /** Writes the instance in another transfer syntax. @throws ArchiveError */
  writeIn(transferSyntaxUid: string, path: string): Promise<void>;
  /** As `writeIn`, with every frame coded anew, whatever it is stored in. @throws ArchiveError */
  writeAnewIn(transferSyntaxUid: string, coding: TargetCoding, path: string): Promise<void>;
  /** The same file with only some of its frames. */
  withFrames(frames: InstanceHeader['frames']): KeptFile;
}

export async function keptFile(name: string, pixels: Pixels): Promise<KeptFile> {
  const bytes = new Uint8Array(readFileSync(join(filesRoot, name)));
  const object = await readObject(bytesSource(bytes), { bulkThreshold: 1024 });
  const content = object.inflated?.bytes ?? bytes;
  const instance: InstanceHeader = {
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.1',
    sopInstanceUid: '1.2.1.1',
    sopClassUid: object.meta.mediaStorageSopClassUid ?? '1.2.840.10008.5.1.4.1.1.7',
    transferSyntaxUid: object.transferSyntax.uid,
    instanceNumber: 1,
    frameCount: object.frames.count,
    facility: 'main',
    size: bytes.length,
    dataSetOffset: object.dataSetOffset,
    sha256: '',
    receivedAt: '',
    objectKey: '',
    inflatedKey: object.inflated === undefined ? null : 'inflated',
    header: object.header,
    bulk: object.bulk,
    frames: object.frames,
    textBytes: 0,
  };
  const core: Partial<HttpContext['core']> = {
    read: async (_, { range = { offset: 0, length: content.length } }) =>
      new Blob([content.slice(range.offset, range.offset + range.length)]).stream(),
    readRanges: async (_, ranges) => Buffer.concat(ranges.map(({ offset, length }) => content.subarray(offset, offset + length))),
  };
  return keptInstance({ core, pixels } as HttpContext, instance, name);
}

function keptInstance(context: HttpContext, instance: InstanceHeader, name: string): KeptFile {
  const write = async (transferSyntaxUid: string, coding: TargetCoding, path: string) => {
    const stream = await transcode(context, instance, transferSyntaxUid, coding);
    writeFileSync(path, Buffer.from(await new Response(stream).arrayBuffer()));
  };
  return {
    instance,
    writeIn: async (transferSyntaxUid, path) => {
      const form = transferForm(instance.transferSyntaxUid, transferSyntaxUid);
      if (form === 'stored' || form === 'renamed' || form === undefined) {
        throw new Error(`${name} is not made anew in ${transferSyntaxUid}`);
      }
      await write(transferSyntaxUid, form, path);
    },
    writeAnewIn: write,
    withFrames: (frames) => keptInstance(context, { ...instance, frames }, name),
  };
}
