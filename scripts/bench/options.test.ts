import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the options', () => {
  it('are five pairs of 3,000 written into the document, unless told', () => {
    expect(parseOptions([], 'doc.md')).toMatchObject({ pairs: 5, instances: 3000, out: 'doc.md' });
  });

  it('are one pair of 300, printed only, for a quick look', () => {
    expect(parseOptions(['--quick'], 'doc.md')).toMatchObject({ pairs: 1, instances: 300, out: undefined });
    expect(parseOptions(['--quick', '--pairs', '2', '--out', 'x.md'], 'doc.md')).toMatchObject({ pairs: 2, out: 'x.md' });
  });

  it('measure all parts, or the one that is named', () => {
    expect(parseOptions([], 'doc.md')?.parts).toEqual(['storing', 'series', 'query', 'forward']);
    expect(parseOptions(['--part', 'query'], 'doc.md')).toMatchObject({
      parts: ['query'],
      query: { studies: 10_000, instances: 100 },
    });
    expect(parseOptions(['--quick'], 'doc.md')?.query.studies).toBeLessThan(1000);
  });

  it('measure large indexes where that is asked for, printed only unless a document is named', () => {
    expect(parseOptions(['--scale'], 'doc.md')).toMatchObject({
      parts: ['scale'],
      out: undefined,
      scale: { sizes: [10_000, 1_000_000], engine: 'sqlite', keep: undefined },
    });
    expect(parseOptions(['--scale', '--sizes', '500', '--out', 'x.md'], 'doc.md')).toMatchObject({
      out: 'x.md',
      scale: { sizes: [500] },
    });
    expect(parseOptions(['--scale', '--engine', 'postgres'], 'doc.md')).toMatchObject({ scale: { engine: 'postgres' } });
    expect(() => parseOptions(['--scale', '--engine', 'oracle'], 'doc.md')).toThrow('--engine');
    expect(() => parseOptions(['--scale', '--sizes', '10,x'], 'doc.md')).toThrow();
  });

  it('measure the viewers where that is asked for, three rounds and five minutes of reading unless told', () => {
    expect(parseOptions(['--viewer'], 'doc.md')).toMatchObject({
      parts: ['viewer'],
      out: undefined,
      viewer: { rounds: 3, minutes: 5, parts: ['opening', 'scrolling', 'reading'] },
    });
    expect(parseOptions(['--viewer', '--quick'], 'doc.md')?.viewer).toMatchObject({ rounds: 1, minutes: 1 });
    expect(parseOptions(['--viewer', '--viewer-part', 'reading', '--read', '60', '--out', 'x.md'], 'doc.md')).toMatchObject({
      out: 'x.md',
      viewer: { minutes: 60, parts: ['reading'] },
    });
    expect(() => parseOptions(['--viewer', '--viewer-part', 'x'], 'doc.md')).toThrow('--viewer-part');
  });

  it('are none where the help is asked for', () => {
    expect(parseOptions(['--help'], 'doc.md')).toBeUndefined();
  });

  it.each([
    [['--pairs', '0']],
    [['--pairs', 'x']],
    [['--instances', '350']],
    [['--minutes', '-1']],
    [['--unknown']],
    [['--part', 'reading']],
  ])('refuse %j', (args) => {
    expect(() => parseOptions(args, 'doc.md')).toThrow();
  });
});
