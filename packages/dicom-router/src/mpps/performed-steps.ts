import { type DataSet, parseDicomJson, stringifyDicomJson } from '@filmless/dicom';
import type { Answer } from '../dimse/provider.ts';
import { RouterError } from '../errors.ts';
import type { ArchiveFetch, OnBehalf } from '../router.ts';
import { NO_LONGER_UPDATED } from './sop-class.ts';
import { tagNumber } from './tag-number.ts';

/** A refusal of the archive's. */
interface Problem {
  readonly status: number;
  readonly code: string;
  readonly attribute: string;
}

/** The performed procedure steps of the archive, as a machine may see and change them. */
export class PerformedSteps {
  readonly #archiveFetch: ArchiveFetch;
  readonly #caller: OnBehalf;
  readonly #signal: AbortSignal;

  constructor(archiveFetch: ArchiveFetch, caller: OnBehalf, signal: AbortSignal) {
    this.#archiveFetch = archiveFetch;
    this.#caller = caller;
    this.#signal = signal;
  }

  /** Undefined when it is safe, else what is answered instead. */
  async create(uid: string, dataSet: DataSet): Promise<Answer | undefined> {
    return await this.#change('POST', uid, dataSet);
  }

  /** Likewise, for a list of attributes that take the place of those there. */
  async modify(uid: string, dataSet: DataSet): Promise<Answer | undefined> {
    return await this.#change('PUT', uid, dataSet);
  }

  /** Undefined when there is none of the facility. @throws RouterError `archive` */
  async find(uid: string): Promise<DataSet | undefined> {
    const response = await this.#ask('GET', uid);
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new RouterError('archive', `the archive answered ${response.status} to a question for a performed step`);
    }
    const found: unknown = await response.json();
    return parseDicomJson(Array.isArray(found) ? found[0] : found);
  }

  async #change(method: 'POST' | 'PUT', uid: string, dataSet: DataSet): Promise<Answer | undefined> {
    const response = await this.#ask(method, uid, stringifyDicomJson(dataSet));
    if (response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return answerTo(await problemOf(response));
  }

  async #ask(method: string, uid: string, body?: string): Promise<Response> {
    const headers = { accept: 'application/dicom+json', 'content-type': 'application/dicom+json' };
    const init = { method, headers, signal: this.#signal, ...(body === undefined ? {} : { body }) };
    return await this.#archiveFetch(new Request(`http://archive/api/performed-steps/${uid}`, init), this.#caller);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const { code, attribute } = parseFields(text);
  return {
    status: response.status,
    code: typeof code === 'string' ? code : '',
    attribute: typeof attribute === 'string' ? attribute : '',
  };
}

function parseFields(text: string): { readonly code?: unknown; readonly attribute?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Statuses for what the archive refuses. PS3.4 F.7.2.1.2, F.7.2.2.2. */
function answerTo({ status, code, attribute }: Problem): Answer {
  switch (code) {
    case 'duplicate':
      return { status: 'duplicateSopInstance', comment: 'there is a performed procedure step of this UID' };
    case 'unknown':
      return UNKNOWN_STEP;
    case 'final':
      return FINAL_STEP;
    case 'invalid': {
      const tag = /^[0-9A-F]{8}$/i.test(attribute) ? attribute : undefined;
      return {
        status: 'invalidAttributeValue',
        comment: tag === undefined ? 'an attribute has an invalid value' : `invalid value: ${tag}`,
        ...(tag === undefined ? {} : { elements: { AttributeIdentifierList: [tagNumber(tag)] } }),
      };
    }
    default:
      return status === 404
        ? UNKNOWN_STEP
        : status === 403
          ? { status: 'notAuthorized', comment: 'it may not do that here' }
          : { status: 'processingFailure', comment: 'try again later', problem: `the archive answered ${status} ${code}` };
  }
}

export const UNKNOWN_STEP: Answer = { status: 'noSuchSopInstance', comment: 'no performed procedure step has this UID' };

/** PS3.4 F.7.2.2.2. */
export const FINAL_STEP: Answer = {
  status: 'processingFailure',
  comment: 'Performed Procedure Step Object may no longer be updated',
  elements: { ErrorID: NO_LONGER_UPDATED },
};
