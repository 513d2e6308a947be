import { describe, expect, it } from 'vitest';
import { parseAnnotation, parseRenderOptions, parseThumbnailOptions } from './render-options.ts';

const parse = (text: string) => parseRenderOptions(new URLSearchParams(text));

describe('the parameters of a rendered image', () => {
  it.each([
    ['', {}],
    ['quality=90', { quality: 90 }],
    ['window=40,400,LINEAR', { window: { center: 40, width: 400, shape: 'linear' } }],
    ['window=-600.5,1.5e3,linear_exact', { window: { center: -600.5, width: 1500, shape: 'linear-exact' } }],
    ['window=40,0.5,SIGMOID', { window: { center: 40, width: 0.5, shape: 'sigmoid' } }],
    ['window=40,400', { window: { center: 40, width: 400, shape: 'linear' } }],
    ['viewport=100,50', { viewport: { columns: 100, rows: 50 } }],
    ['viewport=100,50,1,2,30,40', { viewport: { columns: 100, rows: 50, crop: { left: 1, top: 2, width: 30, height: 40 } } }],
    ['viewport=100,50,,,30,40', { viewport: { columns: 100, rows: 50, crop: { left: 0, top: 0, width: 30, height: 40 } } }],
    ['viewport=100,50,5,6,,', { viewport: { columns: 100, rows: 50, crop: { left: 5, top: 6, width: 65_535, height: 65_535 } } }],
    [
      'viewport=100,50,1,2,-30,40',
      {
        viewport: {
          columns: 100,
          rows: 50,
          crop: { left: 1, top: 2, width: 30, height: 40, mirrored: { across: true, down: false } },
        },
      },
    ],
    ['iccprofile=sRGB', { profile: 'srgb' }],
  ])('%j are read', (query, options) => {
    expect(parse(query)).toEqual(options);
  });

  it.each([
    ['quality=0', 'quality'],
    ['quality=101', 'quality'],
    ['quality=high', 'quality'],
    ['window=40', 'window'],
    ['window=40,0', 'window'],
    ['window=40,400,CUBIC', 'window'],
    ['window=40,400,LINEAR,1', 'window'],
    ['window=Infinity,1', 'window'],
    ['window=0x10,1', 'window'],
    ['viewport=100', 'viewport'],
    ['viewport=0,100', 'viewport'],
    ['viewport=9000,100', 'viewport'],
    ['viewport=10.5,100', 'viewport'],
    ['viewport=100,50,0,0,0,40', 'viewport'],
    ['window=40,400,constructor', 'window'],
    ['iccprofile=adobergb', 'iccprofile'],
    ['iccprofile=constructor', 'iccprofile'],
    ['iccprofile=__proto__', 'iccprofile'],
    ['viewport=100,50,-1,0,30,40', 'viewport'],
    ['viewport=100,50,0,0', 'viewport'],
  ])('%j are refused by name', (query, named) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(named) }),
    );
  });

  it('of a thumbnail are a small viewport', () => {
    expect(parseThumbnailOptions(new URLSearchParams())).toEqual({ viewport: { columns: 192, rows: 192 } });
    expect(parseThumbnailOptions(new URLSearchParams('viewport=64,64'))).toEqual({ viewport: { columns: 64, rows: 64 } });
    expect(() => parseThumbnailOptions(new URLSearchParams('viewport=2000,2000'))).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });

  it('say what is burnt in', () => {
    expect(parseAnnotation(null)).toEqual([]);
    expect(parseAnnotation('technique, Patient')).toEqual(['patient', 'technique']);
    expect(() => parseAnnotation('patient,weather')).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining('"weather"') }),
    );
  });
});
