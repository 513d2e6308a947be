import { type DataSet, IMPLICIT_VR_LITTLE_ENDIAN, readDataSet, transferSyntax, writeDataSet } from '@filmless/dicom';
import type { CommandSet } from '../src/dimse/command-set.ts';
import type { DataSetStream } from '../src/dimse/message.ts';
import type { Answer, ServiceRequest } from '../src/dimse/provider.ts';
import { DialogueDouble } from './dialogue-double.ts';

/** A request as a service gets it, and what came of it. */
export interface Asked {
  readonly request: ServiceRequest;
  readonly pending: Answer[];
  cancel(): void;
}

export interface AskedOptions {
  readonly abstractSyntax: string;
  readonly command?: Partial<CommandSet>;
  readonly dataSet?: DataSet | Uint8Array | undefined;
  readonly callingAe?: string;
  readonly dialogue?: DialogueDouble;
}

export function asked({ abstractSyntax, command = {}, dataSet, callingAe = 'CT01', dialogue }: AskedOptions): Asked {
  const cancelled = new AbortController();
  const pending: Answer[] = [];
  const context = { id: 1, abstractSyntax, transferSyntax: IMPLICIT_VR_LITTLE_ENDIAN, roles: { scu: true, scp: false } };
  const bytes = dataSet instanceof Uint8Array || dataSet === undefined ? dataSet : writeDataSet(dataSet, { explicitVr: false });
  const talk = dialogue ?? new DialogueDouble(abstractSyntax);
  return {
    pending,
    cancel: () => cancelled.abort(),
    request: {
      dialogue: talk,
      peer: { ...talk.association.peer, callingAe, address: '10.0.0.1' },
      context,
      command: { CommandField: 0, CommandDataSetType: 1, MessageID: 1, ...command },
      dataSet: bytes === undefined ? undefined : streamOf(bytes),
      cancelled: cancelled.signal,
      pending: (...answers) => {
        pending.push(...answers);
        return Promise.resolve();
      },
    },
  };
}

/** What an answer says, read as it was encoded. */
export function readAnswer(answer: Answer | undefined): DataSet {
  const bytes = answer?.dataSet ?? new Uint8Array(0);
  return readDataSet(bytes, { transferSyntax: transferSyntax(IMPLICIT_VR_LITTLE_ENDIAN) }).dataSet;
}

function streamOf(bytes: Uint8Array): DataSetStream {
  let left: Uint8Array | undefined = bytes;
  return {
    endedAt: undefined,
    get isRead() {
      return left === undefined;
    },
    next: () => {
      const value = left;
      left = undefined;
      return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
