import { describe, expect, it } from 'vitest';
import { parseSent } from './storing.ts';

describe('what the sender says', () => {
  it('gives instances a second', () => {
    expect(parseSent('{"seconds": 0.5, "responseMs": [1, 2]}', 2)).toEqual({ perSecond: 4, responseMs: [1, 2] });
  });

  it.each(['{}', '{"seconds": 0.5, "responseMs": [1]}', '{"seconds": "1", "responseMs": [1, 2]}', 'nothing'])(
    'is not believed when an instance is missing: %s',
    (text) => {
      expect(() => parseSent(text, 2)).toThrow();
    },
  );
});
