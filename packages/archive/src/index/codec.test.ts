import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { headerText, layoutText, packText, unpackHeader, unpackLayout } from './codec.ts';

describe('a header in the index', () => {
  it.each([
    ['short', 'Đỗ'],
    ['long', 'Đỗ^Thị Dương '.repeat(100)],
  ])('that is %s is read as it was written, with the bytes of its text', (_what, value) => {
    const header = { '00100020': { vr: 'LO', Value: [value] } } as const;
    const text = headerText(header);
    expect(unpackHeader(packText(text))).toEqual({ value: header, bytes: Buffer.byteLength(text) });
  });

  it('that is long takes less room than its text, a short layout no more than a byte more', () => {
    const long = headerText({ '00100020': { vr: 'LO', Value: ['the same '.repeat(500)] } });
    expect(packText(long).byteLength).toBeLessThan(long.length / 10);
    const layout = { bulk: [], frames: { kind: 'none', count: 0 } } as const;
    expect(packText(layoutText(layout)).byteLength).toBe(layoutText(layout).length + 1);
    expect(unpackLayout(packText(layoutText(layout))).value).toEqual(layout);
  });

  it('of an index that was deflated throughout is still read', () => {
    const header = { '00100020': { vr: 'LO', Value: ['x'] } } as const;
    expect(unpackHeader(deflateRawSync(headerText(header), { level: 1 })).value).toEqual(header);
  });
});
