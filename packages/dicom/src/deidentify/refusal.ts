import { firstNumber, firstText, items, itemsOf } from '../dataset/accessors.ts';
import type { DataSet } from '../dataset/model.ts';
import { findTransferSyntax } from '../transfer-syntax.ts';
import type { FoundPixelRules } from './pixel-rules.ts';
import type { AcceptedRisk, DeidentificationProfile } from './profile.ts';

const PIXEL_DATA = '7FE00010';
const AUDIO: ReadonlySet<string> = new Set(['1.2.840.10008.5.1.4.1.1.9.4.1', '1.2.840.10008.5.1.4.1.1.9.4.2']);
const DICOMDIR = '1.2.840.10008.1.3.10';
/** Ultrasound and secondary capture: their machines write the patient's name into the picture, and seldom say so. */
const OFTEN_BURNED_IN = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(?:3(?:\.1)?|6(?:\.\d)?|7(?:\.\d)?)$/;

function holdsDocument(dataSet: DataSet): boolean {
  return Object.entries(dataSet).some(
    ([tag, attribute]) => tag === '00420011' || (attribute.vr === 'SQ' && itemsOf(attribute).some(holdsDocument)),
  );
}

interface Refused {
  readonly risk: AcceptedRisk;
  readonly reason: string;
}

function burnedIn(dataSet: DataSet, profile: DeidentificationProfile, { speakOf }: FoundPixelRules): readonly Refused[] {
  if (dataSet[PIXEL_DATA] === undefined || speakOf.has('text')) {
    return [];
  }
  const said = firstText(dataSet, '00280301')?.toUpperCase();
  const risk = 'burnedIn';
  const remedy =
    'name the areas of such images under "regions" of the profile, or none where somebody looked and nothing is there';
  if (said === 'YES') {
    return [{ risk, reason: `the image says that it has text burned in (0028,0301): ${remedy}` }];
  }
  if (profile.options.includes('cleanPixelData')) {
    return [{ risk, reason: `cleanPixelData is asked for, and no region speaks of such images: ${remedy}` }];
  }
  return said !== 'NO' && OFTEN_BURNED_IN.test(firstText(dataSet, '00080016') ?? '')
    ? [{ risk, reason: `ultrasound images and screenshots mostly have the patient's name burned in: ${remedy}` }]
    : [];
}

function faces(dataSet: DataSet, profile: DeidentificationProfile, { speakOf }: FoundPixelRules): readonly Refused[] {
  if (dataSet[PIXEL_DATA] === undefined || speakOf.has('face')) {
    return [];
  }
  const says = firstText(dataSet, '00280302')?.toUpperCase() === 'YES';
  return says || profile.options.includes('cleanRecognizableVisualFeatures')
    ? [
        {
          risk: 'faces',
          reason: `${says ? 'the image says that a face can be recognised in it (0028,0302)' : 'cleanRecognizableVisualFeatures is asked for'}, and no region that hides faces speaks of such images`,
        },
      ]
    : [];
}

/**
 * Why an object cannot be made safe, in words; undefined when it can. What the profile accepts is no reason.
 * @param transferSyntaxUid what its pixels are in
 */
export function refusal(
  dataSet: DataSet,
  profile: DeidentificationProfile,
  rules: FoundPixelRules,
  transferSyntaxUid: string,
): string | undefined {
  const sopClassUid = firstText(dataSet, '00080016') ?? '';
  if (sopClassUid === DICOMDIR || items(dataSet, '00041220').length > 0) {
    return 'a directory of files (DICOMDIR) names every patient in it, and is no object of one';
  }
  const refused: readonly Refused[] = [
    ...(holdsDocument(dataSet)
      ? [{ risk: 'document', reason: 'an encapsulated document (PDF, CDA, STL, ...) cannot be looked into' } as const]
      : []),
    ...(AUDIO.has(sopClassUid) ? [{ risk: 'audio', reason: 'a recorded voice cannot be made unknown' } as const] : []),
    ...(findTransferSyntax(transferSyntaxUid)?.coding === 'mpeg'
      ? [{ risk: 'video', reason: 'a video may show faces and text, and have sound' } as const]
      : []),
    ...burnedIn(dataSet, profile, rules),
    ...faces(dataSet, profile, rules),
  ];
  return refused.find(({ risk }) => profile.accept?.includes(risk) !== true)?.reason;
}

/** Overlays that lie in bits of Pixel Data which its samples do not use. PS3.5 8.1.2, retired. */
export function hasEmbeddedOverlay(dataSet: DataSet): boolean {
  return Object.keys(dataSet).some((tag) => {
    const group = tag.slice(0, 4);
    const isOverlay = /^60[0-9A-F][02468ACE]$/.test(group);
    return isOverlay && dataSet[`${group}3000`] === undefined && (firstNumber(dataSet, `${group}0100`) ?? 1) > 1;
  });
}
