import { firstText } from '../dataset/accessors.ts';
import type { DataSet, MutableDataSet } from '../dataset/model.ts';
import { DicomError } from '../errors.ts';
import { Decider } from './decide.ts';
import { learn } from './learn.ts';
import { BASIC_PROFILE_CODE, DEIDENTIFICATION_OPTIONS, type MethodCode, OPTION_CODES } from './options.ts';
import { type FoundPixelRules, findPixelRules } from './pixel-rules.ts';
import type { DeidentificationProfile, PixelArea } from './profile.ts';
import { type Mac, pseudonymsOf } from './pseudonyms.ts';
import { hasEmbeddedOverlay, refusal } from './refusal.ts';
import { SafePrivate } from './safe-private.ts';
import { Walk } from './walk.ts';

export interface DeidentifyOptions {
  readonly profile: DeidentificationProfile;
  /** What the profile is called, as De-identification Method says it. */
  readonly name: string;
  /** Pseudonyms of one scope cannot be told to belong to those of another. */
  readonly scope: string;
  readonly mac: Mac;
  /** What the pixels of the object are in. */
  readonly transferSyntaxUid: string;
}

/** What was made of a data set, and what is left to do with its Pixel Data. */
export interface Deidentified {
  readonly dataSet: DataSet;
  /** To be blackened in every frame. */
  readonly areas: readonly PixelArea[];
  /** Bits that no sample uses hold an overlay, and must be set to zero. */
  readonly clearsUnusedBits: boolean;
}

/**
 * De-identifies a data set by the Basic Application Level Confidentiality Profile with the options of a profile: a new data set, in which
 * nothing that the table of attributes removes is left, at any level. The same data set gives the same result under the same secret.
 * What stands behind Pixel Data (signatures, padding, private elements) is to be left out. PS3.15 E.1.1, E.2, E.3.
 * @throws DicomError `not-deidentifiable`, with the reason, for what cannot be made safe
 */
export async function deidentify(dataSet: DataSet, options: DeidentifyOptions): Promise<Deidentified> {
  const { profile, mac, scope } = options;
  const rules = findPixelRules(profile.regions ?? [], dataSet);
  const reason = refusal(dataSet, profile, rules, options.transferSyntaxUid);
  if (reason !== undefined) {
    throw new DicomError('not-deidentifiable', reason);
  }
  const decider = new Decider(profile);
  const pseudonyms = await pseudonymsOf(dataSet, mac, scope, profile.shiftDays);
  const walk = new Walk({
    decider,
    known: learn(dataSet, decider),
    pseudonyms,
    safePrivate: profile.options.includes('retainSafePrivate') ? new SafePrivate(profile.keepPrivate ?? []) : undefined,
    patient: (profile.pseudonymPrefix ?? '') + pseudonyms.patient,
  });
  const hasPixels = dataSet['7FE00010'] !== undefined;
  return {
    dataSet: { ...walk.dataSet(dataSet), ...methodOf(options, rules, hasPixels) },
    areas: hasPixels ? rules.areas : [],
    clearsUnusedBits: hasPixels && hasEmbeddedOverlay(dataSet),
  };
}

function codeItem([value, meaning]: MethodCode): DataSet {
  return {
    '00080100': { vr: 'SH', Value: [value] },
    '00080102': { vr: 'SH', Value: ['DCM'] },
    '00080104': { vr: 'LO', Value: [meaning] },
  };
}

/** What tells that, and how, a data set was de-identified. PS3.15 E.1.1, PS3.3 C.7.1.1, C.12.1. */
function methodOf({ profile, name }: DeidentifyOptions, { speakOf }: FoundPixelRules, hasPixels: boolean): DataSet {
  const chosen = new Set(profile.options);
  const cleanedText = hasPixels && speakOf.has('text');
  const cleanedFaces = hasPixels && speakOf.has('face');
  const codes = DEIDENTIFICATION_OPTIONS.filter((option) => {
    switch (option) {
      case 'cleanPixelData':
        return cleanedText;
      case 'cleanRecognizableVisualFeatures':
        return cleanedFaces;
      default:
        return chosen.has(option);
    }
  }).map((option) => OPTION_CODES[option]);
  const dates = chosen.has('retainFullDates') ? 'UNMODIFIED' : chosen.has('retainModifiedDates') ? 'MODIFIED' : 'REMOVED';
  const said: MutableDataSet = {
    '00120062': { vr: 'CS', Value: ['YES'] },
    '00120063': { vr: 'LO', Value: ['Filmless', 'DICOM PS3.15 E.2', name.slice(0, 64)] },
    '00120064': { vr: 'SQ', Value: [BASIC_PROFILE_CODE, ...codes].map(codeItem) },
    '00280303': { vr: 'CS', Value: [dates] },
  };
  if (cleanedText) {
    said['00280301'] = { vr: 'CS', Value: ['NO'] };
  }
  if (cleanedFaces) {
    said['00280302'] = { vr: 'CS', Value: ['NO'] };
  }
  return said;
}

/** Who a data set says that it is: Study, Series and SOP Instance UID, SOP Class UID; empty where it does not say. */
export function identityOf(dataSet: DataSet): Readonly<Record<'study' | 'series' | 'instance' | 'sopClass', string>> {
  return {
    study: firstText(dataSet, '0020000D') ?? '',
    series: firstText(dataSet, '0020000E') ?? '',
    instance: firstText(dataSet, '00080018') ?? '',
    sopClass: firstText(dataSet, '00080016') ?? '',
  };
}
