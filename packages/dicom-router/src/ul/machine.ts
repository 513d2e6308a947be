import { ACTIONS, type Action, type Cell, type Effect, type Event, type State, TABLE } from './state-table.ts';

/** What decides between the two branches of AE-6 and of AR-8. */
export interface Circumstances {
  readonly role: 'requestor' | 'acceptor';
  /** AE-6: the A-ASSOCIATE-RQ has a protocol version this provider speaks. */
  readonly acceptable: boolean;
}

export interface Step {
  readonly action: Action;
  readonly next: State;
  readonly effects: readonly Effect[];
}

/** The other branch of an action, where the circumstances choose it. PS3.8 tables 9-6 and 9-8. */
function branch(cell: Cell, { role, acceptable }: Circumstances): Cell {
  if (cell[0] === 'AE-6' && !acceptable) {
    return ['AE-6!', 'Sta13'];
  }
  if (cell[0] === 'AR-8' && role === 'acceptor') {
    return ['AR-8!', 'Sta10'];
  }
  return cell;
}

/** One transition of PS3.8 table 9-10; undefined where the table has no cell. */
export function step(state: State, event: Event, circumstances: Circumstances): Step | undefined {
  const cell = TABLE[state][event];
  if (cell === undefined) {
    return undefined;
  }
  const [action, next] = branch(cell, circumstances);
  return { action, next, effects: ACTIONS[action] };
}
