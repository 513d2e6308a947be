import type { StoredInstance } from '../model.ts';

/** The frames of an instance once more, each in HTJ2K with its resolutions one behind the other. PS3.5 A.4.12, 8.2.13. */
export interface ProgressiveForm {
  /** Of the derivative in the store. */
  readonly key: string;
  /** Bytes of each frame, in their order. */
  readonly lengths: readonly number[];
}

/** A form as it is noted. */
export interface NotedForm extends ProgressiveForm {
  /** The object it was made of. */
  readonly objectKey: string;
  readonly bytes: number;
}

type Of = Pick<StoredInstance, 'sopInstanceUid' | 'objectKey'>;

/**
 * Which instances have a progressive form. It is no more than a help: it can go at any time, and what asks for it makes it again.
 * @throws ArchiveError, DatabaseError
 */
export interface ProgressiveForms {
  find(instance: Of): Promise<ProgressiveForm | undefined>;
  /** False, and nothing is noted, when the instance has another object now, or is gone. */
  note(instance: Of, form: ProgressiveForm, at: string): Promise<boolean>;
  /** Of all of them. */
  totalBytes(): Promise<number>;
  /** The ones made first. */
  oldest(limit: number): Promise<readonly NotedForm[]>;
  forget(keys: readonly string[]): Promise<void>;
}
