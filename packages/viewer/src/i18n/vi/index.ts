import { account } from './account.ts';
import { admin } from './admin.ts';
import { aes } from './aes.ts';
import { app } from './app.ts';
import { audit } from './audit.ts';
import { bodyPart } from './body-part.ts';
import { commitment } from './commitment.ts';
import { common } from './common.ts';
import { conflict } from './conflict.ts';
import { connections } from './connections.ts';
import { deidentification } from './deidentification.ts';
import { destinations } from './destinations.ts';
import { diagnosis } from './diagnosis.ts';
import { exporting } from './exporting.ts';
import { failure } from './failure.ts';
import { gateway } from './gateway.ts';
import { hanging } from './hanging.ts';
import { importing } from './importing.ts';
import { keys } from './keys.ts';
import { lock } from './lock.ts';
import { marks } from './marks.ts';
import { modality } from './modality.ts';
import { mpr } from './mpr.ts';
import { opening } from './opening.ts';
import { orders } from './orders.ts';
import { priors } from './priors.ts';
import { publishing } from './publishing.ts';
import { queues } from './queues.ts';
import { reading } from './reading.ts';
import { receipt } from './receipt.ts';
import { rejections } from './rejections.ts';
import { report } from './report.ts';
import { rules } from './rules.ts';
import { share } from './share.ts';
import { solid } from './solid.ts';
import { unmatched } from './unmatched.ts';
import { upload } from './upload.ts';
import { worklist } from './worklist.ts';

/** Vietnamese is the language the product is written in: its keys are the catalogue's. */
export interface Catalogue {
  readonly account: typeof account;
  readonly admin: typeof admin;
  readonly aes: typeof aes;
  readonly app: typeof app;
  readonly audit: typeof audit;
  readonly bodyPart: typeof bodyPart;
  readonly commitment: typeof commitment;
  readonly common: typeof common;
  readonly conflict: typeof conflict;
  readonly connections: typeof connections;
  readonly destinations: typeof destinations;
  readonly deidentification: typeof deidentification;
  readonly diagnosis: typeof diagnosis;
  readonly exporting: typeof exporting;
  readonly failure: typeof failure;
  readonly gateway: typeof gateway;
  readonly hanging: typeof hanging;
  readonly importing: typeof importing;
  readonly keys: typeof keys;
  readonly lock: typeof lock;
  readonly marks: typeof marks;
  readonly modality: typeof modality;
  readonly mpr: typeof mpr;
  readonly opening: typeof opening;
  readonly orders: typeof orders;
  readonly priors: typeof priors;
  readonly publishing: typeof publishing;
  readonly queues: typeof queues;
  readonly reading: typeof reading;
  readonly receipt: typeof receipt;
  readonly rejections: typeof rejections;
  readonly report: typeof report;
  readonly rules: typeof rules;
  readonly share: typeof share;
  readonly solid: typeof solid;
  readonly unmatched: typeof unmatched;
  readonly upload: typeof upload;
  readonly worklist: typeof worklist;
}

export const vi: Catalogue = {
  account,
  admin,
  aes,
  app,
  audit,
  bodyPart,
  commitment,
  common,
  conflict,
  connections,
  destinations,
  deidentification,
  diagnosis,
  exporting,
  failure,
  gateway,
  hanging,
  importing,
  keys,
  lock,
  marks,
  modality,
  mpr,
  opening,
  orders,
  priors,
  publishing,
  queues,
  reading,
  receipt,
  rejections,
  report,
  rules,
  share,
  solid,
  unmatched,
  upload,
  worklist,
};
