import type { EndedAssociation } from '../association-journal.ts';
import type { Refused } from '../ul/acceptor.ts';
import { newAssociationId } from '../ul/association-id.ts';
import { findingOf } from './finding-of.ts';

/** NOTE: who only looks whether the port is open, as monitors do, asked for nothing and is no trouble. */
export function refusedEntry(refused: Refused): EndedAssociation {
  const { id, address, secure, callingAe = '', calledAe = '', detail, finding, error } = refused;
  const found = finding ?? findingOf(error, true);
  const findings = found.cause === 'connected-and-left' ? [] : [{ ...found, scope: 'association', detail } as const];
  return { id, direction: 'in', callingAe, calledAe, address, secure, outcome: 'refused', detail, findings };
}

/** Type, reserved, length, version, reserved, called and calling AE title of an A-ASSOCIATE-RQ. PS3.8 9.3.2. */
const HEADER_BYTES = 42;
const ASSOCIATE_RQ = 0x01;

/** An association request that came to a port where no DICOM is spoken; undefined for anything else. */
export function astrayEntry(from: string, first: Uint8Array): EndedAssociation | undefined {
  const bytes = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  if (bytes.byteLength < HEADER_BYTES || bytes.readUInt8(0) !== ASSOCIATE_RQ || bytes.readUInt16BE(6) !== 1) {
    return undefined;
  }
  const title = (at: number) =>
    bytes
      .toString('latin1', at, at + 16)
      .replace(/[^\x20-\x7e]/g, '')
      .trim();
  const [calledAe, callingAe] = [title(10), title(26)];
  const detail = 'it asked for an association at the HTTP port';
  return {
    id: newAssociationId(),
    direction: 'in',
    callingAe,
    calledAe,
    address: from.replace(/^::ffff:/, ''),
    secure: false,
    outcome: 'refused',
    detail,
    findings: [{ cause: 'dicom-on-http-port', facts: {}, scope: 'association', detail }],
  };
}
