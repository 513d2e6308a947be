/** Sta1 idle, 2 awaiting A-ASSOCIATE-RQ, 3 awaiting local response, 4 connecting, 5 awaiting -AC or -RJ, 6 established, 7 to 12 releasing, 13 awaiting close. PS3.8 9.2.1. */
export type State =
  | 'Sta1'
  | 'Sta2'
  | 'Sta3'
  | 'Sta4'
  | 'Sta5'
  | 'Sta6'
  | 'Sta7'
  | 'Sta8'
  | 'Sta9'
  | 'Sta10'
  | 'Sta11'
  | 'Sta12'
  | 'Sta13';

/** Events by name, with their number in PS3.8 table 9-10. */
export const EVENTS = {
  associateRequested: 1,
  transportConfirmed: 2,
  acceptArrived: 3,
  rejectArrived: 4,
  transportIndicated: 5,
  associateArrived: 6,
  acceptResponded: 7,
  rejectResponded: 8,
  dataRequested: 9,
  dataArrived: 10,
  releaseRequested: 11,
  releaseArrived: 12,
  releaseResponseArrived: 13,
  releaseResponded: 14,
  abortRequested: 15,
  abortArrived: 16,
  transportClosed: 17,
  artimExpired: 18,
  invalidArrived: 19,
} as const;

export type Event = keyof typeof EVENTS;

/** What `association` and `connection` must do; the names are the primitives of PS3.8 7 and 9.2. */
export type Effect =
  | 'connect'
  | 'send'
  | 'sendAbortUser'
  | 'sendAbortProvider'
  | 'startArtim'
  | 'stopArtim'
  | 'close'
  | 'indicateAssociate'
  | 'confirmAccept'
  | 'confirmReject'
  | 'indicateData'
  | 'indicateRelease'
  | 'confirmRelease'
  | 'indicateAbort'
  | 'indicateClosed'
  | 'sendRejectProvider';

export type Action =
  | 'AE-1'
  | 'AE-2'
  | 'AE-3'
  | 'AE-4'
  | 'AE-5'
  | 'AE-6'
  | 'AE-6!'
  | 'AE-7'
  | 'AE-8'
  | 'DT-1'
  | 'DT-2'
  | 'AR-1'
  | 'AR-2'
  | 'AR-3'
  | 'AR-4'
  | 'AR-5'
  | 'AR-6'
  | 'AR-7'
  | 'AR-8'
  | 'AR-8!'
  | 'AR-9'
  | 'AR-10'
  | 'AA-1'
  | 'AA-2'
  | 'AA-3'
  | 'AA-4'
  | 'AA-5'
  | 'AA-6'
  | 'AA-7'
  | 'AA-8';

/** Actions and their effects. PS3.8 tables 9-6 to 9-9. `AE-6!` and `AR-8!` are the other branch of an action that has two. */
export const ACTIONS: Readonly<Record<Action, readonly Effect[]>> = {
  'AE-1': ['connect'],
  'AE-2': ['send'],
  'AE-3': ['confirmAccept'],
  'AE-4': ['confirmReject', 'close'],
  'AE-5': ['startArtim'],
  'AE-6': ['stopArtim', 'indicateAssociate'],
  'AE-6!': ['stopArtim', 'sendRejectProvider', 'startArtim'],
  'AE-7': ['send'],
  'AE-8': ['send', 'startArtim'],
  'DT-1': ['send'],
  'DT-2': ['indicateData'],
  'AR-1': ['send'],
  'AR-2': ['indicateRelease'],
  'AR-3': ['confirmRelease', 'close'],
  'AR-4': ['send', 'startArtim'],
  'AR-5': ['stopArtim'],
  'AR-6': ['indicateData'],
  'AR-7': ['send'],
  'AR-8': ['indicateRelease'],
  'AR-8!': ['indicateRelease'],
  'AR-9': ['send'],
  'AR-10': ['confirmRelease'],
  'AA-1': ['sendAbortUser', 'startArtim'],
  'AA-2': ['stopArtim', 'close'],
  'AA-3': ['indicateAbort', 'close'],
  'AA-4': ['indicateClosed'],
  'AA-5': ['stopArtim'],
  'AA-6': [],
  'AA-7': ['sendAbortProvider'],
  'AA-8': ['sendAbortProvider', 'indicateAbort', 'startArtim'],
};

