import { beforeEach, expect, it } from 'vitest';
import { chooseLanguage } from '../i18n/index.ts';
import { deliveryProblem } from './delivery-problem.ts';

beforeEach(() => chooseLanguage('vi'));

it.each([
  ['answered C000H (cannot understand)', /C000H \(cannot understand\)/],
  ['given up after 300 tries: answered 0110H (processing failure)', /^Đã thử 300 lần.*0110H/],
  ['10.0.0.9:104 cannot be reached: connect ECONNREFUSED', /10\.0\.0\.9:104/],
  ['it takes nothing at the moment (503): busy', /503/],
  ['the folder /mnt/chia-se: it is not there: make it, or mount the share it is on', /\/mnt\/chia-se/],
])('says %s in the language of the screen', (problem, words) => {
  expect(deliveryProblem(problem)).toMatch(words);
});

it('leaves what it does not know as the server said it', () => {
  expect(deliveryProblem('something new')).toBe('something new');
});
