import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, readDataSet, transferSyntax } from '@filmless/dicom';
import type { Dialogue, DimseResponse, OperationCommand } from '../src/dimse/dialogue.ts';
import type { OutgoingDataSet } from '../src/dimse/message.ts';
import { RouterError } from '../src/errors.ts';
import type { AcceptedContext, Association } from '../src/ul/association.ts';
import { AssociationDouble } from './association-double.ts';

/** An operation that was performed on a double. */
export interface Performed {
  readonly command: OperationCommand;
  readonly dataSet: DataSet;
}

/** All of a data set that is to be sent. */
export async function outgoingBytes(dataSet: OutgoingDataSet): Promise<Buffer> {
  if (dataSet instanceof Uint8Array) {
    return Buffer.from(dataSet);
  }
  const parts: Buffer[] = [];
  for await (const { bytes } of dataSet) {
    parts.push(Buffer.from(bytes));
  }
  return Buffer.concat(parts);
}

/** A dialogue without a network: what is performed on it is kept, and answered as told. */
export class DialogueDouble implements Dialogue {
  readonly association: Association;
  readonly performed: Performed[] = [];
  over = false;
  readonly ended: AbortSignal = new AbortController().signal;
  released = false;
  /** Statuses of the next answers; success when there are no more. An error is thrown in place of one. */
  answers: (number | Error)[] = [];

  constructor(abstractSyntax: string) {
    const context = { id: 1, abstractSyntax, transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN, roles: { scu: false, scp: true } };
    this.association = new AssociationDouble([context], []);
  }

  perform(): AsyncIterable<DimseResponse> {
    throw new RouterError('protocol', 'nothing of several responses is asked of this double');
  }

  async performOne(
    context: AcceptedContext,
    command: OperationCommand,
    dataSet: OutgoingDataSet = new Uint8Array(0),
  ): Promise<DimseResponse> {
    const read = readDataSet(await outgoingBytes(dataSet), { transferSyntax: transferSyntax(context.transferSyntax) });
    this.performed.push({ command, dataSet: read.dataSet });
    const answer = this.answers.shift() ?? 0;
    if (answer instanceof Error) {
      this.over = true;
      throw answer;
    }
    return { status: answer, command: { CommandField: 0, CommandDataSetType: 0x0101 } };
  }

  attend(until: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      until.addEventListener('abort', () => resolve(), { once: true });
      if (until.aborted) {
        resolve();
      }
    });
  }

  release(): Promise<void> {
    this.over = true;
    this.released = true;
    return Promise.resolve();
  }

  abort(): void {
    this.over = true;
  }
}
