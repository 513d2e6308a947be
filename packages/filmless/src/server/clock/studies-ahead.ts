import { type DataSet, firstText, TAG } from '@filmless/dicom';
import { SERVER_LIMITS } from '../../limits.ts';

/** Studies looked at: the newest by their date, which those of the future are. */
const NEWEST = 20;

/** The archive's DICOMweb, with an identity that may see all. */
type Fetch = (request: Request) => Promise<Response>;

/** DA in the form `YYYYMMDD`, of this machine's time zone. PS3.5 6.2. */
function dateOf(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
}

/** Study Date and Time in this machine's time zone, in milliseconds since 1970; a date alone counts from midnight. */
export function studyTime(date: string, time: string): number {
  const [, year = '', month = '', day = ''] = /^(\d{4})(\d{2})(\d{2})$/.exec(date) ?? [];
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(\d{2})(\d{2})?(\d{2})?/.exec(time) ?? [];
  return new Date(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds)).getTime();
}

/** By how much studies are ahead of `now`, in milliseconds: those of the newest that are, by more than a clock may differ. */
export async function studiesAhead(archive: Fetch, now: Date): Promise<readonly number[]> {
  const url = `http://localhost/dicom-web/studies?StudyDate=${dateOf(now)}-&limit=${NEWEST}`;
  const response = await archive(new Request(url, { headers: { host: 'localhost', accept: 'application/dicom+json' } }));
  if (response.status !== 200) {
    return [];
  }
  const found: unknown = await response.json();
  const studies = Array.isArray(found) ? (found as readonly DataSet[]) : [];
  return studies
    .map((study) => studyTime(firstText(study, TAG.StudyDate) ?? '', firstText(study, TAG.StudyTime) ?? '') - now.getTime())
    .filter((ahead) => ahead > SERVER_LIMITS.studyAhead);
}
