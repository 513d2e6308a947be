import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, readDataSet, TAG, texts, transferSyntax, writeDataSet } from '@filmless/dicom';
import { COMMAND } from '../src/dimse/command-field.ts';
import type { CommandSet } from '../src/dimse/command-set.ts';
import type { Dialogue, DimseResponse } from '../src/dimse/dialogue.ts';
import { openDialogue } from '../src/dimse/open-dialogue.ts';
import type { Service } from '../src/dimse/provider.ts';
import { routerLimits } from '../src/limits.ts';
import type { RequestOptions } from '../src/ul/requestor.ts';

/** The operations. */
type What = 'find' | 'move' | 'get';

export const STUDY_ROOT: Readonly<Record<What, string>> = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
};
export const PATIENT_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.1.1';

const FIELDS: Readonly<Record<What, number>> = { find: COMMAND.cFindRq, move: COMMAND.cMoveRq, get: COMMAND.cGetRq };

/** A response as a test looks at it. */
export interface Heard {
  readonly status: string;
  readonly comment?: string;
  readonly command: CommandSet;
  readonly dataSet: DataSet | undefined;
}

/** Somebody who queries and retrieves, over an association of its own. */
export class QueryUser implements AsyncDisposable {
  readonly dialogue: Dialogue;

  private constructor(dialogue: Dialogue) {
    this.dialogue = dialogue;
  }

  static async open(
    port: number,
    abstractSyntaxes: readonly string[],
    options: Partial<RequestOptions> = {},
    services: readonly Service[] = [],
  ): Promise<QueryUser> {
    const contexts = abstractSyntaxes.map((abstractSyntax, index) => ({
      id: 2 * index + 1,
      abstractSyntax,
      transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN],
    }));
    const own = { host: '127.0.0.1', port, calledAe: 'FILMLESS', callingAe: 'WS01', contexts, limits: routerLimits() };
    return new QueryUser(await openDialogue({ ...own, ...options }, services));
  }

  /** Responses as they come; a loop that is left early cancels. */
  async *ask(
    what: What,
    level: string | undefined,
    keys: DataSet,
    command: Partial<CommandSet> = {},
    sopClass: string = STUDY_ROOT[what],
  ): AsyncGenerator<Heard, void, void> {
    const context = this.dialogue.association.contexts.values().find(({ abstractSyntax }) => abstractSyntax === sopClass);
    if (context === undefined) {
      throw new Error(`${sopClass} was not accepted`);
    }
    const identifier = {
      ...keys,
      ...(level === undefined ? {} : { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] } as const }),
    };
    const bytes = writeDataSet(identifier, { explicitVr: true });
    const request = { AffectedSOPClassUID: sopClass, CommandField: FIELDS[what], Priority: 0, ...command };
    for await (const response of this.dialogue.perform(context, request, bytes)) {
      yield heard(response);
    }
  }

  async all(...asked: Parameters<QueryUser['ask']>): Promise<readonly Heard[]> {
    return await Array.fromAsync(this.ask(...asked));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dialogue.release().catch(() => undefined);
    this.dialogue.abort();
  }
}

function heard({ status, comment, command, dataSet }: DimseResponse): Heard {
  return {
    status: status.toString(16).toUpperCase().padStart(4, '0'),
    ...(comment === undefined ? {} : { comment }),
    command,
    dataSet:
      dataSet === undefined
        ? undefined
        : readDataSet(dataSet, { transferSyntax: transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN) }).dataSet,
  };
}

/** Failed SOP Instance UID List of a last response. */
export function failedUids(response: Heard | undefined): readonly string[] {
  return texts(response?.dataSet ?? {}, TAG.FailedSOPInstanceUIDList);
}

/** Remaining, completed, failed, with warning. */
export function counts({ command }: Heard): readonly (number | undefined)[] {
  return [
    command.NumberOfRemainingSuboperations,
    command.NumberOfCompletedSuboperations,
    command.NumberOfFailedSuboperations,
    command.NumberOfWarningSuboperations,
  ];
}