export type Cell = readonly [action: Action, next: State];

type Row = Readonly<Partial<Record<Event, Cell>>>;

const ABORT_USER: Cell = ['AA-1', 'Sta13'];
const ABORT_PROVIDER: Cell = ['AA-8', 'Sta13'];
const CLOSED: Cell = ['AA-4', 'Sta1'];
const ABORTED: Cell = ['AA-3', 'Sta1'];
const IGNORED: Cell = ['AA-6', 'Sta13'];
const ABORT_AGAIN: Cell = ['AA-7', 'Sta13'];
const CLOSE: Cell = ['AA-2', 'Sta1'];

/** PDUs that are wrong in most states of a living association; a row overrides those it expects. */
const UNEXPECTED: Row = {
  acceptArrived: ABORT_PROVIDER,
  rejectArrived: ABORT_PROVIDER,
  associateArrived: ABORT_PROVIDER,
  dataArrived: ABORT_PROVIDER,
  releaseArrived: ABORT_PROVIDER,
  releaseResponseArrived: ABORT_PROVIDER,
  invalidArrived: ABORT_PROVIDER,
  abortArrived: ABORTED,
  abortRequested: ABORT_USER,
  transportClosed: CLOSED,
};

/** PS3.8 table 9-10, by state. An absent cell is impossible or illegal there. */
export const TABLE: Readonly<Record<State, Row>> = {
  Sta1: { associateRequested: ['AE-1', 'Sta4'], transportIndicated: ['AE-5', 'Sta2'] },
  Sta2: {
    acceptArrived: ABORT_USER,
    rejectArrived: ABORT_USER,
    associateArrived: ['AE-6', 'Sta3'],
    dataArrived: ABORT_USER,
    releaseArrived: ABORT_USER,
    releaseResponseArrived: ABORT_USER,
    abortArrived: CLOSE,
    transportClosed: ['AA-5', 'Sta1'],
    artimExpired: CLOSE,
    invalidArrived: ABORT_USER,
  },
  Sta3: { ...UNEXPECTED, acceptResponded: ['AE-7', 'Sta6'], rejectResponded: ['AE-8', 'Sta13'] },
  Sta4: { transportConfirmed: ['AE-2', 'Sta5'], abortRequested: CLOSE, transportClosed: CLOSED },
  Sta5: { ...UNEXPECTED, acceptArrived: ['AE-3', 'Sta6'], rejectArrived: ['AE-4', 'Sta1'] },
  Sta6: {
    ...UNEXPECTED,
    dataRequested: ['DT-1', 'Sta6'],
    dataArrived: ['DT-2', 'Sta6'],
    releaseRequested: ['AR-1', 'Sta7'],
    releaseArrived: ['AR-2', 'Sta8'],
  },
  Sta7: {
    ...UNEXPECTED,
    dataArrived: ['AR-6', 'Sta7'],
    releaseArrived: ['AR-8', 'Sta9'],
    releaseResponseArrived: ['AR-3', 'Sta1'],
  },
  Sta8: { ...UNEXPECTED, dataRequested: ['AR-7', 'Sta8'], releaseResponded: ['AR-4', 'Sta13'] },
  Sta9: { ...UNEXPECTED, releaseResponded: ['AR-9', 'Sta11'] },
  Sta10: { ...UNEXPECTED, releaseResponseArrived: ['AR-10', 'Sta12'] },
  Sta11: { ...UNEXPECTED, releaseResponseArrived: ['AR-3', 'Sta1'] },
  Sta12: { ...UNEXPECTED, releaseResponded: ['AR-4', 'Sta13'] },
  Sta13: {
    acceptArrived: IGNORED,
    rejectArrived: IGNORED,
    associateArrived: ABORT_AGAIN,
    dataArrived: IGNORED,
    releaseArrived: IGNORED,
    releaseResponseArrived: IGNORED,
    abortArrived: CLOSE,
    transportClosed: ['AR-5', 'Sta1'],
    artimExpired: CLOSE,
    invalidArrived: ABORT_AGAIN,
  },
};
