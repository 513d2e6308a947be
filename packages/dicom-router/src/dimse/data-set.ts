import { type DataSet, type ReadLimits, readDataSet, transferSyntax, writeDataSet } from '@filmless/dicom';
import type { AcceptedContext } from '../ul/association.ts';

/** What a data set of an operation may cost to read: it names things, and holds no images. */
const OPERATION_READ_LIMITS: ReadLimits = { maxDepth: 16, maxElements: 200_000, maxValues: 400_000 };

/**
 * The data set of an operation, as it came in a context that is not deflated. `charsetIn` is what its texts are read in, whatever
 * it says of them, where that is known better.
 * @throws DicomError `truncated`, `invalid-element`, `limit-exceeded`
 */
export function decodeOperation(
  bytes: Uint8Array,
  context: Pick<AcceptedContext, 'transferSyntax'>,
  charsetIn?: string,
): DataSet {
  const { dataSet } = readDataSet(bytes, {
    transferSyntax: transferSyntax(context.transferSyntax),
    limits: OPERATION_READ_LIMITS,
    correctedCharacterSet: charsetIn,
  });
  return dataSet;
}

/** @throws DicomError `invalid-value` naming the element */
export function encodeOperation(dataSet: DataSet, context: Pick<AcceptedContext, 'transferSyntax'>): Uint8Array {
  return writeDataSet(dataSet, { explicitVr: transferSyntax(context.transferSyntax).explicitVr });
}
