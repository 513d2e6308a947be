import type { Log } from '@filmless/access';
import { type DataSet, parseDicomJson, stringifyDicomJson, TAG } from '@filmless/dicom';
import { canBeNamed, sourceHeader } from '@filmless/dicom-router';
import { GATEWAY_LIMITS } from '../limits.ts';
import { type Ask, AwayError, jsonOf } from './ask.ts';

export interface StepRelayOptions {
  readonly centre: Ask;
  /** The archive here, with the right to view all facilities. */
  readonly local: Ask;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** What was said here up to then stands at the centre; ISO 8601, UTC. */
  readonly through: string;
}

/** A performed procedure step as a list of them shows it. */
interface ListedStep {
  readonly uid: string;
  readonly facility: string;
  readonly state: string;
  readonly stationAeTitle: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const DICOM_JSON = 'application/dicom+json';
const IN_PROGRESS = 'IN PROGRESS';

/**
 * Brings to the centre what machines said here of the steps they perform: what stands there is made the same as what stands here,
 * however many messages were missed. PS3.4 F.7.
 */
export class StepRelay {
  readonly #options: StepRelayOptions;
  #through: string;

  constructor(options: StepRelayOptions) {
    this.#options = options;
    this.#through = options.through;
  }

  /** What was said here up to then stands at the centre; ISO 8601, UTC. */
  get through(): string {
    return this.#through;
  }

  /** Gives how many steps were brought there. One that fails is brought again, and with it those after it. @throws AwayError */
  async refresh(signal: AbortSignal): Promise<number> {
    const began = new Date(this.#options.now()).toISOString();
    const waiting: ListedStep[] = [];
    for await (const step of this.#recent(signal)) {
      if (step.updatedAt >= this.#through) {
        waiting.push(step);
      }
    }
    // The oldest first, as the machines said it.
    for (const step of waiting.reverse()) {
      await this.#bring(step, signal);
    }
    this.#through = began;
    return waiting.length;
  }

  /** Steps of the last days here, the newest first. */
  async *#recent(signal: AbortSignal): AsyncGenerator<ListedStep, void> {
    const oldest = new Date(this.#options.now() - GATEWAY_LIMITS.stepMemory).toISOString();
    const query = new URLSearchParams({ limit: String(GATEWAY_LIMITS.stepPage) });
    for (;;) {
      const answer = await jsonOf(await this.#options.local(`/api/performed-steps?${query}`, { signal }), 200, 'steps here');
      const { performedSteps, next } = answer as { readonly performedSteps?: unknown; readonly next?: unknown };
      for (const step of (Array.isArray(performedSteps) ? performedSteps : []).map(parseListed)) {
        if (step.createdAt < oldest) {
          return;
        }
        yield step;
      }
      if (typeof next !== 'string') {
        return;
      }
      query.set('after', next);
    }
  }

  async #bring(step: ListedStep, signal: AbortSignal): Promise<void> {
    const { centre, local } = this.#options;
    const path = `/api/performed-steps/${step.uid}`;
    const headers = { accept: DICOM_JSON };
    const here = parseStep(await jsonOf(await local(path, { headers, signal }), 200, 'the step here'));
    const there = await centre(path, { headers, signal });
    if (there.status === 404) {
      await there.body?.cancel();
      const begun = { ...here, [TAG.PerformedProcedureStepStatus]: { vr: 'CS' as const, Value: [IN_PROGRESS] } };
      if (!(await this.#write('POST', path, begun, step, signal)) || step.state === IN_PROGRESS) {
        return;
      }
    } else if (statusOf(parseStep(await jsonOf(there, 200, 'a step'))) !== IN_PROGRESS) {
      // What is completed or discontinued is changed no more, there as here.
      return;
    }
    await this.#write('PUT', path, here, step, signal);
  }

  /** False when the centre will never take it; that is told, and others are not held up by it. @throws AwayError */
  async #write(method: string, path: string, dataSet: DataSet, step: ListedStep, signal: AbortSignal): Promise<boolean> {
    const { centre, log } = this.#options;
    // A machine may write anything for its title.
    const callingAe = canBeNamed(step.stationAeTitle) ? step.stationAeTitle : '';
    const source = sourceHeader({ callingAe, address: '', facility: step.facility });
    const headers = { 'content-type': DICOM_JSON, accept: DICOM_JSON, 'filmless-source': source };
    const response = await centre(path, { method, headers, body: stringifyDicomJson(dataSet), signal });
    await response.body?.cancel();
    if (response.ok) {
      return true;
    }
    if (response.status === 400 || response.status === 409) {
      log.warn({ step: step.uid, method, status: response.status }, 'gateway.step-not-taken');
      return false;
    }
    throw new AwayError(`performed steps: answered ${response.status}`);
  }
}

function parseListed(value: unknown): ListedStep {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '');
  return {
    uid: text('sopInstanceUid'),
    facility: text('facility'),
    state: text('state'),
    stationAeTitle: text('stationAeTitle'),
    createdAt: text('createdAt'),
    updatedAt: text('updatedAt'),
  };
}

function parseStep(value: unknown): DataSet {
  return parseDicomJson(Array.isArray(value) ? value[0] : value);
}

function statusOf(dataSet: DataSet): string {
  const value = dataSet[TAG.PerformedProcedureStepStatus]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}
