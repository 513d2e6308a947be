import { expect, it } from 'vitest';
import { KeptLog } from '../../test/kept-log.ts';
import { OpenAccess } from '../../test/open-access.ts';
import type { Refused } from '../ul/acceptor.ts';
import { RefusalAudit } from './refusal-audit.ts';

it('tells the audit trail of a refused entity once in a while, and of each one', () => {
  let now = 0;
  const access = new OpenAccess();
  const audit = new RefusalAudit(access, new KeptLog(), () => now);
  const refused: Refused = {
    reason: 'calling AE title not recognized',
    callingAe: 'CT01',
    calledAe: 'FILMLESS',
    address: '10.0.0.1',
    detail: 'why',
  };
  audit.note(refused);
  audit.note(refused);
  audit.note({ ...refused, address: '10.0.0.2' });
  audit.note({ ...refused, reason: 'temporary congestion' });
  audit.note({ address: '10.0.0.3', detail: 'garbage' });
  now = 300_000;
  audit.note(refused);
  expect(access.events.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual([
    '10.0.0.1 refused',
    '10.0.0.2 refused',
    '10.0.0.1 refused',
  ]);
});
