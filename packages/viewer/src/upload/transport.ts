import { ApiError } from '../api/client.ts';

interface TransportCall {
  /** Where to; STOW-RS unless given. */
  readonly url?: string;
  readonly body: Blob;
  readonly contentType: string;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

export interface TransportAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a body to STOW-RS. @throws ApiError with status 0 when no answer came */
export type Transport = (call: TransportCall) => Promise<TransportAnswer>;

/** XMLHttpRequest, because fetch tells nothing about the progress of a body. */
export const sendByXhr: Transport = ({ url = '/dicom-web/studies', body, contentType, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('Content-Type', contentType);
    request.setRequestHeader('Accept', 'application/dicom+json');
    request.upload.onprogress = (event) => onProgress(event.loaded);
    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.onloadend = () => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) {
        reject(signal.reason);
      } else if (request.status === 0) {
        reject(new ApiError(0, 'no answer'));
      } else {
        resolve({ status: request.status, body: request.responseText });
      }
    };
    request.send(body);
  });
