import { t } from '../../i18n/index.ts';
import type { VolumeProblem } from '../../imaging/model/volume-geometry.ts';
import { amount } from '../finding-text.ts';

/** Why a series is no volume, in words. */
export function problemText(problem: VolumeProblem): string {
  switch (problem.kind) {
    case 'few':
      return t('mpr.few', { count: problem.count, least: problem.least });
    case 'duplicates':
      return t('mpr.duplicates', { count: problem.count });
    case 'tilted':
      return t('mpr.tilted', { degrees: amount(problem.degrees, 1) });
    case 'shifted':
      return t('mpr.shifted', { distance: amount(problem.distance, 1) });
    case 'gaps':
      return t('mpr.gaps', { missing: problem.missing, step: amount(problem.step, 2) });
    case 'uneven':
      return t('mpr.uneven', { least: amount(problem.least, 2), most: amount(problem.most, 2) });
    default:
      return t(`mpr.${problem.kind}`);
  }
}
