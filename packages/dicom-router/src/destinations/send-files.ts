import { readFileMeta } from '@filmless/dicom';
import type { Dialogue } from '../dimse/dialogue.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import { describeStatus, isKept } from '../dimse/status.ts';
import { type StoreOperation, store } from '../dimse/store.ts';
import { RouterError } from '../errors.ts';
import { type RouterLimits, routerLimits } from '../limits.ts';
import type { TlsClient } from '../ul/tls/tls-client.ts';

export interface SendFilesOptions {
  readonly host: string;
  readonly port: number;
  readonly calledAe: string;
  readonly callingAe: string;
  /** Called in the clear without. */
  readonly tls?: TlsClient | undefined;
  readonly limits?: Partial<RouterLimits>;
  readonly signal?: AbortSignal;
}

/** What became of the files, in their order. */
export interface SentFiles {
  readonly sent: number;
  /** SOP Instance UID and what the peer answered. */
  readonly refused: readonly { readonly sopInstanceUid: string; readonly problem: string }[];
}

/** An association that takes one pair of SOP class and transfer syntax: that of the files being sent. */
interface Current {
  readonly pair: string;
  readonly dialogue: Dialogue;
}

/**
 * Sends Part 10 files by C-STORE, each as it is, one after the other; a file in memory at a time.
 * @throws RouterError when the peer cannot be reached, rejects or ends the association; DicomError for what is no Part 10 file
 */
export async function sendFiles(options: SendFilesOptions, files: AsyncIterable<Uint8Array>): Promise<SentFiles> {
  const limits = routerLimits(options.limits);
  const refused: { readonly sopInstanceUid: string; readonly problem: string }[] = [];
  let sent = 0;
  let current: Current | undefined;
  try {
    for await (const file of files) {
      options.signal?.throwIfAborted();
      const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSetOffset } = identify(file);
      const pair = `${sopClassUid} ${transferSyntaxUid}`;
      if (current?.pair !== pair) {
        await current?.dialogue.release();
        current = { pair, dialogue: await open(options, limits, sopClassUid, transferSyntaxUid) };
      }
      const operation = { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet: file.subarray(dataSetOffset) };
      const problem = await storeOne(current.dialogue, operation);
      if (problem === undefined) {
        sent += 1;
      } else {
        refused.push({ sopInstanceUid, problem });
      }
    }
    await current?.dialogue.release();
  } finally {
    current?.dialogue.abort();
  }
  return { sent, refused };
}

/** @throws RouterError, DicomError */
function identify(file: Uint8Array) {
  const { meta, dataSetOffset } = readFileMeta(file);
  const { mediaStorageSopClassUid: sopClassUid, mediaStorageSopInstanceUid: sopInstanceUid, transferSyntaxUid } = meta;
  if (sopClassUid === undefined || sopInstanceUid === undefined) {
    throw new RouterError('invalid-request', 'a file to be sent has no SOP class or instance UID in its file meta information');
  }
  return { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSetOffset };
}

function open(
  { host, port, calledAe, callingAe, tls, signal }: SendFilesOptions,
  limits: RouterLimits,
  sopClassUid: string,
  transferSyntaxUid: string,
): Promise<Dialogue> {
  const contexts = [{ id: 1, abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid] }];
  return openDialogue({ host, port, calledAe, callingAe, contexts, tls, limits, ...(signal === undefined ? {} : { signal }) });
}

/** What the peer had against it. */
async function storeOne(dialogue: Dialogue, operation: StoreOperation): Promise<string | undefined> {
  try {
    const { status, comment } = await store(dialogue, operation);
    if (isKept(status)) {
      return undefined;
    }
    return `answered ${describeStatus(status)}${comment === undefined ? '' : `: ${comment}`}`;
  } catch (error) {
    if (error instanceof RouterError && error.code === 'context-refused') {
      return error.message;
    }
    throw error;
  }
}
