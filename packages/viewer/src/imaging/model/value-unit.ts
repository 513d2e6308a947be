import { type DataSet, firstText, TAG, texts } from '@filmless/dicom';

/** What PET says in Units, written as doctors read it. PS3.3 C.8.9.1.1.3. */
const PET: Readonly<Record<string, string>> = {
  CNTS: 'counts',
  NONE: '',
  CM2: 'cm²',
  PCNT: '%',
  CPS: 'counts/s',
  BQML: 'Bq/ml',
  MGMINML: 'mg/min/ml',
  UMOLMINML: 'µmol/min/ml',
  MLMING: 'ml/min/g',
  MLG: 'ml/g',
  '1CM': '1/cm',
  UMOLML: 'µmol/ml',
  PROPCNTS: 'counts',
  PROPCPS: 'counts/s',
  MLMINML: 'ml/min/ml',
  MLML: 'ml/ml',
  GML: 'g/ml',
  STDDEV: 'σ',
};

/**
 * The unit of the values after the modality transform; empty where none may be named. Hounsfield units are claimed for CT
 * only, and not where a localizer or a multi-energy image leaves the Rescale Type out. PS3.3 C.8.2.1.1, C.11.1.1.2.
 */
export function valueUnit(dataSet: DataSet): string {
  const modality = firstText(dataSet, TAG.Modality);
  const rescale = firstText(dataSet, TAG.RescaleType);
  if (modality === 'CT') {
    if (rescale !== undefined) {
      return rescale === 'HU' ? 'HU' : named(rescale);
    }
    const [, , kind] = texts(dataSet, TAG.ImageType);
    return dataSet[TAG.RescaleIntercept] !== undefined && kind !== 'LOCALIZER' ? 'HU' : '';
  }
  if (modality === 'PT') {
    return PET[firstText(dataSet, TAG.Units) ?? ''] ?? '';
  }
  return rescale === undefined || rescale === 'HU' ? '' : named(rescale);
}

/** Defined terms of Rescale Type that say nothing are left out. PS3.3 C.11.1.1.2. */
function named(rescale: string): string {
  return rescale === 'US' || rescale === 'UNSPECIFIED' || rescale === 'normalized' ? '' : rescale;
}
