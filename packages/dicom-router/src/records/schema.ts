import { forgetArrivals, noteArrival, postponeStudy, settleArrival } from './arrivals.ts';
import { deleteTrouble, logAssociations } from './association-log.ts';
import {
  abandonCommitmentRequest,
  beginCommitmentRequest,
  commitmentRequestAsked,
  forgetCommitmentRequests,
  reviveCommitmentRequests,
  takeCommitmentReport,
} from './commitment-requests.ts';
import { forgetCommitments, keepCommitment, retryCommitment, settleCheck, settleCommitment } from './commitments.ts';
import { putContacts } from './contacts.ts';
import { deleteProfile, keepSecret, putProfile, seedProfiles } from './deidentification.ts';
import {
  claimDeliveries,
  forgetDeliveries,
  giveBackDeliveries,
  queueDeliveries,
  removeDeliveries,
  retryDeliveries,
  reviveDeliveries,
  settleDeliveries,
} from './deliveries.ts';
import { forgetPrefetches, notePrefetch, settlePrefetch } from './prefetches.ts';
import { foldCommitted } from './receipt-totals.ts';
import { putRules, seedRules } from './rules.ts';
import { deleteAe, deleteDestination, putAe, putDestination, seedAes, seedDestinations } from './settings.ts';
import { noteShare } from './shares.ts';

export { migrations } from './migrations.ts';

export type RouterProcedures = {
  readonly seedAes: typeof seedAes;
  readonly putAe: typeof putAe;
  readonly deleteAe: typeof deleteAe;
  readonly seedDestinations: typeof seedDestinations;
  readonly putDestination: typeof putDestination;
  readonly deleteDestination: typeof deleteDestination;
  readonly queueDeliveries: typeof queueDeliveries;
  readonly claimDeliveries: typeof claimDeliveries;
  readonly settleDeliveries: typeof settleDeliveries;
  readonly reviveDeliveries: typeof reviveDeliveries;
  readonly retryDeliveries: typeof retryDeliveries;
  readonly forgetDeliveries: typeof forgetDeliveries;
  readonly removeDeliveries: typeof removeDeliveries;
  readonly giveBackDeliveries: typeof giveBackDeliveries;
  readonly noteShare: typeof noteShare;
  readonly noteArrival: typeof noteArrival;
  readonly settleArrival: typeof settleArrival;
  readonly postponeStudy: typeof postponeStudy;
  readonly forgetArrivals: typeof forgetArrivals;
  readonly notePrefetch: typeof notePrefetch;
  readonly settlePrefetch: typeof settlePrefetch;
  readonly forgetPrefetches: typeof forgetPrefetches;
  readonly seedRules: typeof seedRules;
  readonly putRules: typeof putRules;
  readonly logAssociations: typeof logAssociations;
  readonly deleteTrouble: typeof deleteTrouble;
  readonly putContacts: typeof putContacts;
  readonly keepCommitment: typeof keepCommitment;
  readonly settleCheck: typeof settleCheck;
  readonly settleCommitment: typeof settleCommitment;
  readonly retryCommitment: typeof retryCommitment;
  readonly forgetCommitments: typeof forgetCommitments;
  readonly beginCommitmentRequest: typeof beginCommitmentRequest;
  readonly commitmentRequestAsked: typeof commitmentRequestAsked;
  readonly abandonCommitmentRequest: typeof abandonCommitmentRequest;
  readonly takeCommitmentReport: typeof takeCommitmentReport;
  readonly reviveCommitmentRequests: typeof reviveCommitmentRequests;
  readonly forgetCommitmentRequests: typeof forgetCommitmentRequests;
  readonly foldCommitted: typeof foldCommitted;
  readonly keepSecret: typeof keepSecret;
  readonly seedProfiles: typeof seedProfiles;
  readonly putProfile: typeof putProfile;
  readonly deleteProfile: typeof deleteProfile;
};

export const procedures: RouterProcedures = {
  seedAes,
  putAe,
  deleteAe,
  seedDestinations,
  putDestination,
  deleteDestination,
  queueDeliveries,
  claimDeliveries,
  settleDeliveries,
  reviveDeliveries,
  retryDeliveries,
  forgetDeliveries,
  removeDeliveries,
  giveBackDeliveries,
  noteShare,
  noteArrival,
  settleArrival,
  postponeStudy,
  forgetArrivals,
  notePrefetch,
  settlePrefetch,
  forgetPrefetches,
  seedRules,
  putRules,
  logAssociations,
  deleteTrouble,
  putContacts,
  keepCommitment,
  settleCheck,
  settleCommitment,
  retryCommitment,
  forgetCommitments,
  beginCommitmentRequest,
  commitmentRequestAsked,
  abandonCommitmentRequest,
  takeCommitmentReport,
  reviveCommitmentRequests,
  forgetCommitmentRequests,
  foldCommitted,
  keepSecret,
  seedProfiles,
  putProfile,
  deleteProfile,
};
