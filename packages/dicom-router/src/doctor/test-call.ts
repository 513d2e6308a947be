import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';
import type { CallPurpose, Calls } from '../calls.ts';
import type { TlsKeeper } from '../destinations/tls-keeper.ts';
import { VERIFICATION_SOP_CLASS } from '../dimse/command-field.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { echo } from '../dimse/echo.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import { describeStatus, isKept, statusClass } from '../dimse/status.ts';
import { store } from '../dimse/store.ts';
import type { OperationResult } from '../dimse/user.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { RouterLimits } from '../limits.ts';
import type { TlsSetting } from '../routing/tls-setting.ts';
import type { ProposedContext } from '../ul/pdu/model.ts';
import { findingOf } from './finding-of.ts';
import { TEST_IMAGE_CLASS, TEST_IMAGE_INSTANCE, testImage } from './test-image.ts';

export interface TestCaller {
  readonly aeTitle: string;
  readonly calls: Calls;
  readonly limits: RouterLimits;
  readonly tls: TlsKeeper;
}

/** Whom a person wants to try. */
export interface Tried {
  readonly title: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly tls?: TlsSetting | undefined;
}

/** What came of it. */
export interface TestOutcome {
  readonly ok: boolean;
  readonly milliseconds: number;
  /** What the peer answered, when it did. */
  readonly status?: string;
  /** What went wrong, in the log's words; empty when it went well. */
  readonly detail: string;
  readonly finding?: Finding;
}

type Step = (dialogue: Dialogue) => Promise<OperationResult & { readonly good: boolean }>;

const ECHO: Step = async (dialogue) => {
  const result = await echo(dialogue);
  return { ...result, good: statusClass(result.status) !== 'failure' };
};

const SEND: Step = async (dialogue) => {
  const accepted = dialogue.association.contexts.values().find(({ abstractSyntax }) => abstractSyntax === TEST_IMAGE_CLASS);
  const transferSyntaxUid = accepted?.transferSyntax ?? EXPLICIT_VR_LITTLE_ENDIAN;
  const bytes = testImage(transferSyntaxUid !== IMPLICIT_VR_LITTLE_ENDIAN);
  const instance = { sopClassUid: TEST_IMAGE_CLASS, sopInstanceUid: TEST_IMAGE_INSTANCE, transferSyntaxUid };
  const result = await store(dialogue, { ...instance, dataSet: bytes });
  return { ...result, good: isKept(result.status) };
};

/** Asks whether an entity is there (C-ECHO). @throws RouterError `invalid-request` when nobody knows where it is */
export function tryEcho(caller: TestCaller, tried: Tried, signal: AbortSignal): Promise<TestOutcome> {
  const contexts = [{ id: 1, abstractSyntax: VERIFICATION_SOP_CLASS, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
  return perform(caller, tried, { purpose: 'echo', contexts, step: ECHO, signal });
}

/** Sends an image that is nobody's. @throws RouterError `invalid-request` when nobody knows where the entity is */
export function trySending(caller: TestCaller, tried: Tried, signal: AbortSignal): Promise<TestOutcome> {
  const transferSyntaxes = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];
  const contexts = [{ id: 1, abstractSyntax: TEST_IMAGE_CLASS, transferSyntaxes }];
  return perform(caller, tried, { purpose: 'test-image', contexts, step: SEND, signal });
}

interface Trial {
  readonly purpose: CallPurpose;
  readonly contexts: readonly ProposedContext[];
  readonly step: Step;
  readonly signal: AbortSignal;
}

async function perform({ aeTitle, calls, limits, tls }: TestCaller, tried: Tried, trial: Trial): Promise<TestOutcome> {
  const { title, host, port } = tried;
  if (host === undefined || port === undefined) {
    throw new RouterError('invalid-request', `host and port of ${title} are not known: enter them first`);
  }
  const { purpose, contexts, step, signal } = trial;
  const began = performance.now();
  const passed = () => Math.round(performance.now() - began);
  try {
    const dialogue = await openDialogue({
      host,
      port,
      calledAe: title,
      callingAe: aeTitle,
      contexts,
      tls: tls.client(tried.tls),
      limits,
      call: { purpose, calls },
      signal,
    });
    try {
      const { good, status } = await step(dialogue);
      const answered = describeStatus(status);
      const milliseconds = passed();
      await dialogue.release();
      const finding: Finding = { cause: 'peer-refused-object', facts: { service: NAMES[purpose] ?? '', status: answered } };
      return good
        ? { ok: true, milliseconds, status: answered, detail: '' }
        : { ok: false, milliseconds, status: answered, detail: `answered ${answered}`, finding };
    } finally {
      dialogue.abort();
    }
  } catch (error) {
    return { ok: false, milliseconds: passed(), detail: messageOf(error), finding: findingOf(error) };
  }
}

const NAMES: Partial<Readonly<Record<CallPurpose, string>>> = { echo: 'C-ECHO', 'test-image': 'C-STORE' };
