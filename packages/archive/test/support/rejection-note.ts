import { type DataSet, TAG } from '@filmless/dicom';
import { attribute, dataSetOf, fileOf } from './objects.ts';

const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59';

/** A Key Object Selection that rejects instances, as a file. */
export function note(...named: Parameters<typeof noteDataSet>): Uint8Array {
  return fileOf(noteDataSet(...named));
}

export function noteDataSet(
  study: string,
  instances: readonly string[],
  code = '113001',
  sop = `${study}.9.1`,
  more: Readonly<Record<string, readonly string[]>> = {},
): DataSet {
  const item = (...entries: readonly (readonly [string, DataSet[string]])[]) => Object.fromEntries(entries);
  const { [TAG.PixelData]: _pixels, ...header } = dataSetOf({ study, series: `${study}.9`, sop });
  return {
    ...header,
    [TAG.SOPClassUID]: attribute('UI', KEY_OBJECT_SELECTION),
    [TAG.Modality]: attribute('CS', 'KO'),
    '0040A043': attribute(
      'SQ',
      item(['00080100', attribute('SH', code)], ['00080102', attribute('SH', 'DCM')], ['00080104', attribute('LO', 'Rejected')]),
    ),
    '0040A375': attribute(
      'SQ',
      ...[[study, instances] as const, ...Object.entries(more)].map(([of, named]) =>
        item(
          [
            '00081115',
            attribute(
              'SQ',
              item(
                [
                  '00081199',
                  attribute(
                    'SQ',
                    ...named.map((uid) =>
                      item(['00081150', attribute('UI', '1.2.840.10008.5.1.4.1.1.2')], ['00081155', attribute('UI', uid)]),
                    ),
                  ),
                ],
                [TAG.SeriesInstanceUID, attribute('UI', `${of}.1`)],
              ),
            ),
          ],
          [TAG.StudyInstanceUID, attribute('UI', of)],
        ),
      ),
    ),
  };
}
