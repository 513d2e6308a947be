import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatContentType, parseContentType } from './content-type.ts';

describe('a Content-Type', () => {
  it.each([
    ['application/dicom', 'application/dicom', {}],
    [
      'Multipart/Related; Boundary=b; TYPE="application/dicom"',
      'multipart/related',
      { boundary: 'b', type: 'application/dicom' },
    ],
    ['multipart/related;type=application/dicom;boundary=b', 'multipart/related', { type: 'application/dicom', boundary: 'b' }],
    ['a/b; x="semi;colon, \\"quoted\\" \\\\"', 'a/b', { x: 'semi;colon, "quoted" \\' }],
    [' a/b ; x = y ; ', 'a/b', { x: 'y' }],
    ['a/b; x=1; X=2', 'a/b', { x: '1' }],
    ['a/b; __proto__=1', 'a/b', JSON.parse('{"__proto__":"1"}')],
    ['a/b;;x=', 'a/b', { x: '' }],
  ])('%s is read', (text, type, parameters) => {
    const read = parseContentType(text);
    expect(read.type).toBe(type);
    expect(Object.entries(read.parameters)).toEqual(Object.entries(parameters));
  });

  it.each(['', 'x', 'a/', '/b', 'a/b; x="open', 'a/b c/d', 'a/b, c/d'])('%j is refused', (text) => {
    expect(() => parseContentType(text)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });

  it('is given back as it was written, whatever its parameters hold', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const value = fc.stringMatching(/^[\t -~]{0,30}$/);
    fc.assert(
      fc.property(fc.dictionary(name, value), (parameters) => {
        const read = parseContentType(formatContentType('multipart/related', parameters));
        expect(Object.entries(read.parameters)).toEqual(Object.entries(parameters));
      }),
    );
  });

  it('is not written with a line end in it', () => {
    expect(() => formatContentType('a/b', { x: 'a\r\nX: y' })).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });
});
