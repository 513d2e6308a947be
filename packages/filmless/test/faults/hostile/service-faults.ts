import { commandNumber, commandSet, FLAG, pData, releaseRq } from './pdus.ts';
import { cancelRq, commandOf, ECHO_CONTEXT, type HostileService, request, responseTo, STORE_CONTEXT, said } from './services.ts';

/** How a fault may end: with the association, with a failure of the operation, or with nothing: the honest C-ECHO behind it is answered. */
export type FaultEnding = 'aborted' | 'failure' | 'nothing';

export interface ServiceFault {
  readonly name: string;
  readonly ending: FaultEnding;
  /** Undefined where a service cannot have it. */
  readonly bytes: (service: HostileService) => Buffer | undefined;
}

/** A service that is in no context of its own. */
const FOREIGN_SOP_CLASS = '1.2.840.10008.5.1.1.9';
const N_DELETE = 0x0150;
const UNKNOWN_CONTEXT = 201;
/** Longer than any identifier, step or commitment request may be. */
const LONG_BYTES = 40_000_000;
const LONG_PIECE = Buffer.alloc(60_000, 0x20);

const dataSet = (service: HostileService, bytes: Buffer, flags: number = FLAG.last) => pData(service.contextId, flags, bytes);
/** For services whose request has a data set. */
const withData = (bytes: (service: HostileService, data: Buffer) => Buffer) => (service: HostileService) =>
  service.dataSet === undefined ? undefined : bytes(service, service.dataSet);

/** Of a C-STORE what was sent is kept apart or refused by the archive; here is only looked at how the dialogue goes on. */
const isStore = ({ commandField }: HostileService): boolean => commandField === 0x0001;
const isEcho = ({ commandField }: HostileService): boolean => commandField === 0x0030;

export const SERVICE_FAULTS: readonly ServiceFault[] = [
  {
    name: 'a SOP class that is not of the context',
    ending: 'failure',
    bytes: (service) => request(service, { sopClass: FOREIGN_SOP_CLASS }),
  },
  {
    name: 'an operation that is not of the SOP class',
    ending: 'failure',
    bytes: (service) => request(service, { commandField: N_DELETE }),
  },
  { name: 'no Message ID', ending: 'aborted', bytes: (service) => request(service, { messageId: undefined }) },
  {
    name: 'a command set of nothing but a Message ID',
    ending: 'aborted',
    bytes: (service) => said(service, commandSet(commandNumber(0x0110, 1))),
  },
  { name: 'a command set that is none', ending: 'aborted', bytes: (service) => said(service, Buffer.alloc(50, 0x41)) },
  {
    name: 'no data set where one must be',
    ending: 'failure',
    bytes: (service) => (service.dataSet === undefined ? undefined : said(service, commandOf(service, { hasDataSet: false }))),
  },
  {
    name: 'a data set where none may be',
    ending: 'failure',
    bytes: (service) =>
      service.dataSet === undefined
        ? Buffer.concat([said(service, commandOf(service, { hasDataSet: true })), dataSet(service, Buffer.alloc(20))])
        : undefined,
  },
  {
    name: 'a data set that is none',
    ending: 'failure',
    bytes: withData((service) => Buffer.concat([said(service, commandOf(service)), dataSet(service, Buffer.alloc(50, 0x41))])),
  },
  {
    name: 'a data set that ends within an element',
    ending: 'failure',
    bytes: withData((service, data) =>
      Buffer.concat([said(service, commandOf(service)), dataSet(service, data.subarray(0, data.byteLength - 3))]),
    ),
  },
  {
    name: 'an empty data set',
    ending: 'failure',
    // An empty key of a worklist asks for all of it. PS3.4 C.2.2.2.3.
    bytes: (service) =>
      service.dataSet === undefined || service.name.endsWith('Worklist')
        ? undefined
        : Buffer.concat([said(service, commandOf(service)), dataSet(service, Buffer.alloc(0))]),
  },
  {
    name: 'a data set that does not end',
    ending: 'aborted',
    bytes: (service) =>
      service.dataSet === undefined || isStore(service)
        ? undefined
        : Buffer.concat([
            said(service, commandOf(service)),
            ...Array.from({ length: LONG_BYTES / LONG_PIECE.byteLength }, () => dataSet(service, LONG_PIECE, FLAG.dataSet)),
          ]),
  },
  {
    name: 'a data set in another context',
    ending: 'aborted',
    bytes: withData((service, data) => Buffer.concat([said(service, commandOf(service)), pData(ECHO_CONTEXT, FLAG.last, data)])),
  },
  {
    name: 'another request in the middle of its data set',
    ending: 'aborted',
    bytes: withData((service, data) =>
      Buffer.concat([said(service, commandOf(service)), dataSet(service, data.subarray(0, 8), FLAG.dataSet), request(service)]),
    ),
  },
  {
    name: 'another request in the middle of its command',
    ending: 'aborted',
    bytes: (service) =>
      Buffer.concat([
        pData(service.contextId, FLAG.command, commandOf(service)),
        pData(other(service), FLAG.command | FLAG.last, commandOf(service)),
      ]),
  },
  {
    name: 'a release in the middle of its data set',
    ending: 'aborted',
    bytes: withData((service, data) =>
      Buffer.concat([said(service, commandOf(service)), dataSet(service, data.subarray(0, 8), FLAG.dataSet), releaseRq]),
    ),
  },
  {
    name: 'more of the data set behind its end',
    ending: 'aborted',
    bytes: withData((service) => Buffer.concat([request(service), dataSet(service, Buffer.alloc(8))])),
  },
  {
    name: 'a context that was not accepted',
    ending: 'aborted',
    bytes: (service) => pData(UNKNOWN_CONTEXT, FLAG.command | FLAG.last, commandOf(service)),
  },
  {
    name: 'a response that nobody asked for',
    ending: 'aborted',
    bytes: ({ contextId, commandField }) => responseTo(contextId, commandField, 1, 0),
  },
  { name: 'a cancel of nothing', ending: 'nothing', bytes: ({ contextId }) => cancelRq(contextId, 1) },
  {
    name: 'a cancel with a data set',
    ending: 'nothing',
    bytes: (service) =>
      Buffer.concat([
        said(service, commandSet(commandNumber(0x0100, 0x0fff), commandNumber(0x0120, 1), commandNumber(0x0800, 1))),
        dataSet(service, Buffer.alloc(20)),
      ]),
  },
];

const other = (service: HostileService): number => (isEcho(service) ? STORE_CONTEXT : ECHO_CONTEXT);
