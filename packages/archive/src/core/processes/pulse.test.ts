import { expect, it } from 'vitest';
import { Pulse } from './pulse.ts';

const at = (a: number, b: number) => [
  { run: 'a', beat: a },
  { run: 'b', beat: b },
];

it('takes a process for ended whose count stands still for so many looks, and no other', () => {
  const pulse = new Pulse(3);
  expect([1, 2, 3].map((beat) => pulse.look(at(beat, 7)))).toEqual([[], [], []]);
  expect(pulse.look(at(4, 7))).toEqual([{ run: 'b', beat: 7 }]);
});

it('begins anew with a process that goes on', () => {
  const pulse = new Pulse(2);
  pulse.look(at(1, 1));
  pulse.look(at(1, 1));
  expect(pulse.look(at(2, 1))).toEqual([{ run: 'b', beat: 1 }]);
  expect(pulse.look(at(2, 2))).toEqual([]);
});

it('counts no look that failed: a database that was away for all has ended nobody', () => {
  const pulse = new Pulse(2);
  pulse.look(at(1, 1));
  pulse.look(at(1, 1));
  pulse.missed();
  expect(pulse.look(at(1, 1))).toEqual([]);
  expect(pulse.look(at(1, 1))).toEqual([]);
  expect(pulse.look(at(1, 1)).map(({ run }) => run)).toEqual(['a', 'b']);
});
