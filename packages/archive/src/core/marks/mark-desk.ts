import { authorize, type Subject, scopeOf } from '@filmless/access';
import type { ChangeFeed } from '../changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { MergedMarks } from './mark-records.ts';
import { MARK_SCHEMA, type Mark, type MarkPage, type SentMark } from './model.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'limits' | 'now'>;

/** Whose the study is, and whether who asks may draw on it. */
interface MarkedStudy {
  readonly facility: string;
  readonly mayWrite: boolean;
}

/** Marks on the images of studies: whoever sees a study sees them; who may add to a study of their facility draws and changes them. */
export class MarkDesk {
  readonly #with: Needs;
  readonly #changes: Pick<ChangeFeed, 'note'>;

  constructor(dependencies: Needs, changes: Pick<ChangeFeed, 'note'>) {
    this.#with = dependencies;
    this.#changes = changes;
  }

  /** @throws ArchiveError `not-found` */
  async since(studyInstanceUid: string, cursor: number, subject: Subject): Promise<MarkPage & MarkedStudy> {
    const study = await this.#study(studyInstanceUid, subject);
    const { records, limits } = this.#with;
    return { ...(await records.marks.since(studyInstanceUid, study.facility, cursor, limits.markPage)), ...study };
  }

  /**
   * Merges what is sent with what is there, in one durable step; sent twice it is the same.
   * @throws ArchiveError `not-found`, `not-allowed` for who only sees the study, `limit-exceeded`
   */
  async put(
    studyInstanceUid: string,
    sent: readonly SentMark[],
    subject: Subject,
  ): Promise<MergedMarks & Pick<MarkedStudy, 'facility'>> {
    const { facility, mayWrite } = await this.#study(studyInstanceUid, subject);
    if (!mayWrite) {
      throw new ArchiveError('not-allowed', 'the study is here to be looked at: only its facility draws on it');
    }
    const { records, limits, now } = this.#with;
    const at = now();
    const by = { id: subject.id, name: subject.name };
    const marks = sent.map((mark): Mark => completed(mark, studyInstanceUid, by, at));
    const large = marks.find((mark) => Buffer.byteLength(JSON.stringify(mark)) > limits.markBytes);
    if (large !== undefined) {
      throw new ArchiveError('limit-exceeded', `mark ${large.id}: longer than ${limits.markBytes} bytes`);
    }
    const merged = await records.marks.merge(studyInstanceUid, facility, marks, limits.marksOfStudy);
    if (merged === 'too-many') {
      throw new ArchiveError('limit-exceeded', `a study has at most ${limits.marksOfStudy} marks, with those deleted`);
    }
    if (merged.changed > 0) {
      this.#changes.note(studyInstanceUid, 'marks');
    }
    return { ...merged, facility };
  }

  async #study(studyInstanceUid: string, subject: Subject): Promise<MarkedStudy> {
    const { index, now } = this.#with;
    const owner = await index.owner(studyInstanceUid, now());
    if (owner === undefined || !reaches(subject, owner)) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    const { facility } = owner;
    return { facility, mayWrite: authorize(subject, 'upload', { facility }).allowed };
  }
}

function reaches(
  subject: Subject,
  { facility, sharedWith }: { readonly facility: string; readonly sharedWith: readonly string[] },
) {
  const { facilities } = scopeOf(subject);
  return facilities === 'all' || [facility, ...sharedWith].some((one) => facilities.includes(one));
}

/** What a clock that goes ahead says is not taken: it would win against whatever comes after. */
function completed(mark: SentMark, studyInstanceUid: string, by: Mark['author'], at: string): Mark {
  const { id, place, tool, points, text, created, modified, revision, deleted } = mark;
  return {
    id,
    schema: MARK_SCHEMA,
    studyInstanceUid,
    place,
    tool,
    points: deleted ? [] : points,
    text: deleted ? '' : text,
    author: by,
    created: earlier(created, at),
    modified: earlier(modified, at),
    modifiedBy: by,
    revision,
    deleted,
  };
}

function earlier(time: string, now: string): string {
  const said = new Date(time).toISOString();
  return said < now ? said : now;
}
