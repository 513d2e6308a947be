import type { Scope } from '@filmless/access';
import { ARCHIVE, audited } from './audit.ts';
import type { ChangeFeed } from './changes.ts';
import type { Dependencies } from './dependencies.ts';
import { ArchiveError } from './errors.ts';
import type { NewShare, Share } from './model.ts';
import type { KeptShare } from './records-port.ts';

const MAX_TEXT = 1_000;
const PAGE = 500;
const NOBODY = '';

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
    const shares = await this.#with.records.shares(studyInstanceUid, this.#with.now());
    return shares.map(shown);
  }

  async share(studyInstanceUid: string, share: NewShare, scope: Scope): Promise<Share> {
    const owner = await this.#owned(studyInstanceUid, scope);
    this.#check(share, owner);
    const expires = share.expiresAt === undefined ? {} : { expiresAt: new Date(share.expiresAt).toISOString() };
    const { records, now } = this.#with;
    const stored = await records.addShare(studyInstanceUid, owner, { ...share, ...expires }, now());
    if (!(await this.#mirror(stored))) {
      await this.#endAll(studyInstanceUid, owner);
      throw new ArchiveError('not-found', 'the study was taken out meanwhile');
    }
    this.#changes.note(studyInstanceUid, 'shared');
    return shown(stored);
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
    this.#changes.note(studyInstanceUid, 'updated', [facility]);
  }

  /** Instances of a study were taken out. Where it is not its owner's any more, what was shared of it ends: it is not theirs that comes under its UID next. */
  async left(studyInstanceUid: string, owner: string): Promise<void> {
    const { index, now } = this.#with;
    if ((await index.owner(studyInstanceUid, now()))?.facility !== owner) {
      await this.#endAll(studyInstanceUid, owner);
    }
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

  /**
   * Sets the reach of a share, and takes it back when the share was ended by somebody else meanwhile. False when the study is not, or no
   * more, that of whoever shared it; where it is another's the share has ended then. NOTE: not where nobody has it: an index that was
   * made from the wrong store must not end what people decided.
   */
  async #mirror(share: KeptShare): Promise<boolean> {
    const { index, records, now } = this.#with;
    const { studyInstanceUid, facility, expiresAt = null } = share;
    const owner = share.owner ?? (await this.#adopt(share));
    if (owner === undefined) {
      return false;
    }
    if (!(await index.setReach({ studyInstanceUid, owner, facility, expiresAt }))) {
      const found = await index.owner(studyInstanceUid, now());
      if (found !== undefined && found.facility !== owner) {
        await this.#endAll(studyInstanceUid, owner);
      }
      return false;
    }
    if (!(await records.shares(studyInstanceUid, now())).some((one) => one.facility === facility && one.owner === owner)) {
      await index.removeReach(studyInstanceUid, facility);
    }
    return true;
  }

  /**
   * Whose a share of an earlier version is: of who owns the study, which has not left since; nobody's where all of it has come after it was
   * shared. NOTE: undefined, and not decided, where it is not there: the store may be the wrong one, and the study come back with the right one.
   */
  async #adopt({ studyInstanceUid, facility, createdAt }: KeptShare): Promise<string | undefined> {
    const { index, records, now } = this.#with;
    const found = await index.owner(studyInstanceUid, now());
    if (found === undefined) {
      return undefined;
    }
    const senders = await index.senders(studyInstanceUid);
    const owner = senders.some(({ first }) => first <= createdAt) ? found.facility : NOBODY;
    await records.adoptShare(studyInstanceUid, facility, owner);
    return owner;
  }

  async #endAll(studyInstanceUid: string, owner: string): Promise<void> {
    const { index, records, now } = this.#with;
    const ended = await records.endShares(studyInstanceUid, owner, ARCHIVE.name, now());
    for (const facility of ended) {
      await index.removeReach(studyInstanceUid, facility);
      const detail = `with ${facility}: the study was taken out`;
      const event = { action: 'study.unshare', outcome: 'success', subject: ARCHIVE, studyInstanceUid, detail } as const;
      await audited(this.#with, owner === NOBODY ? event : { ...event, facility: owner });
    }
    this.#changes.note(studyInstanceUid, 'updated', [owner, ...ended]);
    // NOTE: whoever owns the study now may have shared it with the same facility.
    const others = await records.shares(studyInstanceUid, now());
    for (const other of others.filter(({ facility }) => ended.includes(facility))) {
      await this.#mirror(other);
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

function shown({ owner: _, ...share }: KeptShare): Share {
  return share;
}
