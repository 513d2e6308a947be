import { logAssociations } from './association-log.ts';
import {
  claimDeliveries,
  forgetDeliveries,
  queueDeliveries,
  retryDeliveries,
  reviveDeliveries,
  settleDelivery,
} from './deliveries.ts';
import { deleteAe, deleteDestination, putAe, putDestination, seedAes, seedDestinations } from './settings.ts';

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
  readonly settleDelivery: typeof settleDelivery;
  readonly reviveDeliveries: typeof reviveDeliveries;
  readonly retryDeliveries: typeof retryDeliveries;
  readonly forgetDeliveries: typeof forgetDeliveries;
  readonly logAssociations: typeof logAssociations;
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
  settleDelivery,
  reviveDeliveries,
  retryDeliveries,
  forgetDeliveries,
  logAssociations,
};
