/** Begins each value that lies elsewhere. NOTE: no text of a header can hold it: its quotation marks would be escaped there. PS3.18 F.2.6. */
const LIES_AT = '"BulkDataURI":"';
const RELATIVE = `${LIES_AT}bulkdata/`;

/** Puts the URL of its instance before each relative BulkDataURI of a header as text. */
export function withBulkDataUrls(text: string, instanceUrl: string): string {
  return text.replaceAll(RELATIVE, () => `${LIES_AT}${instanceUrl}/bulkdata/`);
}

/** The same text for clients that know the server by another root. */
export function underRoot(text: string, root: string, other: string): string {
  return root === other ? text : text.replaceAll(`${LIES_AT}${root}/studies/`, () => `${LIES_AT}${other}/studies/`);
}

/** The URL of an instance below a DICOMweb root. PS3.18 10.1.2. */
export function instanceUrlOf(
  root: string,
  uids: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly sopInstanceUid: string },
): string {
  return `${root}/studies/${uids.studyInstanceUid}/series/${uids.seriesInstanceUid}/instances/${uids.sopInstanceUid}`;
}
