export interface ExifFacts {
  /** 1 to 8. */
  readonly orientation: number;
  /** `YYYYMMDDHHMMSS`. */
  readonly takenAt: string | undefined;
}

const ORIENTATION = 0x0112;
const EXIF_FOLDER = 0x8769;
const TAKEN_AT = 0x9003;
/** Entries of a folder that are looked at. */
const MOST_ENTRIES = 1_000;
const TIFF = 6;

/** What the body of an APP1 segment says of the picture; undefined when it is no EXIF. EXIF 2.32 4.5, TIFF 6.0. */
export function readExif(body: Uint8Array): ExifFacts | undefined {
  const isExif = [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, index) => body[index] === byte);
  if (!isExif || body.byteLength < TIFF + 8) {
    return undefined;
  }
  const view = new DataView(body.buffer, body.byteOffset + TIFF, body.byteLength - TIFF);
  const little = view.getUint16(0) === 0x4949;
  const first = folder(view, view.getUint32(4, little), little);
  const said = first.get(ORIENTATION);
  const orientation = said === undefined ? 1 : view.getUint16(said + 8, little);
  const more = first.get(EXIF_FOLDER);
  const inside = more === undefined ? undefined : folder(view, view.getUint32(more + 8, little), little);
  return {
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    takenAt: momentAt(view, inside?.get(TAKEN_AT), little),
  };
}

/** Where the entries of a folder lie, by their tags. */
function folder(view: DataView, at: number, little: boolean): ReadonlyMap<number, number> {
  const entries = new Map<number, number>();
  if (at + 2 > view.byteLength) {
    return entries;
  }
  const count = Math.min(view.getUint16(at, little), MOST_ENTRIES);
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + 12 * index;
    if (entry + 12 > view.byteLength) {
      break;
    }
    entries.set(view.getUint16(entry, little), entry);
  }
  return entries;
}

/** `YYYY:MM:DD HH:MM:SS`, behind the folder. */
function momentAt(view: DataView, entry: number | undefined, little: boolean): string | undefined {
  const at = entry === undefined ? view.byteLength : view.getUint32(entry + 8, little);
  if (at + 19 > view.byteLength) {
    return undefined;
  }
  const text = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 19));
  const digits = text.replaceAll(/[: ]/g, '');
  return /^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/.test(text) && !digits.startsWith('0000') ? digits : undefined;
}
