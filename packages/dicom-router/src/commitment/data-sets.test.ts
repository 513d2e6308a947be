import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOperation, encodeOperation } from '../dimse/data-set.ts';
import { parseReport, parseRequest, reportDataSet, requestDataSet } from './data-sets.ts';

const SYNTAXES = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'] as const;
const uid = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((number) => `2.25.${number}`);
const instance = fc.record({ sopClassUid: uid, sopInstanceUid: uid });
const instances = fc.uniqueArray(instance, { selector: ({ sopInstanceUid }) => sopInstanceUid, minLength: 1, maxLength: 50 });

describe('requests and reports of storage commitment', () => {
  it.each(SYNTAXES)('are read as they were written, in %s', (transferSyntax) => {
    const sent = (dataSet: Parameters<typeof encodeOperation>[0]) =>
      decodeOperation(encodeOperation(dataSet, { transferSyntax }), { transferSyntax });
    fc.assert(
      fc.property(uid, instances, fc.integer({ min: 0, max: 50 }), (transactionUid, all, split) => {
        expect(parseRequest(sent(requestDataSet({ transactionUid, instances: all })), 50)).toEqual({
          transactionUid,
          instances: all,
        });
        const refused = all.slice(split).map((one) => ({ ...one, failure: 0x0112 }));
        expect(parseReport(sent(reportDataSet(transactionUid, 'FILMLESS', all.slice(0, split), refused)))).toEqual({
          transactionUid,
          committed: all.slice(0, split).map(({ sopInstanceUid }) => sopInstanceUid),
          failed: refused.map(({ sopInstanceUid }) => ({ sopInstanceUid, reason: 0x0112 })),
        });
      }),
    );
  });

  it('never throw anything but what a data set that cannot be read does, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...SYNTAXES), (bytes, transferSyntax) => {
        let read: ReturnType<typeof decodeOperation>;
        try {
          read = decodeOperation(bytes, { transferSyntax });
        } catch (error) {
          expect(error).toHaveProperty('name', 'DicomError');
          return;
        }
        parseRequest(read, 10);
        parseReport(read);
      }),
    );
  });
});
