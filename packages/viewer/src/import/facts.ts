import {
  type DataSet,
  DicomError,
  displayName,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  firstNumber,
  firstText,
  MEDIA_DIRECTORY,
  personName,
  readDataSet,
  readFileMeta,
  TAG,
  type TransferSyntax,
} from '@filmless/dicom';

/** Whom an object names, in the form people compare. */
export interface Person {
  readonly id: string;
  readonly issuer: string;
  /** Display form. */
  readonly name: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly birthDate: string;
  readonly sex: string;
}

/** What an object says of itself before its pixels. */
export interface InstanceFacts {
  readonly sopInstanceUid: string;
  readonly patient: Person;
  readonly study: {
    readonly uid: string;
    readonly date: string;
    readonly description: string;
    readonly accession: string;
    readonly institution: string;
  };
  readonly series: {
    readonly uid: string;
    readonly number: number | undefined;
    readonly modality: string;
    readonly description: string;
  };
}

/** What a file is. `incomplete`: an object that does not say what it is or where it belongs. */
export type FileFacts =
  | { readonly kind: 'dicom'; readonly facts: InstanceFacts }
  | { readonly kind: 'dicomdir' | 'zip' | 'other' | 'incomplete' };

/** Of most files the first step is enough; of those with long private values before their numbers, a later one. */
const STEPS = [16 * 1024, 128 * 1024, 1024 * 1024];
/** What is asked for stands before it. */
const BEHIND_NUMBERS = '00200020';

/** Reads the header of a file, as little of it as is needed and never more than 1 MiB. */
export async function readFacts(file: Blob): Promise<FileFacts> {
  for (const step of STEPS) {
    const bytes = new Uint8Array(await file.slice(0, step).arrayBuffer());
    const found = await factsOf(bytes, step < file.size);
    if (found !== 'more') {
      return found;
    }
  }
  return { kind: 'incomplete' };
}

async function factsOf(bytes: Uint8Array<ArrayBuffer>, partial: boolean): Promise<FileFacts | 'more'> {
  if (isZip(bytes)) {
    return { kind: 'zip' };
  }
  try {
    const { meta, dataSetOffset } = readFileMeta(bytes);
    if (meta.mediaStorageSopClassUid === MEDIA_DIRECTORY) {
      return { kind: 'dicomdir' };
    }
    const syntax = findTransferSyntax(meta.transferSyntaxUid);
    if (syntax === undefined) {
      return { kind: 'incomplete' };
    }
    return await ofDataSet(bytes.subarray(dataSetOffset), syntax, partial);
  } catch (error) {
    if (!(error instanceof DicomError)) {
      throw error;
    }
    if (error.code === 'truncated' && partial) {
      return 'more';
    }
    return { kind: error.code === 'not-dicom' || error.code === 'truncated' ? 'other' : 'incomplete' };
  }
}

async function ofDataSet(bytes: Uint8Array<ArrayBuffer>, syntax: TransferSyntax, partial: boolean): Promise<FileFacts | 'more'> {
  const plain = syntax.deflated ? await inflatedBeginning(bytes) : bytes;
  const read = syntax.deflated ? findTransferSyntax(EXPLICIT_VR_LITTLE_ENDIAN) : syntax;
  const { dataSet } = readDataSet(plain, {
    transferSyntax: read ?? syntax,
    stopAtPixelData: true,
    stopBefore: BEHIND_NUMBERS,
    partial: partial || syntax.deflated,
    bulkData: { threshold: 1024 },
  });
  const facts = instanceFacts(dataSet);
  const { sopInstanceUid, study, series } = facts;
  return sopInstanceUid === '' || study.uid === '' || series.uid === '' ? { kind: 'incomplete' } : { kind: 'dicom', facts };
}

const INFLATED_BYTES = 1024 * 1024;

/** The beginning of a deflated data set; it may be cut off, and may be a bomb. PS3.5 A.5. */
async function inflatedBeginning(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    while (length < INFLATED_BYTES) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      parts.push(value);
      length += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // It is only a part of the stream: what came out of it is what there is.
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** What a data set, or the records of a DICOMDIR taken together, say. */
export function instanceFacts(dataSet: DataSet): InstanceFacts {
  const text = (tag: string): string => firstText(dataSet, tag)?.trim() ?? '';
  return {
    sopInstanceUid: text(TAG.SOPInstanceUID),
    patient: {
      id: text(TAG.PatientID),
      issuer: text(TAG.IssuerOfPatientID),
      name: displayName(personName(dataSet, TAG.PatientName)),
      birthDate: day(text(TAG.PatientBirthDate)),
      sex: text(TAG.PatientSex),
    },
    study: {
      uid: text(TAG.StudyInstanceUID),
      date: day(text(TAG.StudyDate)),
      description: text(TAG.StudyDescription),
      accession: text(TAG.AccessionNumber),
      institution: text(TAG.InstitutionName),
    },
    series: {
      uid: text(TAG.SeriesInstanceUID),
      number: firstNumber(dataSet, TAG.SeriesNumber),
      modality: text(TAG.Modality),
      description: text(TAG.SeriesDescription),
    },
  };
}

/** `YYYYMMDD`, and `YYYY.MM.DD` of old machines. */
function day(text: string): string {
  const digits = text.replaceAll('.', '');
  return /^\d{8}$/.test(digits) ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}` : '';
}

/** `PK`, then a local file header, or the end record of an empty archive. */
function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}
