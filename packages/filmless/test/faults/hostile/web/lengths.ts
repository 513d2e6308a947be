import { ADMIN_TOKEN, type Product } from '../../../support/product.ts';
import { sayRaw } from '../http-client.ts';
import type { Place } from './stowed.ts';

const HEAD = `Host: 127.0.0.1\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`;
const THREE_GB = 'Content-Length: 3221225472\r\n';
const STOW_TYPE = 'Content-Type: multipart/related; type="application/dicom"; boundary=part\r\n';
const MODEL_TYPE = 'Content-Type: multipart/related; type="application/dicom+json"; boundary=part\r\n';
const JPEG_START = '\xff\xd8\xff\xe0\x00\x10JFIF\0';
const QUIET_MS = 2_000;

/** Requests that call themselves longer than they are, and what is answered before they end: nothing, while more may come. */
const FORGED = (study: string): Readonly<Record<string, readonly [text: string, answer: RegExp]>> => ({
  'a picture of 3 GB': [
    `POST /api/studies/${study}/documents?title=x HTTP/1.1\r\n${HEAD}${THREE_GB}\r\n${JPEG_START.repeat(400)}`,
    /^HTTP\/1\.1 413 /,
  ],
  'a PDF of 3 GB': [
    `POST /api/studies/${study}/documents?title=x HTTP/1.1\r\n${HEAD}${THREE_GB}\r\n%PDF-1.4${' '.repeat(5000)}`,
    /^HTTP\/1\.1 413 /,
  ],
  'a document of chunks': [
    `POST /api/studies/${study}/documents?title=x HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n%PDF-\r\n`,
    /^HTTP\/1\.1 400 /,
  ],
  'an order of 3 GB': [
    `POST /api/orders HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n${THREE_GB}\r\n{`,
    /^HTTP\/1\.1 413 /,
  ],
  'an upload that is begun with 3 GB': [
    `POST /api/uploads HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n${THREE_GB}\r\n{`,
    /^HTTP\/1\.1 413 /,
  ],
  'an order of chunks of any size': [
    `POST /api/orders HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{`,
    /^$|^HTTP\/1\.1 4/,
  ],
  'objects of 3 GB': [`POST /dicom-web/studies HTTP/1.1\r\n${HEAD}${STOW_TYPE}${THREE_GB}\r\n--part\r\n\r\n`, /^$/],
  'metadata of 3 GB': [
    `POST /dicom-web/studies HTTP/1.1\r\n${HEAD}Content-Type: application/dicom+json\r\n${THREE_GB}\r\n[`,
    /^$/,
  ],
  'parts of 3 GB': [
    `POST /dicom-web/studies HTTP/1.1\r\n${HEAD}${MODEL_TYPE}${THREE_GB}\r\n--part\r\ncontent-location: a\r\ncontent-length: 99999999999\r\n\r\nx`,
    /^$/,
  ],
  'a commitment request of 3 GB': [
    `POST /dicom-web/commitment-requests/1.2 HTTP/1.1\r\n${HEAD}Content-Type: application/dicom+json\r\n${THREE_GB}\r\n[`,
    /^$/,
  ],
  'metadata that is shorter than it says': [
    `POST /dicom-web/studies HTTP/1.1\r\n${HEAD}Content-Type: application/dicom+json\r\nContent-Length: 100\r\n\r\n[{}]`,
    /^$/,
  ],
  'metadata that is longer than it says': [
    `POST /dicom-web/studies HTTP/1.1\r\n${HEAD}Content-Type: application/dicom+json\r\nContent-Length: 2\r\n\r\n[]{}`,
    /^$|^HTTP\/1\.1 400 /,
  ],
});

/** Says each on several connections at once; gives what was answered otherwise. */
export async function attackWithLengths(product: Product, { study }: Place): Promise<readonly string[]> {
  const asked = Object.entries(FORGED(study)).flatMap((one) => [one, one, one, one]);
  const answers = await Promise.all(
    asked.map(async ([name, [text, expected]]) => {
      const heard = await sayRaw(product, Buffer.from(text, 'latin1'), QUIET_MS);
      return expected.test(heard) ? undefined : `${name}: ${heard.slice(0, 300)}`;
    }),
  );
  return answers.filter((fault) => fault !== undefined);
}
