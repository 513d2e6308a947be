import { expect, it } from 'vitest';
import { KeptLog } from '../../test/kept-log.ts';
import { OpenAccess } from '../../test/open-access.ts';
import type { Refused } from '../ul/acceptor.ts';
import { REFUSALS_PER_ADDRESS, RefusalAudit } from './refusal-audit.ts';

it('tells the audit trail of a refused entity once in a while, and of each one', () => {
  let now = 0;
  const access = new OpenAccess();
  const audit = new RefusalAudit(access, new KeptLog(), () => now);
  const refused: Refused = {
    id: 'a1',
    secure: false,
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
  audit.note({ id: 'a2', secure: false, address: '10.0.0.3', detail: 'garbage' });
  now = 300_000;
  audit.note(refused);
  expect(access.events.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual([
    '10.0.0.1 refused',
    '10.0.0.2 refused',
    '10.0.0.1 refused',
  ]);
});

it('writes so many lines an hour for one address whatever it calls itself, then one that sums up, then how many there were', () => {
  let now = 0;
  const access = new OpenAccess();
  const audit = new RefusalAudit(access, new KeptLog(), () => now);
  const note = (callingAe: string, address: string) =>
    audit.note({
      id: 'a3',
      secure: false,
      reason: 'called AE title not recognized',
      callingAe,
      calledAe: 'X',
      address,
      detail: 'why',
    });
  for (let count = 0; count < 500; count += 1) {
    note(`AE${count}`, '10.0.0.66');
  }
  note('CT01', '10.0.0.1');
  const of = (address: string) => access.events.filter((event) => event.address === address);
  expect(of('10.0.0.66')).toHaveLength(REFUSALS_PER_ADDRESS + 1);
  expect(of('10.0.0.66').at(-1)).toEqual({
    action: 'association',
    outcome: 'refused',
    address: '10.0.0.66',
    detail: '10 refusals of this address were written within an hour: further ones are only counted until the hour is over',
  });
  expect(of('10.0.0.1')).toHaveLength(1);
  now = 3_600_000;
  note('AE1', '10.0.0.66');
  expect(of('10.0.0.66').slice(11)).toMatchObject([
    { detail: '490 further refusals of this address were counted' },
    { subject: { id: 'AE1' }, detail: 'why' },
  ]);
});
