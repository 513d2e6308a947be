import type { PublishedUnit, PublishedValue } from '../../api/publications.ts';
import type { Spacing } from '../../imaging/model/calibration.ts';
import type { ImageFrame } from '../../imaging/model/image-frame.ts';
import { evaluate, type Finding, type Measurement } from '../../imaging/model/measurements.ts';
import type { Picture } from '../../imaging/model/pixels.ts';

/** The numbers of a measurement as they stand beside it, each with the line it was measured on. */
export function publishedValues(
  measurement: Pick<Measurement, 'tool' | 'points'>,
  frame: ImageFrame,
  picture: Picture | undefined,
): readonly PublishedValue[] {
  const finding = evaluate(measurement, frame, picture);
  switch (finding.kind) {
    case 'length':
      return [{ quantity: 'length', value: finding.value, unit: lengthUnit(finding.scale), lines: [[0, 1]] }];
    case 'diameters':
      return diameters(measurement, frame, finding);
    case 'angle':
      return measurement.tool === 'cobb'
        ? [{ quantity: 'cobb-angle', value: finding.degrees, unit: 'deg', lines: TWO_LINES }]
        : [{ quantity: 'angle', value: finding.degrees, unit: 'deg', lines: [[0, 1, 2]] }];
    case 'ratio': {
      const unit = lengthUnit(finding.scale);
      return [
        { quantity: 'cardiothoracic-ratio', value: finding.value, unit: '1', lines: TWO_LINES },
        { quantity: 'heart-width', value: finding.heart, unit, lines: [[0, 1]] },
        { quantity: 'chest-width', value: finding.chest, unit, lines: [[2, 3]] },
      ];
    }
    case 'area':
      return [
        { quantity: 'area', value: finding.value, unit: finding.scale.kind === 'none' ? '{pixels}' : 'mm2' },
        ...statistics(finding),
      ];
  }
}

const TWO_LINES = [
  [0, 1],
  [2, 3],
] as const;

function lengthUnit({ kind }: Spacing): PublishedUnit {
  return kind === 'none' ? '{pixels}' : 'mm';
}

/** Which was drawn first says nothing of which is longer. */
function diameters(
  { points }: Pick<Measurement, 'points'>,
  frame: ImageFrame,
  { longer, shorter, scale }: Finding & { readonly kind: 'diameters' },
): readonly PublishedValue[] {
  const first = evaluate({ tool: 'length', points: points.slice(0, 2) }, frame, undefined);
  const isFirstLonger = first.kind === 'length' && Math.abs(first.value - longer) <= Math.abs(first.value - shorter);
  const [one, other] = isFirstLonger ? TWO_LINES : [TWO_LINES[1], TWO_LINES[0]];
  const unit = lengthUnit(scale);
  return [
    { quantity: 'longer-diameter', value: longer, unit, lines: [one] },
    { quantity: 'shorter-diameter', value: shorter, unit, lines: [other] },
  ];
}

function statistics({ statistics: found, unit: said }: Finding & { readonly kind: 'area' }): readonly PublishedValue[] {
  if (found === undefined) {
    return [];
  }
  const unit = said === 'HU' ? "[hnsf'U]" : '1';
  return [
    { quantity: 'mean', value: found.mean, unit },
    { quantity: 'deviation', value: found.deviation, unit },
    { quantity: 'least', value: found.low, unit },
    { quantity: 'greatest', value: found.high, unit },
  ];
}
