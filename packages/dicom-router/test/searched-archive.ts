import { type DataSet, TAG, writeFileMeta } from '@filmless/dicom';
import type { ArchiveFetch, OnBehalf } from '../src/index.ts';
import type { TestObject } from './objects.ts';

/** One question that the archive was asked. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly caller: OnBehalf | undefined;
}

/** An archive without a store: answers searches from a list in pages, and gives back objects. */
export class SearchedArchive {
  readonly asked: Asked[] = [];
  /** Results of every search that is not for instances. */
  results: readonly DataSet[] = [];
  objects: readonly TestObject[] = [];
  /** SOP Instance UIDs that are listed and cannot be had. */
  readonly lost: Set<string> = new Set();
  /** Who sees anything. */
  facilities: readonly string[] = ['main'];
  pageSize = 2;
  /** In place of an answer to a search. */
  refusal: (() => Response) | undefined;
  /** Awaited before each page of a search. */
  before: (page: number) => Promise<void> = () => Promise.resolve();

  readonly fetch: ArchiveFetch = async (request, caller) => {
    const url = new URL(request.url);
    const accept = request.headers.get('accept') ?? '';
    this.asked.push({ path: url.pathname, query: url.searchParams, accept, caller });
    if (accept.startsWith('multipart/related')) {
      return this.#object(url.pathname.split('/').at(-1) ?? '', accept);
    }
    if (this.refusal !== undefined) {
      return this.refusal();
    }
    const results = this.facilities.includes(caller?.facility ?? '') ? this.#found(url) : [];
    return await this.#page(url, results);
  };

  #found({ pathname, searchParams }: URL): readonly DataSet[] {
    if (!pathname.endsWith('/instances')) {
      return this.results;
    }
    const [, study] = /studies\/([0-9.]+)/.exec(pathname) ?? [];
    const wanted = searchParams.get(TAG.SOPInstanceUID)?.split('\\');
    return this.objects
      .filter(({ studyInstanceUid }) => study === undefined || study === studyInstanceUid)
      .filter(({ sopInstanceUid }) => wanted === undefined || wanted.includes(sopInstanceUid))
      .map((object) => ({
        [TAG.SOPClassUID]: { vr: 'UI', Value: [object.sopClassUid] },
        [TAG.SOPInstanceUID]: { vr: 'UI', Value: [object.sopInstanceUid] },
        '00083002': { vr: 'UI', Value: [object.transferSyntaxUid] },
        [TAG.StudyInstanceUID]: { vr: 'UI', Value: [object.studyInstanceUid] },
        [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [object.seriesInstanceUid] },
      }));
  }

  async #page(url: URL, results: readonly DataSet[]): Promise<Response> {
    const from = Number(url.searchParams.get('after') ?? 0);
    await this.before(from / this.pageSize);
    url.searchParams.set('after', String(from + this.pageSize));
    const link: Record<string, string> = from + this.pageSize < results.length ? { link: `<${url.href}>; rel="next"` } : {};
    return Response.json(results.slice(from, from + this.pageSize), { headers: link });
  }

  #object(uid: string, accept: string): Response {
    const object = this.objects.find(({ sopInstanceUid }) => sopInstanceUid === uid);
    if (object === undefined || this.lost.has(uid)) {
      return new Response(null, { status: 404 });
    }
    const [, asked = '*'] = /transfer-syntax=([0-9.*]+)/.exec(accept) ?? [];
    const meta = writeFileMeta({
      mediaStorageSopClassUid: object.sopClassUid,
      mediaStorageSopInstanceUid: uid,
      // NOTE: the data set is not rewritten: what matters here is which syntax is asked for.
      transferSyntaxUid: asked === '*' ? object.transferSyntaxUid : asked,
    });
    return new Response(Buffer.concat([meta, object.bytes]), { headers: { 'content-type': 'application/dicom' } });
  }
}
