import { EXPLICIT_VR_LITTLE_ENDIAN, firstText, personName, readDataSet, tagOf, transferSyntax } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { type Batch, instanceUidOf, makeBatch } from './objects.ts';

/** What the sender does: writes the values of an instance over those of the first. */
function instance(batch: Batch, study: number, index: number): Uint8Array {
  const bytes = Buffer.from(batch.dataSet);
  for (const [offset, name] of batch.fields) {
    const own = name === 'instance' ? instanceUidOf(batch, study, index) : String(index + 1).padStart(4);
    const value = name === 'instance' || name === 'number' ? own : batch.studies[study]?.[name];
    bytes.write(value ?? '', offset);
  }
  return new Uint8Array(bytes);
}

describe('the images of the benchmark', () => {
  it('are valid after the fields that differ are written over', () => {
    const batch = makeBatch(16, 25, 10);
    const bytes = instance(batch, 2, 4);
    const { dataSet } = readDataSet(bytes, { transferSyntax: transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN) });
    const text = (keyword: string) => firstText(dataSet, tagOf(keyword) ?? '');
    const study = batch.studies[2];
    expect(bytes.length).toBe(batch.dataSet.length);
    expect(text('SOPInstanceUID')).toBe(instanceUidOf(batch, 2, 4));
    expect(text('StudyInstanceUID')).toBe(study?.study);
    expect(text('SeriesInstanceUID')).toBe(study?.series);
    expect(text('PatientID')).toBe(study?.patientId);
    expect(text('AccessionNumber')).toBe(study?.accession);
    expect(personName(dataSet, tagOf('PatientName') ?? '')?.Alphabetic).toBe('GOLF^PHANTOM');
    expect(dataSet[tagOf('InstanceNumber') ?? '']?.Value).toEqual([5]);
  });

  it('have UIDs the standard allows, different in every batch', () => {
    const [one, other] = [makeBatch(16, 10, 10), makeBatch(16, 10, 10)];
    for (const uid of [one.studies[0]?.study, one.studies[0]?.series, instanceUidOf(one, 0, 9)]) {
      expect(uid).toMatch(/^2\.25\.[1-9]\d{32}$/);
    }
    expect(one.studies[0]?.study).not.toBe(other.studies[0]?.study);
  });

  it('have as many studies as the last, perhaps partial, one asks for', () => {
    expect(makeBatch(16, 25, 10).studies).toHaveLength(3);
  });
});
