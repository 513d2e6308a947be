import { type AppEnv, scopeOf } from '@filmless/access';
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  formatContentType,
  newBoundary,
  type OutgoingPart,
  writeMultipart,
} from '@filmless/dicom';
import { inOrder } from '@filmless/disk';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { StoredInstance, Target } from '../../core/model.ts';
import type { InstanceReading } from '../../core/together.ts';
import { covers, type Wish, wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, primedParts, REVALIDATE, respond } from '../respond.ts';
import { targetOf } from '../target.ts';
import { noteView } from './note-view.ts';
import { readPart10File, renamedPart10File } from './part10-file.ts';
import { transcode } from './transcode.ts';
import { chooseSyntax, transferForm } from './transfer-forms.ts';

const DICOM = 'application/dicom';

/** Instances of a study, a series, or one. PS3.18 10.4.1.1.1. */
export function addInstanceRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const study = '/dicom-web/studies/:study';
  for (const path of [study, `${study}/series/:series`, `${study}/series/:series/instances/:instance`]) {
    app.get(path, context.access.guard('view'), (c) => answerInstances(c, context));
  }
}

async function answerInstances(c: RequestContext, context: HttpContext): Promise<Response> {
  const target = targetOf(c);
  const form = chooseForm(wishes(c), target);
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = target;
  if (seriesInstanceUid !== undefined && sopInstanceUid !== undefined) {
    return answerOne(c, context, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }, form);
  }
  const instances = context.core.instances(target, scopeOf(c.get('subject')));
  return answerParts(c, await primedParts(instanceParts(c, context, instances, form)));
}

const CACHE = { 'cache-control': REVALIDATE, vary: 'accept' };

function answerParts(c: RequestContext, parts: AsyncIterable<OutgoingPart> | readonly OutgoingPart[]): Promise<Response> {
  const boundary = newBoundary();
  return respond(c, writeMultipart(parts, boundary), {
    'content-type': formatContentType('multipart/related', { type: DICOM, boundary }),
    ...CACHE,
  });
}

async function answerOne(
  c: RequestContext,
  context: HttpContext,
  target: Required<Target>,
  form: InstanceForm,
): Promise<Response> {
  const instance = await context.core.stored(target, scopeOf(c.get('subject')));
  const etag = entityTag(instance.sha256, chooseSyntax(instance.transferSyntaxUid, form.syntaxes));
  if (form.container === 'single' && isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const part = await instancePart(c, context, alone(context, instance), form);
  noteView(c, context, instance);
  return form.container === 'single' ? respond(c, part.body, { ...part.headers, ...CACHE, etag }) : answerParts(c, [part]);
}

/** Which syntaxes the client takes, the most wanted first. Without naming one it takes the stored one: the file says which it is. */
interface InstanceForm {
  readonly container: 'multipart' | 'single';
  readonly syntaxes: readonly string[];
}

function chooseForm(asked: readonly Wish[], target: Target): InstanceForm {
  const one = target.sopInstanceUid !== undefined;
  const fitting = asked.filter(({ container, type }) => covers(type, DICOM) && (container !== 'single' || one));
  const [first] = fitting;
  if (first === undefined) {
    const types = `multipart/related; type="${DICOM}"${one ? ` and ${DICOM}` : ''}`;
    throw new ArchiveError('not-acceptable', `This is available as ${types}.`);
  }
  const container = first.container === 'single' ? 'single' : 'multipart';
  const same = fitting.filter((wish) => (wish.container === 'single') === (container === 'single'));
  return { container, syntaxes: same.map(({ transferSyntax }) => transferSyntax ?? '*') };
}

/** Instances of an answer that are open at a time: the one being sent and those after it, for a store answers late. */
const OPEN_AS_STORED = 4;
/** Likewise, where their pixels are coded anew. */
const OPEN_RECODED = 2;

async function letGo({ body }: OutgoingPart): Promise<void> {
  await (body instanceof ReadableStream ? body.cancel() : undefined);
}

async function* instanceParts(
  c: RequestContext,
  context: HttpContext,
  instances: AsyncIterable<StoredInstance>,
  form: InstanceForm,
): AsyncGenerator<OutgoingPart, void, void> {
  let first = true;
  const opened = form.syntaxes[0] === '*' ? OPEN_AS_STORED : OPEN_RECODED;
  const isWhole = ({ transferSyntaxUid }: StoredInstance) =>
    isAsStored(transferSyntaxUid, chooseSyntax(transferSyntaxUid, form.syntaxes));
  const readings = context.core.together(instances, isWhole);
  for await (const [{ instance }, part] of inOrder(readings, opened, (one) => instancePart(c, context, one, form), letGo)) {
    if (first) {
      noteView(c, context, instance);
      first = false;
    }
    yield part;
  }
}

async function instancePart(
  c: RequestContext,
  context: HttpContext,
  reading: InstanceReading,
  form: InstanceForm,
): Promise<OutgoingPart> {
  const { instance } = reading;
  const syntax = chooseSyntax(instance.transferSyntaxUid, form.syntaxes);
  return {
    headers: {
      'content-type': formatContentType(DICOM, { 'transfer-syntax': syntax }),
      'content-location': instanceUrl(dicomWebRoot(c), instance),
      'last-modified': new Date(instance.receivedAt).toUTCString(),
    },
    body: isAsStored(instance.transferSyntaxUid, syntax) ? await asStored(reading) : await bodyIn(c, context, instance, syntax),
  };
}

function isAsStored(stored: string, syntax: string): boolean {
  const form = transferForm(stored, syntax);
  return form === undefined || form === 'stored';
}

function alone({ core }: HttpContext, instance: StoredInstance): InstanceReading {
  return { instance, read: (asked, part, signal) => core.read(asked, part, signal), isBehind: false };
}

/** NOTE: nothing of one behind another is read before it is asked for: whoever leaves meanwhile would wait for both. */
async function asStored({ instance, read, isBehind }: InstanceReading): Promise<ReadableStream<Uint8Array>> {
  if (!isBehind) {
    return await readPart10File({ read }, instance);
  }
  let file: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        file ??= (await readPart10File({ read }, instance)).getReader();
        const { done, value } = await file.read();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel: async () => {
        await (file ?? (await read(instance, { of: 'file' }))).cancel();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The file of an instance in a transfer syntax it can be had in. */
export async function bodyIn(
  c: RequestContext,
  context: HttpContext,
  instance: StoredInstance,
  syntax: string,
): Promise<ReadableStream<Uint8Array>> {
  const form = transferForm(instance.transferSyntaxUid, syntax);
  if (form === undefined || form === 'stored') {
    return readPart10File(context.core, instance);
  }
  if (form === 'renamed') {
    return renamedPart10File(context.core, instance, syntax);
  }
  if (syntax === EXPLICIT_VR_LITTLE_ENDIAN && findTransferSyntax(instance.transferSyntaxUid)?.deflated === true) {
    return context.core.read(instance, { of: 'content' });
  }
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance;
  const target = { studyInstanceUid, seriesInstanceUid, sopInstanceUid };
  return transcode(context, await context.core.instance(target, scopeOf(c.get('subject'))), syntax, form);
}
