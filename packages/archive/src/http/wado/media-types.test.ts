import { describe, expect, it } from 'vitest';
import { parseAccept } from '../accept.ts';
import { frameForms } from './media-types.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const JPEG = '1.2.840.10008.1.2.4.50';
const JLS = '1.2.840.10008.1.2.4.80';
const HTJ2K = '1.2.840.10008.1.2.4.201';
const RLE = '1.2.840.10008.1.2.5';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const MPEG = '1.2.840.10008.1.2.4.102';

const OCTETS = 'multipart/related; type="application/octet-stream"';

/** `container mediaType syntax how`, for each form in order. */
const forms = (accept: string, stored: string, frames = 1): string[] =>
  frameForms(parseAccept(accept), stored, frames).map(
    (form) => `${form.container} ${form.mediaType} ${form.transferSyntaxUid} ${form.decoded ? 'decoded' : 'stored'}`,
  );

describe('the forms of a frame', () => {
  it.each([
    ['octets of native', OCTETS, IMPLICIT, [`multipart application/octet-stream ${EXPLICIT} stored`]],
    ['octets of compressed', OCTETS, JLS, [`multipart application/octet-stream ${EXPLICIT} decoded`]],
    ['octets of big endian', OCTETS, BIG_ENDIAN, [`multipart application/octet-stream ${EXPLICIT} decoded`]],
    [
      'octets in Explicit LE',
      `${OCTETS}; transfer-syntax=${EXPLICIT}`,
      RLE,
      [`multipart application/octet-stream ${EXPLICIT} decoded`],
    ],
    [
      'octets in any syntax: the stored one, decoded only where that fails',
      `${OCTETS}; transfer-syntax=*`,
      HTJ2K,
      [`multipart application/octet-stream ${HTJ2K} stored`, `multipart application/octet-stream ${EXPLICIT} decoded`],
    ],
    [
      'octets in the stored syntax',
      `${OCTETS}; transfer-syntax=${JLS}`,
      JLS,
      [`multipart application/octet-stream ${JLS} stored`],
    ],
    [
      'octets in any syntax of native',
      `${OCTETS}; transfer-syntax=*`,
      IMPLICIT,
      [`multipart application/octet-stream ${EXPLICIT} stored`],
    ],
    ['the stored media type', 'multipart/related; type="image/jls"', JLS, [`multipart image/jls ${JLS} stored`]],
    [
      'the stored media type and syntax',
      `multipart/related; type="image/jls"; transfer-syntax=${JLS}`,
      JLS,
      [`multipart image/jls ${JLS} stored`],
    ],
    ['an older name of it', 'multipart/related; type="image/x-jls"', JLS, [`multipart image/x-jls ${JLS} stored`]],
    ['any image', 'multipart/related; type="image/*"', HTJ2K, [`multipart image/jphc ${HTJ2K} stored`]],
    ['a single part', 'image/jpeg', JPEG, [`single image/jpeg ${JPEG} stored`]],
    ['single octets', 'application/octet-stream', JPEG, [`single application/octet-stream ${EXPLICIT} decoded`]],
    ['video', 'multipart/related; type="video/mp4"', MPEG, [`multipart video/mp4 ${MPEG} stored`]],
    ['anything', '*/*', JPEG, [`multipart application/octet-stream ${EXPLICIT} decoded`, `multipart image/jpeg ${JPEG} stored`]],
    ['anything of native', '*/*', EXPLICIT, [`multipart application/octet-stream ${EXPLICIT} stored`]],
    ['another media type', 'multipart/related; type="image/jp2"', JLS, []],
    ['another syntax', `multipart/related; type="image/jls"; transfer-syntax=1.2.840.10008.1.2.4.81`, JLS, []],
    ['an image of native', 'multipart/related; type="image/jpeg"', EXPLICIT, []],
  ])('for %s', (_, accept, stored, expected) => {
    expect(forms(accept, stored)).toEqual(expected);
  });

  it('are tried in the order of the wishes', () => {
    expect(forms(`multipart/related; type="image/jp2", ${OCTETS}, multipart/related; type="image/jpeg"`, JPEG)).toEqual([
      `multipart application/octet-stream ${EXPLICIT} decoded`,
      `multipart image/jpeg ${JPEG} stored`,
    ]);
  });

  it('are never a single part for several frames', () => {
    expect(forms('application/octet-stream', EXPLICIT, 2)).toEqual([]);
    expect(forms('*/*', EXPLICIT, 2)).toHaveLength(1);
  });
});
