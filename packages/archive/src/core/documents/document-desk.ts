import type { Scope } from '@filmless/access';
import {
  type BulkPart,
  type DataSet,
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  fragmentPieces,
  type JpegFacts,
  objectPieces,
  type ReceivedObject,
  readJpegFacts,
} from '@filmless/dicom';
import { Turns } from '@filmless/disk';
import { type Dependencies, issuerOf } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import { orderAttributes, orderedPerson } from '../imports/order-patient.ts';
import { localNow } from '../orders/values.ts';
import { receive } from '../receiving.ts';
import { type BegunBody, begun, wholeBody } from './body.ts';
import {
  type DocumentFacts,
  documentHeader,
  idsOf,
  ofOrder,
  ofStudy,
  pdfAttributes,
  pictureAttributes,
} from './document-header.ts';
import type { DocumentKind, DocumentTarget, NewDocument, Pictures, PlainPicture } from './model.ts';
import { kindOf, SNIFFED_BYTES } from './sniff.ts';

/** A document as an object, ready to be stored. */
export interface MadeDocument extends ReturnType<typeof idsOf> {
  readonly kind: DocumentKind;
  /** Of the study. */
  readonly facility: string;
  readonly received: ReceivedObject;
}

interface Place {
  readonly facility: string;
  readonly study: DataSet;
}

interface Content {
  readonly kind: DocumentKind;
  readonly attributes: DataSet;
  readonly transferSyntaxUid: string;
  readonly bulk: BulkPart;
  /** `YYYYMMDDHHMMSS`, from a camera. */
  readonly takenAt: string | undefined;
}

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const PIXEL_DATA = '7FE00010';
const ENCAPSULATED_DOCUMENT = '00420011';

/** PDFs and pictures that a person adds to a study, or to an order that has no image yet, made into DICOM objects. */
export class DocumentDesk {
  readonly #with: Pick<Dependencies, 'records' | 'index' | 'reception' | 'facilities' | 'now' | 'limits'>;
  readonly #held: Turns;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
    this.#held = new Turns(dependencies.limits.picturesAtOnce);
  }

  /**
   * Makes the object; whoever asks stores it. Nothing of the body is read when the target is not there.
   * @throws ArchiveError `not-found`; `unsupported-media`, `limit-exceeded`, `cannot-decode` for what cannot be taken
   */
  async make(target: DocumentTarget, document: NewDocument, pictures: Pictures, scope: Scope): Promise<MadeDocument> {
    const place = await this.#placeOf(target, scope);
    const body = await begun(document.body, Math.min(SNIFFED_BYTES, document.length));
    try {
      return await this.#made(place, document, body, pictures);
    } catch (error) {
      await body.cancel();
      throw error;
    }
  }

  /** @throws ArchiveError `not-found` for what the caller may add nothing to */
  async check(target: DocumentTarget, scope: Scope): Promise<void> {
    await this.#placeOf(target, scope);
  }

  async #placeOf(target: DocumentTarget, scope: Scope): Promise<Place> {
    return target.kind === 'study'
      ? await this.#inStudy(target.studyInstanceUid, scope)
      : await this.#forOrder(target.accessionNumber, scope);
  }

  async #made(place: Place, document: NewDocument, body: BegunBody, pictures: Pictures): Promise<MadeDocument> {
    const { limits } = this.#with;
    const { length, title } = document;
    const file = kindOf(body.beginning);
    const most = file === 'pdf' ? limits.documentBytes : limits.pictureBytes;
    if (length > most) {
      throw new ArchiveError(
        'limit-exceeded',
        `it has ${length} bytes; ${file === 'pdf' ? 'a PDF' : 'a picture'} may have ${most}`,
      );
    }
    if (file === 'pdf') {
      const bulk: BulkPart = { tag: ENCAPSULATED_DOCUMENT, vr: 'OB', length, pieces: body.pieces };
      const attributes = pdfAttributes(title, length);
      return await this.#received(place, document, {
        kind: 'pdf',
        attributes,
        transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
        bulk,
        takenAt: undefined,
      });
    }
    return await this.#held.run(async () => {
      const bytes = await wholeBody(body, length);
      return await this.#received(
        place,
        document,
        file === 'jpeg' ? await photo(bytes, title, pictures) : await capture(bytes, title, pictures),
      );
    });
  }

  async #received({ facility, study }: Place, document: NewDocument, content: Content): Promise<MadeDocument> {
    const { kind, attributes, transferSyntaxUid, bulk } = content;
    const header = documentHeader(study, this.#factsOf(document, content));
    const pieces = objectPieces({ ...header, ...attributes }, { transferSyntaxUid, bulk: [bulk] });
    const received = await receive(this.#with.reception, ReadableStream.from(pieces), undefined);
    return { ...idsOf(header), kind, facility, received };
  }

  #factsOf({ title, date, by }: NewDocument, { kind, takenAt }: Content): DocumentFacts {
    const [day = '', clock = ''] = localNow(new Date(this.#with.now())).replaceAll(/[-:]/g, '').split('T');
    const now = { date: day, time: clock };
    const own = { title, by, kind, now };
    if (date !== undefined) {
      return { ...own, date: date.replaceAll('-', ''), time: undefined };
    }
    return takenAt === undefined
      ? { ...own, date: day, time: clock }
      : { ...own, date: takenAt.slice(0, 8), time: takenAt.slice(8) };
  }

  async #inStudy(studyInstanceUid: string, scope: Scope): Promise<Place> {
    const { index, now } = this.#with;
    const found = await index.representative({ studyInstanceUid }, scope, now());
    if (found === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(found.facility))) {
      throw new ArchiveError('not-found', 'there is no such study among those of your facility');
    }
    return { facility: found.facility, study: ofStudy(found.header) };
  }

  /** Where the order's study has come, it is that one that counts. */
  async #forOrder(accessionNumber: string, scope: Scope): Promise<Place> {
    const { records, index, now } = this.#with;
    const facilities = scope.facilities === 'all' ? this.#with.facilities().map(({ id }) => id) : scope.facilities;
    const orders = await records.orders.byAccession(accessionNumber, facilities);
    const [order] = orders;
    if (order === undefined) {
      throw new ArchiveError('not-found', 'there is no such order');
    }
    if (orders.length > 1 || order.state === 'CANCELLED') {
      const why = orders.length > 1 ? 'several facilities have an order of this number' : 'the order is cancelled';
      throw new ArchiveError('conflict', `${why}: nothing can be added to it`);
    }
    const { facility, studyInstanceUid } = order.document;
    const known = await index.representative({ studyInstanceUid }, scope, now());
    if (known !== undefined && known.facility === facility) {
      return { facility, study: ofStudy(known.header) };
    }
    const issuer = issuerOf(this.#with, facility);
    return { facility, study: ofOrder(order.document, orderAttributes(order, issuer), orderedPerson(order, issuer)) };
  }
}

