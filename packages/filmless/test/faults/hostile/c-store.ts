import { commandTextOf, commandValue, DicomPeer } from './dicom-peer.ts';
import {
  APPLICATION_CONTEXT,
  associateHead,
  FLAG,
  pData,
  pdu,
  proposedContext,
  releaseRq,
  storeRq,
  userInformation,
} from './pdus.ts';

export interface ToStore {
  readonly port: number;
  readonly callingAe: string;
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly transferSyntax: string;
  /** In pieces no longer than the peer takes in one PDU. */
  readonly dataSet: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** What a C-STORE ended in: a status with its Error Comment, or how the association did. */
export type Stored =
  | { readonly kind: 'status'; readonly status: number; readonly comment: string }
  | { readonly kind: 'rejected' | 'context refused' | 'aborted' | 'closed' | 'silence' };

const PATIENCE_MS = 120_000;
const CONTEXT_ID = 1;
export const PIECE_BYTES = 262_144;

/** Bytes in the pieces that one PDU takes. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

/** Sends one instance on an association of its own, as the bytes are, whatever they are. */
export async function cStore({ port, callingAe, sopClass, sopInstance, transferSyntax, dataSet }: ToStore): Promise<Stored> {
  using peer = await DicomPeer.connect(port, '127.0.0.1');
  const context = proposedContext(CONTEXT_ID, sopClass, transferSyntax);
  peer.say(pdu(1, Buffer.concat([associateHead('FILMLESS', callingAe), APPLICATION_CONTEXT, context, userInformation()])));
  const accepted = await peer.hear(PATIENCE_MS);
  if (typeof accepted === 'string' || accepted.type !== 2) {
    return { kind: accepted === 'silence' ? 'silence' : 'rejected' };
  }
  if (resultOf(accepted.body) !== 0) {
    peer.say(releaseRq);
    return { kind: 'context refused' };
  }
  peer.say(pData(CONTEXT_ID, FLAG.command | FLAG.last, storeRq(1, sopClass, sopInstance)));
  for await (const piece of dataSet) {
    peer.say(pData(CONTEXT_ID, FLAG.dataSet, piece));
    await peer.room();
  }
  peer.say(pData(CONTEXT_ID, FLAG.last, Buffer.alloc(0)));
  const answer = await peer.hear(PATIENCE_MS);
  if (typeof answer === 'string') {
    return { kind: answer };
  }
  if (answer.type !== 4) {
    return { kind: 'aborted' };
  }
  const command = answer.body.subarray(6);
  peer.say(releaseRq);
  await peer.hear(PATIENCE_MS);
  return { kind: 'status', status: commandValue(command, 0x0900) ?? -1, comment: commandTextOf(command, 0x0902) ?? '' };
}

/** Result of the only presentation context in an A-ASSOCIATE-AC. PS3.8 9.3.3.2. */
function resultOf(accept: Buffer): number | undefined {
  for (let at = 68; at + 4 <= accept.byteLength; at += 4 + accept.readUInt16BE(at + 2)) {
    if (accept[at] === 0x21) {
      return accept[at + 6];
    }
  }
  return undefined;
}
