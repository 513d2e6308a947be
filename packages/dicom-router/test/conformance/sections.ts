import { performedStepAttributes, queryLevels, worklistAttributes } from './attributes.ts';
import { interoperation, proofs } from './interoperation.ts';
import {
  acceptedServices,
  answeredUserInformation,
  extendedNegotiation,
  rejections,
  storageSopClasses,
  transferSyntaxes,
} from './negotiated.ts';
import { associationLimits, characterSets, cover, tlsProfile } from './settings.ts';
import { failureReasons, statuses } from './statuses.ts';

/** What stands between the markers of docs/conformance.md. */
export const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['cover', cover()],
  ['services', acceptedServices()],
  ['user-information', answeredUserInformation()],
  ['limits', associationLimits()],
  ['rejections', rejections()],
  ['extended-negotiation', extendedNegotiation()],
  ['query-levels', queryLevels()],
  ['worklist', worklistAttributes()],
  ['performed-steps', performedStepAttributes()],
  ['failure-reasons', failureReasons()],
  ['statuses', statuses()],
  ['character-sets', characterSets()],
  ['tls', tlsProfile()],
  ['interoperation', interoperation()],
  ['proofs', proofs()],
  ['storage', storageSopClasses()],
  ['transfer-syntaxes', transferSyntaxes()],
]);
