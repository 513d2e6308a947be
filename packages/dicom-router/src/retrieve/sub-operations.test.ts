import { EXPLICIT_VR_LITTLE_ENDIAN, readDataSet, TAG, transferSyntax } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../destinations/send-instances.ts';
import { SubOperations } from './sub-operations.ts';

const CONTEXT = { transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
const FAILED: SendOutcome = { kind: 'aside', problem: 'answered A700H' };

function after(total: number, outcomes: readonly SendOutcome[], namedFailures = 10) {
  const operations = new SubOperations(total, { namedFailures });
  for (const [index, outcome] of outcomes.entries()) {
    const instance = {
      studyInstanceUid: '1.1',
      seriesInstanceUid: '1.1.1',
      sopInstanceUid: `1.2.${index}`,
      sopClassUid: '1.3',
      transferSyntaxUid: '1.4',
    };
    operations.note(instance, outcome);
  }
  return operations;
}

function final(operations: SubOperations, cancelled = false) {
  const { status, elements, dataSet } = operations.final(CONTEXT, cancelled);
  const failed =
    dataSet === undefined
      ? undefined
      : readDataSet(dataSet, { transferSyntax: transferSyntax(CONTEXT.transferSyntax) }).dataSet[TAG.FailedSOPInstanceUIDList]
          ?.Value;
  return { status, elements, failed };
}

const DONE: SendOutcome = { kind: 'done' };
const counts = (completed: number, failed: number, warnings: number) => ({
  NumberOfCompletedSuboperations: completed,
  NumberOfFailedSuboperations: failed,
  NumberOfWarningSuboperations: warnings,
});

describe('the sub-operations of a retrieval', () => {
  it('are counted as they go', () => {
    const operations = after(5, [DONE, { kind: 'done', status: 0x0111 }, FAILED, { kind: 'done', status: 0xb007 }]);
    expect(operations.pending()).toEqual({
      status: 'pending',
      elements: { NumberOfRemainingSuboperations: 1, ...counts(2, 1, 1) },
    });
    expect(operations.studies).toEqual(new Map([['1.1', { sent: 3, failed: 1 }]]));
  });

  it.each<[string, readonly SendOutcome[], ReturnType<typeof final>]>([
    ['success when all went out', [DONE, DONE], { status: 'success', elements: counts(2, 0, 0), failed: undefined }],
    ['success when nothing matched', [], { status: 'success', elements: counts(0, 0, 0), failed: undefined }],
    [
      'a warning when some failed',
      [DONE, FAILED],
      { status: 'suboperationsWarning', elements: counts(1, 1, 0), failed: ['1.2.1'] },
    ],
    [
      'a failure when all failed',
      [FAILED, FAILED],
      { status: 'unableToPerformSuboperations', elements: counts(0, 2, 0), failed: ['1.2.0', '1.2.1'] },
    ],
    [
      'a warning when the receiver warned',
      [{ kind: 'done', status: 0xb000 }],
      { status: 'suboperationsWarning', elements: counts(0, 0, 1), failed: undefined },
    ],
  ])('end as %s', (_, outcomes, expected) => {
    expect(final(after(outcomes.length, outcomes))).toEqual(expected);
  });

  it('say what remains when they are cancelled', () => {
    expect(final(after(10, [DONE, FAILED]), true)).toEqual({
      status: 'cancelled',
      elements: { NumberOfRemainingSuboperations: 8, ...counts(1, 1, 0) },
      failed: ['1.2.1'],
    });
  });

  it('remain none when more were found than were counted', () => {
    expect(after(1, [DONE, DONE]).pending().elements?.NumberOfRemainingSuboperations).toBe(0);
  });

  it('are named up to a bound when they failed, and all counted', () => {
    const { elements, failed } = final(after(3, [FAILED, FAILED, FAILED], 2));
    expect(failed).toEqual(['1.2.0', '1.2.1']);
    expect(elements).toEqual(counts(0, 3, 0));
  });

  it('say a count as far as 16 bits do', () => {
    expect(after(100_000, []).pending().elements?.NumberOfRemainingSuboperations).toBe(65_535);
  });
});
