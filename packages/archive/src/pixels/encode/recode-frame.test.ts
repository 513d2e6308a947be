import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import { FrameDecoder } from '../decode/decode-frame.ts';
import { DEFAULT_PIXEL_LIMITS } from '../limits.ts';
import { FrameEncoder } from './encode-frame.ts';
import { recodeFrame } from './recode-frame.ts';

const layout = layoutOf({ rows: 2, columns: 2 });
const samples = { ...layout, data: Uint16Array.of(1, 2, 3, 65_535) };
const decoder = new FrameDecoder(DEFAULT_PIXEL_LIMITS);

describe('a frame that is compressed anew', () => {
  it('is given out when it comes back as it was', async () => {
    const frame = await recodeFrame(new FrameEncoder(), decoder, samples, layout, 'rle');
    expect((await decoder.decode(frame.bytes, 0, { ...layout, coding: 'rle' })).data).toEqual(samples.data);
  });

  it('is refused when the codec lost something', async () => {
    const encoder = new FrameEncoder();
    const wrong = { encode: () => encoder.encode({ ...samples, data: Uint16Array.of(1, 2, 3, 65_534) }, layout, 'rle') };
    await expect(recodeFrame(wrong, decoder, samples, layout, 'rle')).rejects.toMatchObject({ code: 'not-acceptable' });
  });
});
