import { describe, expect, it } from 'vitest';
import { isSettled, openedOf } from './timeline.ts';
import type { Look, Watched } from './watch.ts';

const black = new Array<number>(16).fill(0);
const picture = Array.from({ length: 16 }, (_, index) => index * 16);
const other = picture.toReversed();
const look = (at: number, id: number, greys: readonly number[], kind: Look['kind'] = 'canvas'): Look => ({ at, id, kind, greys });

function watched(looks: readonly Look[], visible: readonly number[], now = 5000): Watched {
  const changedAt = looks.at(-1)?.at ?? 0;
  return { looks, visible, changedAt, changes: looks.length, now, clickedAt: 0, timeOrigin: 0 };
}

describe('what was seen while a study opened', () => {
  it('has its first picture where something is not of one colour', () => {
    const seen = watched([look(100, 1, black), look(300, 1, picture)], [1]);
    expect(openedOf(seen, [], 50)).toMatchObject({ firstMs: 250, fullMs: 250 });
  });

  it('takes a preview for a picture, and not for full quality', () => {
    const seen = watched([look(100, 1, picture, 'img'), look(400, 2, picture)], [2]);
    expect(openedOf(seen, [], 0)).toMatchObject({ firstMs: 100, fullMs: 400 });
  });

  it('is in full quality where the picture first was that stays, whichever canvas drew it', () => {
    const nearly = picture.map((grey) => grey + 2);
    const seen = watched([look(100, 1, other), look(200, 1, picture), look(900, 2, nearly)], [2]);
    expect(openedOf(seen, [], 0)).toMatchObject({ firstMs: 100, fullMs: 200 });
  });

  it('waits for the last of several viewports', () => {
    const seen = watched([look(100, 1, picture), look(700, 2, other)], [1, 2]);
    expect(openedOf(seen, [], 0)).toMatchObject({ firstMs: 100, fullMs: 700 });
  });

  it('looks at nothing from before, and counts bytes up to each moment', () => {
    const received = [20, 60, 90, 200, 500].map((at) => ({ at, bytes: 10 }));
    const seen = watched([look(10, 9, other), look(100, 1, other), look(300, 1, picture)], [1]);
    expect(openedOf(seen, received, 50)).toEqual({ firstMs: 50, fullMs: 250, firstBytes: 20, fullBytes: 30 });
  });

  it('is nothing where nothing was seen', () => {
    expect(() => openedOf(watched([look(100, 1, black)], [1]), [], 0)).toThrow('no picture');
  });

  it('is settled when a canvas has a picture and nothing changed for a while', () => {
    expect(isSettled(watched([look(100, 1, picture)], [1], 1500), 1000)).toBe(true);
    expect(isSettled(watched([look(100, 1, picture)], [1], 900), 1000)).toBe(false);
    expect(isSettled(watched([look(100, 1, black)], [1], 1500), 1000)).toBe(false);
    expect(isSettled(watched([look(100, 1, picture, 'img')], [1], 1500), 1000)).toBe(false);
  });
});
