import { authorize, type Subject, scopeOf } from '@filmless/access';
import {
  type DataSet,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstNumber,
  firstText,
  IMPLEMENTATION_CLASS_UID,
  objectPieces,
  TAG,
} from '@filmless/dicom';
import type { Dependencies } from '../dependencies.ts';
import { ofStudy } from '../documents/document-header.ts';
import { ArchiveError } from '../errors.ts';
import type { Mark } from '../marks/model.ts';
import { localNow } from '../orders/values.ts';
import { receive } from '../receiving.ts';
import { keyObject } from './key-object.ts';
import { measurementReport, type ReportedMark } from './measurement-report.ts';
import type { MadePublication, MeasuredMark, Publication } from './model.ts';
import { presentationState } from './presentation-state.ts';
import { type PublishedImage, reportHeader } from './report-header.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'reception' | 'limits' | 'now'>;

interface Place {
  readonly facility: string;
  readonly study: DataSet;
}

/** Makes objects of the standard of what was measured and chosen on the images of a study; whoever asks stores them. */
export class PublishingDesk {
  readonly #with: Needs;

  constructor(dependencies: Needs) {
    this.#with = dependencies;
  }

  /**
   * Of measurements a Comprehensive SR by TID 1500, of key images a Key Object Selection by TID 2010, of an image as it is shown a Grayscale
   * Softcopy Presentation State. What was drawn is taken from the marks
   * that are kept, the numbers from who saw them.
   * @throws ArchiveError `not-found` for a study, mark or image that is not there; `not-allowed`; `invalid-request`
   */
  async make(studyInstanceUid: string, publication: Publication, subject: Subject): Promise<MadePublication> {
    const { facility, study } = await this.#place(studyInstanceUid, subject);
    const by = subject.name;
    const deviceUid = IMPLEMENTATION_CLASS_UID;
    if (publication.kind === 'measurements') {
      const marks = await this.#reported(studyInstanceUid, facility, publication.marks, subject);
      const images = marks.map(({ image }) => image);
      const content = measurementReport({ observer: by, deviceUid, marks });
      return await this.#received({ facility, study }, studyInstanceUid, 'measurements', 'Measurements', by, images, content);
    }
    if (publication.kind === 'presentation') {
      return await this.#presentation({ facility, study }, studyInstanceUid, publication, subject);
    }
    const { title, description } = publication;
    const images: PublishedImage[] = [];
    for (const { seriesInstanceUid, sopInstanceUid, frames } of publication.images) {
      images.push(await this.#image({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }, frames, subject));
    }
    const content = keyObject({ title, description, observer: by, deviceUid, images });
    return await this.#received({ facility, study }, studyInstanceUid, 'key-images', 'Key images', by, images, content);
  }

  /** Of one image: its window, how it lies, and the marks on it. */
  async #presentation(
    place: Place,
    studyInstanceUid: string,
    { image: shown, marks, description }: Extract<Publication, { readonly kind: 'presentation' }>,
    subject: Subject,
  ): Promise<MadePublication> {
    const { index, now } = this.#with;
    const { seriesInstanceUid, sopInstanceUid, frame } = shown;
    const target = { studyInstanceUid, seriesInstanceUid, sopInstanceUid };
    const image = await this.#image(target, [frame], subject);
    const whole = await index.instance(target, scopeOf(subject), now());
    if (whole === undefined || firstNumber(whole.header, TAG.SamplesPerPixel) !== 1) {
      throw new ArchiveError('invalid-request', 'a presentation state of this kind is for images in shades of grey');
    }
    const kept = await this.#marks(studyInstanceUid, place.facility);
    const drawn = marks.map(({ id, text }) => {
      const mark = kept.get(id);
      if (mark?.place.kind !== 'image' || mark.place.sopInstanceUid !== sopInstanceUid || mark.place.frame !== frame) {
        throw new ArchiveError('not-found', `mark ${id} is not on this image, or not saved yet`);
      }
      return { mark, text };
    });
    const by = subject.name;
    const facts = { shown, seriesInstanceUid, image, header: whole.header, description, by, now: this.#clock(), marks: drawn };
    const content = presentationState(facts);
    return await this.#received(place, studyInstanceUid, 'presentation', description || 'Presentation', by, [image], content);
  }

  #clock(): { readonly date: string; readonly time: string } {
    const [date = '', time = ''] = localNow(new Date(this.#with.now())).replaceAll(/[-:]/g, '').split('T');
    return { date, time };
  }

  async #received(
    { facility, study }: Place,
    studyInstanceUid: string,
    kind: Publication['kind'],
    description: string,
    by: string,
    images: readonly PublishedImage[],
    content: DataSet,
  ): Promise<MadePublication> {
    const header = reportHeader({ kind, study, studyInstanceUid, description, now: this.#clock(), by, images });
    const pieces = objectPieces({ ...header, ...content }, { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
    const received = await receive(this.#with.reception, ReadableStream.from(pieces), undefined);
    return {
      studyInstanceUid,
      seriesInstanceUid: firstText(header, TAG.SeriesInstanceUID) ?? '',
      sopInstanceUid: firstText(header, TAG.SOPInstanceUID) ?? '',
      facility,
      received,
    };
  }

  async #place(studyInstanceUid: string, subject: Subject): Promise<Place> {
    const { index, now } = this.#with;
    const found = await index.representative({ studyInstanceUid }, scopeOf(subject), now());
    if (found === undefined) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    if (!authorize(subject, 'upload', { facility: found.facility }).allowed) {
      throw new ArchiveError('not-allowed', 'the study is here to be looked at: only its facility publishes on it');
    }
    return { facility: found.facility, study: ofStudy(found.header) };
  }

  async #reported(
    studyInstanceUid: string,
    facility: string,
    wanted: readonly MeasuredMark[],
    subject: Subject,
  ): Promise<readonly (ReportedMark & { readonly image: PublishedImage })[]> {
    const kept = await this.#marks(studyInstanceUid, facility);
    const counts = new Map<string, number>();
    const reported: (ReportedMark & { readonly image: PublishedImage })[] = [];
    for (const { id, values } of wanted) {
      const mark = kept.get(id);
      if (mark === undefined || mark.place.kind !== 'image') {
        throw new ArchiveError('not-found', `mark ${id} is not on an image of this study, or not saved yet`);
      }
      if (values.some(({ lines }) => lines.flat().some((at) => at >= mark.points.length))) {
        throw new ArchiveError('invalid-request', `mark ${id} has ${mark.points.length} points: a line names another`);
      }
      const count = (counts.get(mark.tool) ?? 0) + 1;
      counts.set(mark.tool, count);
      const { seriesInstanceUid, sopInstanceUid, frame } = mark.place;
      const image = await this.#image({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }, [frame], subject);
      reported.push({ mark, values, image, name: `${mark.tool} ${count}` });
    }
    return reported;
  }

  async #marks(studyInstanceUid: string, facility: string): Promise<ReadonlyMap<string, Mark>> {
    const { records, limits } = this.#with;
    const marks = new Map<string, Mark>();
    for (let cursor = 0, more = true; more; ) {
      const page = await records.marks.since(studyInstanceUid, facility, cursor, limits.markPage);
      for (const mark of page.marks) {
        if (!mark.deleted) {
          marks.set(mark.id, mark);
        }
      }
      ({ next: cursor, more } = page);
    }
    return marks;
  }

  /** Frames are named only where there are several. */
  async #image(
    target: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly sopInstanceUid: string },
    frames: readonly number[],
    subject: Subject,
  ): Promise<PublishedImage> {
    const { index, now } = this.#with;
    const found = await index.stored(target, scopeOf(subject), now());
    if (found === undefined || frames.some((frame) => frame > Math.max(1, found.frameCount))) {
      throw new ArchiveError('not-found', `image ${target.sopInstanceUid} is not there, or has not so many frames`);
    }
    const { sopClassUid, sopInstanceUid, seriesInstanceUid, frameCount } = found;
    return { sopClassUid, sopInstanceUid, seriesInstanceUid, frames: frameCount > 1 ? frames : [] };
  }
}