/** A JPEG image keeps what it lost once and loses no more. PS3.5 8.2.1. */
async function photo(bytes: Uint8Array, title: string, pictures: Pictures): Promise<Content> {
  const facts = jpegFacts(bytes);
  const isPlain = facts.kind === 'baseline' && facts.orientation === 1;
  const isColour = facts.components === 1 || facts.components === 3;
  const kept =
    isColour && facts.precision === 8 ? (isPlain ? withoutNotes(bytes, facts.notes) : await pictures.upright(bytes)) : undefined;
  if (kept === undefined) {
    return native(await pictures.decode(bytes), 'photo', bytes.byteLength, title, facts.takenAt);
  }
  const { rows, columns, components, isRgb } = readJpegFacts(kept);
  const samplesPerPixel = components === 1 ? 1 : 3;
  const photometric = components === 1 ? 'MONOCHROME2' : isRgb ? 'RGB' : 'YBR_FULL_422';
  const lossyBytes = kept.byteLength;
  return {
    kind: 'photo',
    attributes: pictureAttributes({ rows, columns, samplesPerPixel, photometric, kind: 'photo', lossyBytes, title }),
    transferSyntaxUid: JPEG_BASELINE,
    bulk: fragments(kept),
    takenAt: facts.takenAt,
  };
}

/** @throws ArchiveError `unreadable-media` */
function jpegFacts(bytes: Uint8Array): JpegFacts {
  try {
    return readJpegFacts(bytes);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new ArchiveError('unreadable-media', `the photo cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

async function capture(bytes: Uint8Array, title: string, pictures: Pictures): Promise<Content> {
  return native(await pictures.decode(bytes), 'capture', undefined, title, undefined);
}

function native(
  { bytes, rows, columns, samplesPerPixel }: PlainPicture,
  kind: 'photo' | 'capture',
  lossyBytes: number | undefined,
  title: string,
  takenAt: string | undefined,
): Content {
  const photometric = samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB';
  return {
    kind,
    attributes: pictureAttributes({ rows, columns, samplesPerPixel, photometric, kind, lossyBytes, title }),
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    bulk: { tag: PIXEL_DATA, vr: 'OB', length: bytes.byteLength, pieces: once(bytes) },
    takenAt,
  };
}

function fragments(jpeg: Uint8Array): BulkPart {
  const pieces = fragmentPieces([{ length: jpeg.byteLength, pieces: once(jpeg) }]);
  return { tag: PIXEL_DATA, vr: 'OB', length: undefined, pieces };
}

/** Where and with what a photo was taken is nobody's business: a telephone writes its position. */
function withoutNotes(bytes: Uint8Array, notes: readonly { readonly offset: number; readonly length: number }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { offset, length } of notes) {
    parts.push(bytes.subarray(from, offset));
    from = offset + length;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}
