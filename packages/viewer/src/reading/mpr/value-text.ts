import { t } from '../../i18n/index.ts';
import { valueUnit } from '../../imaging/model/value-unit.ts';
import type { VolumeGeometry } from '../../imaging/model/volume-geometry.ts';
import type { Volume } from '../../imaging/volume.ts';
import { amount } from '../finding-text.ts';

/** A value of a volume with its unit, where the file names one. */
export function valueText(value: number | undefined, { geometry }: Volume): string {
  if (value === undefined) {
    return t('mpr.outside');
  }
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 3 : 1;
  return `${amount(value, digits)} ${unitOf(geometry)}`.trim();
}

export function unitOf({ frames: [first] }: VolumeGeometry): string {
  return first === undefined ? '' : valueUnit(first.dataSet);
}
