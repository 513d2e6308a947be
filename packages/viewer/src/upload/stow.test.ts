import { readMultipart } from '@filmless/dicom';
import { expect, it } from 'vitest';
import { dicomFile } from './dicom-fixture.ts';
import { isStowAnswer, newBoundary, readStowAnswer, stowBody, stowContentType } from './stow.ts';

it('writes a body that a multipart reader takes apart into the same files', async () => {
  const files = [dicomFile('1.1'), dicomFile('1.2'), new Uint8Array([0x0d, 0x0a, 0x2d, 0x2d])];
  const boundary = newBoundary(new Uint8Array(16).fill(7));
  const body = stowBody(
    files.map((content) => ({ content: new Blob([content]), sopInstanceUid: undefined })),
    boundary,
  );
  const read: Uint8Array[] = [];
  const limits = { maxPreambleBytes: 1_000, maxParts: 10, maxHeaderBytes: 1_000, maxPartBytes: 1_000_000 };
  for await (const part of readMultipart(body.stream(), boundary, limits)) {
    expect(part.headers.get('content-type')).toBe('application/dicom');
    read.push(new Uint8Array(await new Response(part.body).arrayBuffer()));
  }
  expect(read).toEqual(files);
  expect(stowContentType(boundary)).toBe(`multipart/related; type="application/dicom"; boundary=${boundary}`);
});

const item = (uid: string, more: object = {}) => ({ '00081155': { vr: 'UI', Value: [uid] }, ...more });
const us = (value: number) => ({ vr: 'US', Value: [value] });

it('reads of each instance what became of it', () => {
  const answer = {
    '00081199': { vr: 'SQ', Value: [item('1.1'), item('1.2', { '00081196': us(0xb000) })] },
    '00081198': { vr: 'SQ', Value: [item('1.3', { '00081197': us(0xa700) })] },
    '0008119A': { vr: 'SQ', Value: [{ '00081197': us(0xc000) }] },
  };
  const { byUid, unnamed } = readStowAnswer(answer);
  expect(Object.fromEntries(byUid)).toEqual({
    '1.1': [{ status: 'stored', reason: 0 }],
    '1.2': [{ status: 'conflict', reason: 0 }],
    '1.3': [{ status: 'failed', reason: 0xa700 }],
  });
  expect(unnamed).toEqual([{ status: 'failed', reason: 0xc000 }]);
});

it('tells an answer about instances from a problem', () => {
  expect(isStowAnswer({ '00081198': { vr: 'SQ', Value: [] } })).toBe(true);
  expect(isStowAnswer({ title: 'Forbidden', status: 403, detail: 'no' })).toBe(false);
  expect(isStowAnswer(undefined)).toBe(false);
});
