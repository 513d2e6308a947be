import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type DataSet, newUid, type TransferSyntax, writeDataSet, writeFileMeta } from '@filmless/dicom';
import { SECONDARY_CAPTURE } from './objects.ts';

/** A Part 10 file of a test, with the bytes of its data set. */
export interface Part10File {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
}

/** Whole data sets with pixels that are random: a router must not look at them. */
function encode(syntax: TransferSyntax, sopInstanceUid: string, pixelBytes: number): Buffer {
  const header: DataSet = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': { vr: 'UI', Value: [SECONDARY_CAPTURE] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị Dương' }] },
    '0020000D': { vr: 'UI', Value: ['2.25.1'] },
    '0020000E': { vr: 'UI', Value: ['2.25.1.1'] },
  };
  const pixels = randomBytes(pixelBytes);
  if (!syntax.littleEndian) {
    return bigEndian(sopInstanceUid, pixels);
  }
  const bytes = Buffer.concat([writeDataSet(header, { explicitVr: syntax.explicitVr }), pixelData(syntax, pixels)]);
  return syntax.deflated ? even(deflateRawSync(bytes)) : bytes;
}

const even = (bytes: Buffer) => (bytes.byteLength % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]));

function pixelData(syntax: TransferSyntax, pixels: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(pixels.byteLength);
  if (!syntax.encapsulated) {
    return Buffer.concat([Buffer.from(syntax.explicitVr ? 'e07f10004f570000' : 'e07f1000', 'hex'), length, pixels]);
  }
  const offsetTable = Buffer.from('feff00e000000000', 'hex');
  const fragment = Buffer.concat([Buffer.from('feff00e0', 'hex'), length, pixels]);
  return Buffer.concat([
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    offsetTable,
    fragment,
    Buffer.from('feffdde000000000', 'hex'),
  ]);
}

/** Explicit VR Big Endian, by hand: the product does not write it. */
function bigEndian(sopInstanceUid: string, pixels: Buffer): Buffer {
  const element = (tag: string, vr: string, value: string) => {
    const padded = Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(padded.byteLength);
    return Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(vr), length, padded]);
  };
  const length = Buffer.alloc(4);
  length.writeUInt32BE(pixels.byteLength);
  return Buffer.concat([
    element('00080016', 'UI', SECONDARY_CAPTURE),
    element('00080018', 'UI', sopInstanceUid),
    element('00080060', 'CS', 'OT'),
    element('0020000d', 'UI', '2.25.1'),
    element('0020000e', 'UI', '2.25.1.1'),
    Buffer.from('7fe000104f570000', 'hex'),
    length,
    pixels,
  ]);
}

export async function writePart10(folder: string, syntax: TransferSyntax, pixelBytes: number): Promise<Part10File> {
  await mkdir(folder, { recursive: true });
  const sopInstanceUid = newUid();
  const dataSet = encode(syntax, sopInstanceUid, pixelBytes);
  const meta = writeFileMeta({
    mediaStorageSopClassUid: SECONDARY_CAPTURE,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid: syntax.uid,
  });
  const path = join(folder, `${sopInstanceUid}.dcm`);
  await writeFile(path, Buffer.concat([meta, dataSet]));
  return { path, sopInstanceUid, transferSyntaxUid: syntax.uid, dataSet };
}
