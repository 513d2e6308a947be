import type { InspectedObject } from '@filmless/dicom';
import { instanceFacts, seriesFacts, studyFacts } from './describe.ts';
import type { Envelope } from './envelope.ts';
import type { NewInstance } from './index-port.ts';
import { keysOf } from './object-key.ts';

export interface Ownership {
  /** Facility that owns the study, or will. */
  readonly facility: string;
  /** Its issuer of patient ids, for headers that name none. */
  readonly issuer: string;
}

/** An inspected object with its envelope, as the index takes it. */
export function newInstance(object: InspectedObject, envelope: Envelope, objectKey: string, owner: Ownership): NewInstance {
  const { header } = object;
  return {
    study: studyFacts(header, object.studyInstanceUid, owner.issuer),
    series: seriesFacts(header, object.studyInstanceUid, object.seriesInstanceUid),
    instance: {
      ...instanceFacts(header),
      sopInstanceUid: object.sopInstanceUid,
      sopClassUid: object.sopClassUid,
      transferSyntaxUid: object.transferSyntax.uid,
      frameCount: object.frames.count,
      size: envelope.size,
      dataSetOffset: envelope.dataSetOffset,
      sha256: envelope.sha256,
      receivedAt: envelope.receivedAt,
      objectKey,
      inflatedKey: object.inflated === undefined ? null : keysOf(objectKey).inflated,
    },
    header,
    bulk: object.bulk,
    frames: object.frames,
    facility: owner.facility,
    verified: envelope.source.verified,
  };
}
