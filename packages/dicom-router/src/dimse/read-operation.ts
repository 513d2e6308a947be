import { type DataSet, DicomError } from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { decodeOperation } from './data-set.ts';
import { readWhole } from './message.ts';
import type { ServiceRequest } from './provider.ts';

/** How a data set is read. */
export interface OperationReading {
  /** What it is called in words for the peer: `the identifier`. */
  readonly named: string;
  readonly maxBytes: number;
  /** Character set of the peer, whatever it names. */
  readonly charsetIn?: string | undefined;
}

/**
 * The data set of an operation, whole and decoded.
 * @throws RouterError `invalid-request` in words for the peer when there is none or it cannot be read, `too-long`, and what ends the
 * association
 */
export async function readOperation(
  { dataSet, context }: Pick<ServiceRequest, 'dataSet' | 'context'>,
  reading: OperationReading,
): Promise<DataSet> {
  if (dataSet === undefined) {
    throw new RouterError('invalid-request', `${reading.named} is missing`);
  }
  return understood(await readWhole(dataSet, reading.maxBytes), context, reading);
}

/** @throws RouterError `invalid-request` in words for the peer */
export function understood(
  bytes: Uint8Array,
  context: Pick<AcceptedContext, 'transferSyntax'>,
  { named, charsetIn }: Pick<OperationReading, 'named' | 'charsetIn'>,
): DataSet {
  try {
    return decodeOperation(bytes, context, charsetIn);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new RouterError('invalid-request', `${named} cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
