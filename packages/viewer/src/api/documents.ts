import { ApiError } from './client.ts';

export interface NewDocument {
  readonly file: Blob;
  readonly title: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** Adds a PDF or picture; `path` is that of the study or order. XMLHttpRequest, because fetch tells nothing of a body's progress. @throws ApiError */
export function addDocument(path: string, { file, title, date }: NewDocument, onProgress: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${path}/documents?${new URLSearchParams({ title, ...(date === '' ? {} : { date }) })}`);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    request.onloadend = () => {
      if (request.status === 201) {
        resolve();
      } else {
        reject(new ApiError(request.status, detailOf(request.responseText)));
      }
    };
    request.send(file);
  });
}

function detailOf(body: string): string {
  try {
    const problem: unknown = JSON.parse(body);
    const { detail } = problem as { readonly detail?: unknown };
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}
