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
const J2K = '1.2.840.10008.1.2.4.90';
const NEAR = '1.2.840.10008.1.2.4.81';
const SV1 = '1.2.840.10008.1.2.4.70';
const HTJ2K_ANY = '1.2.840.10008.1.2.4.203';
const MPEG = '1.2.840.10008.1.2.4.102';

const OCTETS = 'multipart/related; type="application/octet-stream"';

/** `container mediaType syntax how`, for each form in order. */
const forms = (accept: string, stored: string, frames = 1): string[] =>
  frameForms(parseAccept(accept), stored, frames).map(
    (form) => `${form.container} ${form.mediaType} ${form.transferSyntaxUid} ${form.coding}`,
  );

describe('the forms of a frame', () => {
  it.each([
    ['octets of native', OCTETS, IMPLICIT, [`multipart application/octet-stream ${EXPLICIT} stored`]],
    ['octets of compressed', OCTETS, JLS, [`multipart application/octet-stream ${EXPLICIT} native`]],
    ['octets of big endian', OCTETS, BIG_ENDIAN, [`multipart application/octet-stream ${EXPLICIT} native`]],
    [
      'octets in Explicit LE',
      `${OCTETS}; transfer-syntax=${EXPLICIT}`,
      RLE,
      [`multipart application/octet-stream ${EXPLICIT} native`],
    ],
    [
      'octets in any syntax: the stored one, decoded only where that fails',
      `${OCTETS}; transfer-syntax=*`,
      HTJ2K,
      [`multipart application/octet-stream ${HTJ2K} stored`, `multipart application/octet-stream ${EXPLICIT} native`],
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
    ['single octets', 'application/octet-stream', JPEG, [`single application/octet-stream ${EXPLICIT} native`]],
    ['video', 'multipart/related; type="video/mp4"', MPEG, [`multipart video/mp4 ${MPEG} stored`]],
    ['anything', '*/*', JPEG, [`multipart application/octet-stream ${EXPLICIT} native`, `multipart image/jpeg ${JPEG} stored`]],
    ['anything of native', '*/*', EXPLICIT, [`multipart application/octet-stream ${EXPLICIT} stored`]],
    ['another media type', 'multipart/related; type="image/jp2"', JLS, [`multipart image/jp2 ${J2K} jpeg-2000`]],
    [
      'another syntax',
      `multipart/related; type="image/jls"; transfer-syntax=${NEAR}`,
      JLS,
      [`multipart image/jls ${NEAR} jpeg-ls-near`],
    ],
    [
      'an image of native: the lossless one',
      'multipart/related; type="image/jpeg"',
      EXPLICIT,
      [`multipart image/jpeg ${SV1} jpeg-lossless`],
    ],
    ['any image of native', 'image/*', EXPLICIT, [`single image/jpeg ${SV1} jpeg-lossless`]],
    ['an image with loss', `image/jpeg; transfer-syntax=${JPEG}`, EXPLICIT, [`single image/jpeg ${JPEG} jpeg-baseline`]],
    [
      'the same bytes under a wider name',
      `image/jphc; transfer-syntax=${HTJ2K_ANY}`,
      HTJ2K,
      [`single image/jphc ${HTJ2K_ANY} stored`],
    ],
    [
      'octets in another syntax',
      `${OCTETS}; transfer-syntax=${RLE}`,
      EXPLICIT,
      [`multipart application/octet-stream ${RLE} rle`],
    ],
    ['a type that does not go with the syntax', `image/jpeg; transfer-syntax=${RLE}`, EXPLICIT, []],
    ['a syntax nobody makes', 'image/jxl; transfer-syntax=1.2.840.10008.1.2.4.110', EXPLICIT, []],
    ['an image of a video', 'image/jpeg', MPEG, []],
  ])('for %s', (_, accept, stored, expected) => {
    expect(forms(accept, stored)).toEqual(expected);
  });

  it('are tried in the order of the wishes', () => {
    expect(forms(`multipart/related; type="image/jp2", ${OCTETS}, multipart/related; type="image/jpeg"`, JPEG)).toEqual([
      `multipart image/jp2 ${J2K} jpeg-2000`,
      `multipart application/octet-stream ${EXPLICIT} native`,
      `multipart image/jpeg ${JPEG} stored`,
    ]);
  });

  it('are never a single part for several frames', () => {
    expect(forms('application/octet-stream', EXPLICIT, 2)).toEqual([]);
    expect(forms('*/*', EXPLICIT, 2)).toHaveLength(1);
  });
});
