import { t } from '../i18n/index.ts';
import { language } from '../i18n/language.ts';
import type { LengthKind } from '../imaging/model/calibration.ts';
import type { Finding } from '../imaging/model/measurements.ts';

/** The lines of a measurement, as they stand beside it and in the list. */
export function findingLines(finding: Finding): readonly string[] {
  switch (finding.kind) {
    case 'length':
      return [
        `${sized(finding.value, finding.scale.kind === 'none' ? t('reading.pixelsShort') : 'mm')}${scaleNote(finding.scale.kind)}`,
      ];
    case 'diameters': {
      const unit = finding.scale.kind === 'none' ? t('reading.pixelsShort') : 'mm';
      return [`${sized(finding.longer, unit)} × ${sized(finding.shorter, unit)}${scaleNote(finding.scale.kind)}`];
    }
    case 'ratio':
      return ratioLines(finding);
    case 'angle':
      return [`${amount(finding.degrees, 1)}°`];
    case 'area':
      return [areaLine(finding), ...statisticsLines(finding)];
  }
}

/** A ratio needs no scale; the widths it is of do. */
function ratioLines({ value, heart, chest, scale }: Finding & { readonly kind: 'ratio' }): readonly string[] {
  const unit = scale.kind === 'none' ? t('reading.pixelsShort') : 'mm';
  return [
    t('reading.ratio', {
      ratio: value.toLocaleString(language.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    }),
    `${t('reading.heartWidth')} ${sized(heart, unit)} · ${t('reading.chestWidth')} ${sized(chest, unit)}${scaleNote(scale.kind)}`,
  ];
}

function areaLine({ value, scale }: Finding & { readonly kind: 'area' }): string {
  // Large areas in cm²: a doctor does not read 12 345,6 mm².
  const [area, unit] =
    scale.kind === 'none' ? [value, `${t('reading.pixelsShort')}²`] : value >= 1000 ? [value / 100, 'cm²'] : [value, 'mm²'];
  return `${t('reading.area')} ${sized(area, unit)}${scaleNote(scale.kind)}`;
}

function statisticsLines({ statistics, unit }: Finding & { readonly kind: 'area' }): readonly string[] {
  if (statistics === undefined) {
    return [];
  }
  const { mean, deviation, low, high } = statistics;
  const digits = Math.abs(high) < 10 && Math.abs(low) < 10 && !Number.isInteger(high) ? 3 : 1;
  const end = unit === '' ? '' : ` ${unit}`;
  return [
    `${t('reading.mean')} ${amount(mean, digits)}${end} · ${t('reading.deviation')} ${amount(deviation, digits)}`,
    `${t('reading.least')} ${amount(low, digits)} · ${t('reading.greatest')} ${amount(high, digits)}`,
  ];
}

/** Said wherever the number is not the size in the patient. */
function scaleNote(kind: LengthKind): string {
  switch (kind) {
    case 'patient':
    case 'region':
      return '';
    case 'detector':
      return ` (${t('reading.scaleDetector')})`;
    case 'scanned':
      return ` (${t('reading.scaleScanned')})`;
    case 'calibrated':
      return ` (${t('reading.scaleCalibrated')})`;
    case 'none':
      return ` (${t('reading.scaleNone')})`;
  }
}

function sized(value: number, unit: string): string {
  return `${amount(value, value < 10 ? 2 : 1)} ${unit}`;
}

/** In the way of the language: 12,3 in Vietnamese. Minus as a minus sign. */
export function amount(value: number, digits: number): string {
  return value.toLocaleString(language.value, { maximumFractionDigits: digits }).replace('-', '−');
}
