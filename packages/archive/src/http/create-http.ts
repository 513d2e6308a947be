import { type Access, type AppEnv, createApi, type Log } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { addConflictRoutes } from './api/conflicts.ts';
import { addDocumentRoutes } from './api/documents.ts';
import { addEventRoutes } from './api/events.ts';
import { addHeldRoute } from './api/held.ts';
import { addImportRoutes } from './api/imports.ts';
import { addMarkRoutes } from './api/marks.ts';
import { addMatchRoutes } from './api/matches.ts';
import { addOpeningRoute } from './api/opening.ts';
import { addOrderRoutes } from './api/orders.ts';
import { addPerformedStepRoutes } from './api/performed-steps.ts';
import { addPublicationRoute } from './api/publications.ts';
import { addReceiptRoutes } from './api/receipts.ts';
import { addRejectionRoutes } from './api/rejections.ts';
import { addShareRoutes } from './api/shares.ts';
import { addStudyRoutes } from './api/studies.ts';
import { addCapabilityRoutes } from './capabilities/capabilities.ts';
import { addCommitmentRoutes } from './commitment/commitment.ts';
import type { HttpContext } from './context.ts';
import { addDeleteRoutes } from './delete/delete.ts';
import { addStudyZipRoute } from './export/study-zip.ts';
import { problemOf } from './problem-of.ts';
import { addSearchRoutes } from './qido/search.ts';
import { addImportedStoreRoute } from './stow/import.ts';
import { addStoreRoutes } from './stow/store.ts';
import { addUploadRoutes } from './uploads/uploads.ts';
import { addNotificationRoute } from './ups/notifications.ts';
import { addSubscriptionRoutes } from './ups/subscriptions.ts';
import { addWorkitemRoutes } from './ups/workitems.ts';
import { addBulkDataRoutes } from './wado/bulkdata.ts';
import { addFrameRoutes } from './wado/frames.ts';
import { InstanceCache } from './wado/instance-cache.ts';
import { addInstanceRoutes } from './wado/instances.ts';
import { addMetadataRoutes } from './wado/metadata.ts';
import { addRenderedRoutes } from './wado/rendered.ts';
import { addThumbnailRoutes } from './wado/thumbnail.ts';
import { addWadoUriRoute } from './wado/wado-uri.ts';

/** DICOMweb (PS3.18) under `/dicom-web` and the archive's part of `/api`, as one application. */
export function createHttp(
  { core, pixels, pictures, store, uploads }: Pick<HttpContext, 'core' | 'pixels' | 'pictures' | 'store' | 'uploads'>,
  access: Pick<Access, 'guard' | 'whileHeld' | 'audit' | 'auditView' | 'facilities'>,
  log: Log,
): OpenAPIHono<AppEnv> {
  const headers = new InstanceCache(core, (target, scope) => core.instance(target, scope));
  const layouts = new InstanceCache(core, (target, scope) => core.layout(target, scope));
  const context: HttpContext = { core, headers, layouts, pixels, pictures, store, uploads, access, log };
  const app = createApi(log, problemOf);
  addSearchRoutes(app, context);
  addStoreRoutes(app, context);
  addMetadataRoutes(app, context);
  addBulkDataRoutes(app, context);
  addRenderedRoutes(app, context);
  addThumbnailRoutes(app, context);
  addWadoUriRoute(app, context);
  addFrameRoutes(app, context);
  addInstanceRoutes(app, context);
  addStudyRoutes(app, context);
  addOpeningRoute(app, context);
  addStudyZipRoute(app, context);
  addReceiptRoutes(app, context);
  addHeldRoute(app, context);
  addShareRoutes(app, context);
  addMatchRoutes(app, context);
  addMarkRoutes(app, context);
  addPublicationRoute(app, context);
  addOrderRoutes(app, context);
  addPerformedStepRoutes(app, context);
  addConflictRoutes(app, context);
  addEventRoutes(app, context);
  addUploadRoutes(app, context);
  addRejectionRoutes(app, context);
  addDeleteRoutes(app, context);
  addCommitmentRoutes(app, context);
  addWorkitemRoutes(app, context);
  addSubscriptionRoutes(app, context);
  addNotificationRoute(app, context);
  addCapabilityRoutes(app, context);
  addImportRoutes(app, context);
  addImportedStoreRoute(app, context);
  addDocumentRoutes(app, context);
  return app;
}
