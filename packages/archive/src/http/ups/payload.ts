import { type DataSet, parseContentType } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { RequestContext } from '../context.ts';
import { MODEL_TYPES, readModels } from '../stow/receive-models.ts';
import { requestBody } from '../stow/request-body.ts';

/**
 * The one data set of a request. PS3.18 11.4.1.4.
 * @throws ArchiveError `invalid-request`, `unsupported-media`
 */
export async function readDataSet(c: RequestContext): Promise<DataSet> {
  const sent = await readOptional(c);
  if (sent === undefined) {
    throw new ArchiveError('invalid-request', 'The body must be one data set.');
  }
  return sent;
}

/** The same where there may be none. */
export async function readOptional(c: RequestContext): Promise<DataSet | undefined> {
  const { body } = c.req.raw;
  const header = c.req.header('content-type');
  if (body === null || c.req.header('content-length') === '0' || (header === undefined && !c.req.header('content-length'))) {
    return undefined;
  }
  const { type } = parseContentType(header ?? '');
  if (!MODEL_TYPES.has(type)) {
    throw new ArchiveError('unsupported-media', 'Content-Type: send application/dicom+json or application/dicom+xml.');
  }
  const [dataSet, ...others] = await readModels(requestBody(body), type);
  if (others.length > 0) {
    throw new ArchiveError('invalid-request', 'The body must be one data set, not several.');
  }
  return dataSet;
}
