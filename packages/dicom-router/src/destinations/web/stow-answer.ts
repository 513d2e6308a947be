import { type DataSet, firstNumber, firstText, items, parseDicomJson } from '@filmless/dicom';
import { describeStatus, isTransient, STATUS } from '../../dimse/status.ts';
import type { SendOutcome } from '../send-instances.ts';

const FAILED_SOP_SEQUENCE = '00081198';
const REFERENCED_SOP_SEQUENCE = '00081199';
const OTHER_FAILURES_SEQUENCE = '0008119A';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
const FAILURE_REASON = '00081197';
const WARNING_REASON = '00081196';

/** What a server said of the instances of one request, by SOP Instance UID. PS3.18 10.5.3. */
export interface StowAnswer {
  readonly outcomes: ReadonlyMap<string, SendOutcome>;
  /** Of one it did not name. */
  readonly unnamed: SendOutcome | undefined;
}

/** Undefined when the text is no Store Instances response. */
export function readStowAnswer(text: string): StowAnswer | undefined {
  let dataSet: DataSet;
  try {
    const parsed: unknown = JSON.parse(text);
    // Some servers put it into a list of one.
    dataSet = parseDicomJson(Array.isArray(parsed) ? parsed[0] : parsed);
  } catch {
    return undefined;
  }
  const outcomes = new Map<string, SendOutcome>();
  for (const item of items(dataSet, REFERENCED_SOP_SEQUENCE)) {
    const warning = firstNumber(item, WARNING_REASON);
    const outcome: SendOutcome = warning === undefined || warning === 0 ? { kind: 'done' } : { kind: 'done', status: warning };
    outcomes.set(firstText(item, REFERENCED_SOP_INSTANCE_UID) ?? '', outcome);
  }
  for (const item of items(dataSet, FAILED_SOP_SEQUENCE)) {
    outcomes.set(firstText(item, REFERENCED_SOP_INSTANCE_UID) ?? '', failureOf(item));
  }
  const [other] = items(dataSet, OTHER_FAILURES_SEQUENCE);
  return { outcomes, unnamed: other === undefined ? undefined : failureOf(other) };
}

/**
 * A reason is worth another try when it may be over later. A702H, which no service class defines for storing, is what archives say
 * of an instance that is too long for them. PS3.18 I.2.2, PS3.4 B.2.3.
 */
function failureOf(item: DataSet): SendOutcome {
  const status = firstNumber(item, FAILURE_REASON) ?? STATUS.processingFailure;
  if (status === STATUS.duplicateSopInstance) {
    return { kind: 'done', status };
  }
  if (status === STATUS.unableToPerformSuboperations) {
    return { kind: 'aside', status, problem: 'answered A702H (the instance is too long for it)' };
  }
  return { kind: isTransient(status) ? 'again' : 'aside', status, problem: `answered ${describeStatus(status)}` };
}
