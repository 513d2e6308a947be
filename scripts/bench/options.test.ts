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

  it('are none where the help is asked for', () => {
    expect(parseOptions(['--help'], 'doc.md')).toBeUndefined();
  });

  it.each([[['--pairs', '0']], [['--pairs', 'x']], [['--instances', '350']], [['--minutes', '-1']], [['--unknown']]])(
    'refuse %j',
    (args) => {
      expect(() => parseOptions(args, 'doc.md')).toThrow();
    },
  );
});
