import { expect, it } from 'vitest';
import { transferForm } from './transfer-forms.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';

it('knows how an instance comes to a transfer syntax', () => {
  expect(transferForm(EXPLICIT, '1.2.840.10008.1.2.4.90')).toBe('jpeg-2000');
  expect(transferForm(EXPLICIT, '1.2.840.10008.1.2')).toBe('native');
});

it.each(['constructor', '__proto__', 'toString', ''])('knows no way to %j', (wanted) => {
  expect(transferForm(EXPLICIT, wanted)).toBeUndefined();
});
