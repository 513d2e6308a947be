import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';
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

export const en: { readonly [S in keyof Catalogue]: Translated<Catalogue[S]> } = {
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
