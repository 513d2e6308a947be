import { describe, expect, it } from 'vitest';
import { step } from './machine.ts';
import { ACTIONS, EVENTS, type Event, type State, TABLE } from './state-table.ts';

/** PS3.8 table 9-10 as it is printed: one row an event, the columns Sta1 to Sta13, `-` where there is no cell. */
const PRINTED = `
associateRequested     AE-1 -    -    -    -    -    -    -    -    -     -    -    -
transportConfirmed     -    -    -    AE-2 -    -    -    -    -    -     -    -    -
acceptArrived          -    AA-1 AA-8 -    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
rejectArrived          -    AA-1 AA-8 -    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
transportIndicated     AE-5 -    -    -    -    -    -    -    -    -     -    -    -
associateArrived       -    AE-6 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
acceptResponded        -    -    AE-7 -    -    -    -    -    -    -     -    -    -
rejectResponded        -    -    AE-8 -    -    -    -    -    -    -     -    -    -
dataRequested          -    -    -    -    -    DT-1 -    AR-7 -    -     -    -    -
dataArrived            -    AA-1 AA-8 -    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
releaseRequested       -    -    -    -    -    AR-1 -    -    -    -     -    -    -
releaseArrived         -    AA-1 AA-8 -    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
releaseResponseArrived -    AA-1 AA-8 -    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3 AA-8 AA-6
releaseResponded       -    -    -    -    -    -    -    AR-4 AR-9 -     -    AR-4 -
abortRequested         -    -    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1 AA-1 -
abortArrived           -    AA-2 AA-3 -    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3 AA-3 AA-2
transportClosed        -    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4 AA-4 AR-5
artimExpired           -    AA-2 -    -    -    -    -    -    -    -     -    -    AA-2
invalidArrived         -    AA-1 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
`;

/** Next state of each action, where it is the same everywhere. PS3.8 tables 9-6 to 9-9. */
const NEXT: Readonly<Record<string, State>> = {
  'AE-1': 'Sta4',
  'AE-2': 'Sta5',
  'AE-3': 'Sta6',
  'AE-4': 'Sta1',
  'AE-5': 'Sta2',
  'AE-6': 'Sta3',
  'AE-7': 'Sta6',
  'AE-8': 'Sta13',
  'DT-1': 'Sta6',
  'DT-2': 'Sta6',
  'AR-1': 'Sta7',
  'AR-2': 'Sta8',
  'AR-3': 'Sta1',
  'AR-4': 'Sta13',
  'AR-5': 'Sta1',
  'AR-6': 'Sta7',
  'AR-7': 'Sta8',
  'AR-8': 'Sta9',
  'AR-9': 'Sta11',
  'AR-10': 'Sta12',
  'AA-1': 'Sta13',
  'AA-2': 'Sta1',
  'AA-3': 'Sta1',
  'AA-4': 'Sta1',
  'AA-5': 'Sta1',
  'AA-6': 'Sta13',
  'AA-7': 'Sta13',
  'AA-8': 'Sta13',
};

const requestor = { role: 'requestor', acceptable: true } as const;
const rows = PRINTED.trim()
  .split('\n')
  .map((line) => line.split(/\s+/));

describe('the state machine', () => {
  it('has the events of the standard in their order', () => {
    expect(rows.map(([event]) => event)).toEqual(Object.keys(EVENTS));
  });

  it.each(rows)('answers %s in every state as table 9-10 does', (event = '', ...actions) => {
    expect(actions).toHaveLength(13);
    for (const [index, action] of actions.entries()) {
      const found = step(`Sta${index + 1}` as State, event as Event, requestor);
      expect(found === undefined ? '-' : found.action, `Sta${index + 1}`).toBe(action);
      expect(found?.next).toBe(NEXT[action]);
    }
  });

  it('rejects in the name of the provider what has no version it speaks', () => {
    const found = step('Sta2', 'associateArrived', { role: 'acceptor', acceptable: false });
    expect(found).toMatchObject({ action: 'AE-6!', next: 'Sta13' });
    expect(found?.effects).toEqual(['stopArtim', 'sendRejectProvider', 'startArtim']);
  });

  it('lets the acceptor wait and the requestor answer when both ask for release', () => {
    expect(step('Sta7', 'releaseArrived', requestor)?.next).toBe('Sta9');
    expect(step('Sta7', 'releaseArrived', { role: 'acceptor', acceptable: true })?.next).toBe('Sta10');
  });

  it('never leaves a timer running in the idle state', () => {
    for (const row of Object.values(TABLE)) {
      for (const [action, next] of Object.values(row)) {
        expect(next === 'Sta1' && ACTIONS[action].includes('startArtim')).toBe(false);
      }
    }
  });
});
