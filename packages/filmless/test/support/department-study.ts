import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Attributes, randomFrom, type SampleStudy, uidFrom, writeImage } from '@filmless/fixtures';

const CLASSES = { CT: '1.2.840.10008.5.1.4.1.1.2', MR: '1.2.840.10008.5.1.4.1.1.4' } as const;

export interface DepartmentStudyOptions {
  /** UIDs and pixels come from it alone. */
  readonly seed: string;
  readonly patient: string;
  /** Requesting Service (0032,1033). */
  readonly department: string;
  readonly modality?: keyof typeof CLASSES;
  readonly slices: number;
  /** Rows and columns. */
  readonly size?: number;
  /** Pixels that no compression makes shorter. */
  readonly noise?: boolean;
  /** Attributes by keyword for one image, beside the others; `before` is the SOP Instance UID of the image before it. */
  readonly more?: (number: number, before: string) => Attributes;
}

/** A study that a department of a hospital asked for. */
export interface DepartmentStudy {
  readonly study: string;
  readonly series: string;
  readonly patientId: string;
  /** As the worklist shows it. */
  readonly name: string;
  readonly instances: readonly string[];
  readonly files: readonly Uint8Array[];
}

export function departmentStudy(options: DepartmentStudyOptions): DepartmentStudy {
  const { seed, patient, slices, modality = 'CT', size = 256, department } = options;
  const patientId = `BN${uidFrom(seed, 'patient').slice(-8)}`;
  const study: SampleStudy = {
    seed,
    patient: { id: patientId, name: patient, birthDate: '19700101', sex: 'F' },
    at: new Date('2026-03-02T08:00:00Z'),
    accessionNumber: seed.slice(0, 16),
    description: `${modality} ngực`,
  };
  const series = { number: 1, modality, description: 'axial', bodyPart: 'CHEST' };
  const numbers = Array.from({ length: slices }, (_, index) => index + 1);
  const files = numbers.map((instanceNumber) => {
    const pixels = options.noise === true ? noise(`${seed}/${instanceNumber}`, size) : rings(instanceNumber, size);
    const attributes = {
      ...{ SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: size, Columns: size, BitsStored: 16, HighBit: 15 },
      ...{ RescaleIntercept: 0, RescaleSlope: 1, WindowCenter: 400, WindowWidth: 800, RequestingService: department },
      ...{ PixelSpacing: [1, 1], ImagePositionPatient: [0, 0, instanceNumber], ImageOrientationPatient: [1, 0, 0, 0, 1, 0] },
      ...options.more?.(instanceNumber, uidFrom(seed, 'image', 1, instanceNumber - 1)),
    };
    return writeImage(study, series, { sopClassUid: CLASSES[modality], instanceNumber, attributes, pixels }).bytes;
  });
  const instances = numbers.map((number) => uidFrom(seed, 'image', 1, number));
  return {
    study: uidFrom(seed, 'study'),
    series: uidFrom(seed, 'series', 1),
    patientId,
    name: patient.replace('^', ' '),
    instances,
    files,
  };
}

/** One file an instance, for programs that send folders. */
export async function writeStudy(folder: string, { files }: DepartmentStudy): Promise<string> {
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map((bytes, index) => writeFile(join(folder, `${index + 1}.dcm`), bytes)));
  return folder;
}

function noise(seed: string, size: number): Uint16Array {
  const random = randomFrom(seed);
  return Uint16Array.from({ length: size * size }, () => random() * 65_536);
}

/** Something to be seen, another on each slice. */
function rings(number: number, size: number): Uint16Array {
  return Uint16Array.from({ length: size * size }, (_, index) => {
    const [x, y] = [(index % size) - size / 2, Math.floor(index / size) - size / 2];
    return Math.hypot(x, y) < size / 3 ? 400 + 300 * Math.sin(Math.hypot(x, y) / (4 + number)) : 0;
  });
}
