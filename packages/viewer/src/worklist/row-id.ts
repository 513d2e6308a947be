/** The id of a study's row in the page. */
export function rowId(studyInstanceUid: string): string {
  return `study-${studyInstanceUid}`;
}
