import type { Attribute, DataSet } from '@filmless/dicom';
import { instanceUrl, studyUrl } from '../context.ts';
import type { PartOutcome } from './receive.ts';

/** Status and body of a Store Instances response. PS3.18 10.5.3. */
export interface StoreAnswer {
  readonly status: 200 | 202 | 409 | 413 | 503;
  readonly dataSet: DataSet;
}

type Refused = Extract<PartOutcome, { readonly status: 'refused' }>;
type Kept = Exclude<PartOutcome, Refused>;

/** Failure Reason by what went wrong. PS3.18 I.2.2, PS3.4 table B.2-1. */
const FAILURE: Readonly<Record<Refused['reason'], number>> = {
  full: 0xa700,
  away: 0xa701,
  forbidden: 0x0124,
  broken: 0xc000,
  'too-large': 0xa702,
  unsupported: 0xc001,
};
/** Understood, but it does not belong into the study of the path. */
const DOES_NOT_MATCH = 0xa900;
/** Kept aside for a person to decide: another object has this UID. PS3.18 I.2.1. */
const KEPT_ASIDE = 0xb000;

/** Tells of each instance what became of it. */
export function storeAnswer(outcomes: readonly PartOutcome[], root: string): StoreAnswer {
  const kept = outcomes.filter((outcome) => outcome.status !== 'refused');
  const refused = outcomes.filter((outcome) => outcome.status === 'refused');
  const studies = new Set(kept.map(({ studyInstanceUid }) => studyInstanceUid));
  const [study] = studies;
  return {
    status: statusOf(kept, refused),
    dataSet: {
      ...(study !== undefined && studies.size === 1 ? { '00081190': text('UR', studyUrl(root, study)) } : {}),
      ...sequence('00081198', refused.filter(isNamed).map(failedItem)),
      ...sequence(
        '00081199',
        kept.map((outcome) => storedItem(outcome, root)),
      ),
      // Parts that do not tell which instance they are. PS3.18 I.2.2: Other Failures Sequence.
      ...sequence(
        '0008119A',
        refused.filter((outcome) => !isNamed(outcome)).map((outcome) => ({ '00081197': us(FAILURE[outcome.reason]) })),
      ),
    },
  };
}

/** PS3.18 table 10.5.3-1. */
function statusOf(kept: readonly Kept[], refused: readonly Refused[]): StoreAnswer['status'] {
  if (kept.length > 0) {
    return refused.length === 0 && kept.every(({ status }) => status !== 'conflict') ? 200 : 202;
  }
  if (refused.some(({ reason }) => reason === 'full' || reason === 'away')) {
    return 503;
  }
  return refused.length > 0 && refused.every(({ reason }) => reason === 'too-large') ? 413 : 409;
}

interface Named {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
}

function isNamed(outcome: Refused): outcome is Refused & Named {
  return 'sopInstanceUid' in outcome && outcome.sopInstanceUid !== undefined && outcome.sopClassUid !== undefined;
}

function failedItem(outcome: Refused & Named): DataSet {
  const reason = outcome.reason === 'broken' ? DOES_NOT_MATCH : FAILURE[outcome.reason];
  return { ...reference(outcome), '00081197': us(reason) };
}

function storedItem(outcome: Kept, root: string): DataSet {
  return {
    ...reference(outcome),
    '00081190': text('UR', instanceUrl(root, outcome)),
    ...(outcome.status === 'conflict' ? { '00081196': us(KEPT_ASIDE) } : {}),
  };
}

function reference({ sopClassUid, sopInstanceUid }: Named): DataSet {
  return { '00081150': text('UI', sopClassUid), '00081155': text('UI', sopInstanceUid) };
}

function sequence(tag: string, items: readonly DataSet[]): DataSet {
  return items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
}

function text(vr: 'UI' | 'UR', value: string): Attribute {
  return { vr, Value: [value] };
}

function us(value: number): Attribute {
  return { vr: 'US', Value: [value] };
}
