import type { Scope } from '@filmless/access';
import type { ChangeFeed } from './changes.ts';
import type { Dependencies } from './dependencies.ts';
import { ArchiveError } from './errors.ts';
import type { NewShare, Share } from './model.ts';

const MAX_TEXT = 1_000;
const PAGE = 500;

/** Shares of studies with other facilities, by those who own them. */
export class Sharing {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;

  constructor(dependencies: Dependencies, changes: ChangeFeed) {
    this.#with = dependencies;
    this.#changes = changes;
  }

  async list(studyInstanceUid: string, scope: Scope): Promise<readonly Share[]> {
    await this.#owned(studyInstanceUid, scope);
    return await this.#with.records.shares(studyInstanceUid, this.#with.now());
  }

  async share(studyInstanceUid: string, share: NewShare, scope: Scope): Promise<Share> {
    const owner = await this.#owned(studyInstanceUid, scope);
    this.#check(share, owner);
    const expires = share.expiresAt === undefined ? {} : { expiresAt: new Date(share.expiresAt).toISOString() };
    const stored = await this.#with.records.addShare(studyInstanceUid, { ...share, ...expires }, this.#with.now());
    await this.#mirror(stored);
    this.#changes.note(studyInstanceUid, 'shared');
    return stored;
  }

  async unshare(studyInstanceUid: string, facility: string, by: string, scope: Scope): Promise<void> {
    await this.#owned(studyInstanceUid, scope);
    // The reach ends first: what is left when this is interrupted is a share that shows and grants nothing.
    await this.#with.index.removeReach(studyInstanceUid, facility);
    if (!(await this.#with.records.endShare(studyInstanceUid, facility, by, this.#with.now()))) {
      throw new ArchiveError('not-found', 'the study is not shared with that facility');
    }
    // NOTE: who mirrored the share meanwhile has looked before it ended, or sees now that it has.
    await this.#with.index.removeReach(studyInstanceUid, facility);
  }

  /** Tells the index of all shares in force: of those a process that ended had only written down, too. */
  async mirror(): Promise<void> {
    let after: readonly [string, string] = ['', ''];
    for (;;) {
      const page = await this.#with.records.allShares(after, PAGE);
      await Promise.all(page.map((share) => this.#mirror(share)));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) {
        return;
      }
      after = [last.studyInstanceUid, last.facility];
    }
  }

  /** Sets the reach of a share, and takes it back when the share was ended by somebody else meanwhile. */
  async #mirror({ studyInstanceUid, facility, expiresAt }: Share): Promise<void> {
    const { index, records, now } = this.#with;
    await index.setReach({ studyInstanceUid, facility, expiresAt: expiresAt ?? null });
    if (!(await records.shares(studyInstanceUid, now())).some((share) => share.facility === facility)) {
      await index.removeReach(studyInstanceUid, facility);
    }
  }

  #check(share: NewShare, owner: string): void {
    if (share.facility === owner) {
      throw new ArchiveError('invalid-request', 'facility: the study belongs to it already');
    }
    if (!this.#with.facilities().some(({ id }) => id === share.facility)) {
      throw new ArchiveError('invalid-request', `facility: ${JSON.stringify(share.facility.slice(0, 64))} is not known here`);
    }
    if (share.evidence.trim() === '' || share.evidence.length > MAX_TEXT) {
      throw new ArchiveError('invalid-request', `evidence: say what the share rests on, in at most ${MAX_TEXT} characters`);
    }
    const ends = share.expiresAt === undefined ? undefined : Date.parse(share.expiresAt);
    if (ends !== undefined && !(ends > Date.parse(this.#with.now()))) {
      throw new ArchiveError('invalid-request', 'expiresAt: not a time in the future');
    }
  }

  /** Who owns a study in the scope; one that is only shared with the caller is not theirs to share. */
  async #owned(studyInstanceUid: string, scope: Scope): Promise<string> {
    const owner = await this.#with.index.owner(studyInstanceUid, this.#with.now());
    if (owner === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(owner.facility))) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    return owner.facility;
  }
}
