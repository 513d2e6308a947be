/** What is wrong, as a word a program can decide by; `message` says it to a person and names the field. */
export type DicomErrorCode =
  | 'not-dicom'
  | 'truncated'
  | 'invalid-meta'
  | 'invalid-element'
  | 'invalid-uid'
  | 'missing-attribute'
  | 'unknown-transfer-syntax'
  | 'limit-exceeded'
  | 'invalid-multipart'
  | 'invalid-json'
  | 'invalid-value'
  | 'no-such-frame'
  | 'not-deidentifiable';

/** The one error this package throws. */
export class DicomError extends Error {
  override readonly name = 'DicomError';
  readonly code: DicomErrorCode;

  constructor(code: DicomErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
