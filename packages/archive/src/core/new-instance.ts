import type { Source } from '@filmless/access';
import type { PlannedWrite } from '@filmless/disk';
import { seriesFacts, studyFacts } from './describe.ts';
import type { Envelope } from './envelope.ts';
import type { NewInstance, Sender } from './index-port.ts';
import { type LookedAt, parseHeader } from './looked-at.ts';

export interface Ownership {
  /** Facility that owns the study, or will. */
  readonly facility: string;
  /** Its issuer of patient ids, for headers that name none. */
  readonly issuer: string;
}

/** Where an object lies in the store, and the inflated form of a deflated one. */
export interface Kept {
  readonly object: string;
  readonly inflated: string | null;
  /** What is still to be written of it. */
  readonly write?: PlannedWrite | undefined;
  /** Of the object, where several processes store. */
  readonly run?: string | undefined;
}

/** An object with its envelope, as the index takes it. */
export function newInstance(object: LookedAt, envelope: Envelope, keys: Kept, owner: Ownership): NewInstance {
  const { studyInstanceUid, seriesInstanceUid, headerText } = object;
  return {
    studyInstanceUid,
    seriesInstanceUid,
    get study() {
      return studyFacts(parseHeader(object), studyInstanceUid, owner.issuer);
    },
    get series() {
      return seriesFacts(parseHeader(object), studyInstanceUid, seriesInstanceUid);
    },
    instance: {
      ...object.facts,
      sopInstanceUid: object.sopInstanceUid,
      sopClassUid: object.sopClassUid,
      transferSyntaxUid: object.transferSyntax.uid,
      frameCount: object.frames.count,
      size: envelope.size,
      dataSetOffset: envelope.dataSetOffset,
      sha256: envelope.sha256,
      receivedAt: envelope.receivedAt,
      objectKey: keys.object,
      inflatedKey: keys.inflated,
      sender: senderOf(envelope.source),
    },
    get header() {
      return parseHeader(object);
    },
    headerText,
    bulk: object.bulk,
    frames: object.frames,
    facility: owner.facility,
    verified: envelope.source.verified,
    write: keys.write,
    run: keys.run,
  };
}

/** Of what a router relays, the machine and the token it came by. */
function senderOf({ callingAe, user, address }: Source): Sender {
  return { callingAe: callingAe ?? null, user: user ?? null, address };
}
