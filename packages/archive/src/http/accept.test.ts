import { describe, expect, it } from 'vitest';
import { chooseSingle, covers, parseAccept } from './accept.ts';

describe('an Accept header', () => {
  it.each([
    ['', [{ container: 'any', type: '*/*' }]],
    ['*/*', [{ container: 'any', type: '*/*' }]],
    ['application/dicom+json', [{ container: 'single', type: 'application/dicom+json' }]],
    [
      'multipart/related; type="application/octet-stream"; transfer-syntax=*',
      [{ container: 'multipart', type: 'application/octet-stream', transferSyntax: '*' }],
    ],
    [
      'multipart/related;type=image/jls;transfer-syntax=1.2.840.10008.1.2.4.80, */*;q=0.1',
      [
        { container: 'multipart', type: 'image/jls', transferSyntax: '1.2.840.10008.1.2.4.80' },
        { container: 'any', type: '*/*' },
      ],
    ],
    ['multipart/related', [{ container: 'multipart', type: '*/*' }]],
    [
      'image/png;q=0.2, image/jpeg;q=0.9, image/gif;q=0, image/webp',
      [
        { container: 'single', type: 'image/webp' },
        { container: 'single', type: 'image/jpeg' },
        { container: 'single', type: 'image/png' },
      ],
    ],
    [
      'a/b; x="1,2", c/d',
      [
        { container: 'single', type: 'a/b' },
        { container: 'single', type: 'c/d' },
      ],
    ],
    ['nonsense, image/png', [{ container: 'single', type: 'image/png' }]],
  ])('%j is read in the order of the wishes', (text, wishes) => {
    expect(parseAccept(text)).toEqual(wishes);
  });

  it('that takes nothing at all is not one that takes everything', () => {
    expect(parseAccept('image/png;q=0')).toEqual([]);
    expect(() => chooseSingle(parseAccept('image/png;q=0'), ['image/png'])).toThrow(
      expect.objectContaining({ code: 'not-acceptable' }),
    );
  });

  it('is answered in its own order of wishes, and by the first form offered for a range', () => {
    const offered = ['image/jpeg', 'image/png'] as const;
    expect(chooseSingle(parseAccept('image/png, image/jpeg;q=0.5'), offered)).toBe('image/png');
    expect(chooseSingle(parseAccept('image/*'), offered)).toBe('image/jpeg');
    expect(() => chooseSingle(parseAccept('text/html, multipart/related; type="image/png"'), offered)).toThrow(
      expect.objectContaining({ code: 'not-acceptable' }),
    );
  });

  it('covers a type by name, by its first half, or wholly', () => {
    expect(covers('image/*', 'image/png')).toBe(true);
    expect(covers('image/*', 'imagery/png')).toBe(false);
    expect(covers('image/jpeg', 'image/png')).toBe(false);
  });
});
