import type { Access, AppEnv, Log } from '@filmless/access';
import type { Context } from 'hono';
import type { ArchiveCore } from '../core/archive-core.ts';
import type { Pictures } from '../core/documents/model.ts';
import type { InstanceHeader, LaidOutInstance } from '../core/model.ts';
import type { Pixels } from '../core/ports.ts';
import type { Uploads } from '../core/uploads/uploads.ts';
import type { InstanceCache } from './wado/instance-cache.ts';

/** What the handlers need. */
export interface HttpContext {
  readonly core: ArchiveCore;
  readonly headers: InstanceCache<InstanceHeader>;
  readonly layouts: InstanceCache<LaidOutInstance>;
  readonly pixels: Pixels;
  readonly pictures: Pictures;
  readonly access: Pick<Access, 'guard' | 'whileHeld' | 'audit' | 'auditView' | 'facilities'>;
  /** As the core's, and told to whom it concerns. */
  readonly store: ArchiveCore['store'];
  readonly uploads: Uploads;
  readonly log: Log;
}

export type RequestContext = Context<AppEnv>;

/** Where this request found the DICOMweb root, without a slash at its end: what URLs in answers begin with. */
export function dicomWebRoot(c: RequestContext): string {
  const url = new URL(c.req.url);
  // Behind TLS of our own the request's URL may still say http.
  const scheme = c.env.secure ? 'https:' : url.protocol;
  return `${scheme}//${url.host}/dicom-web`;
}

export function studyUrl(root: string, studyInstanceUid: string): string {
  return `${root}/studies/${studyInstanceUid}`;
}

export function seriesUrl(root: string, studyInstanceUid: string, seriesInstanceUid: string): string {
  return `${studyUrl(root, studyInstanceUid)}/series/${seriesInstanceUid}`;
}

/** The three UIDs of an instance. */
export interface InstanceUids {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export function instanceUrl(root: string, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: InstanceUids): string {
  return `${seriesUrl(root, studyInstanceUid, seriesInstanceUid)}/instances/${sopInstanceUid}`;
}
