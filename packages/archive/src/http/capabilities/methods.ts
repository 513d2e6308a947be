import { lookupTag } from '@filmless/dicom';
import { OPTIONAL, REQUIRED, type SearchLevel } from '../../core/levels.ts';
import { REQUIREMENTS } from '../../core/workitems/attributes.ts';
import { FRAME_TYPES } from '../wado/media-types.ts';
import { PICTURES } from '../wado/picture.ts';
import { type Element, element } from './wadl.ts';

/** What is told of a method of a resource. */
interface Transaction {
  readonly name: string;
  /** Media types of answers, the default first. */
  readonly accept?: readonly string[];
  /** Media types of what is sent. */
  readonly body?: readonly string[];
  readonly query?: readonly string[];
  /** Statuses of success, with a body when `accept` is given. */
  readonly success: string;
  /** Other statuses of the transaction itself. */
  readonly other?: string;
}

const MODEL = ['application/dicom+json', 'multipart/related; type="application/dicom+xml"'] as const;
const SINGLE_MODEL = ['application/dicom+json', 'application/dicom+xml'] as const;
const FILES = ['multipart/related; type="application/dicom"; transfer-syntax=*'] as const;
const ONE_FILE = [...FILES, 'application/dicom; transfer-syntax=*'] as const;
const VALUES = ['application/octet-stream', 'multipart/related; type="application/octet-stream"; transfer-syntax=*'] as const;
const STORED = [
  'multipart/related; type="application/dicom"',
  'application/dicom',
  'multipart/related; type="application/dicom+json"',
  'multipart/related; type="application/dicom+xml"',
  ...SINGLE_MODEL,
] as const;

const SEARCH = [
  'includefield',
  'fuzzymatching',
  'emptyvaluematching',
  'multiplevaluematching',
  'combineddatetime',
  'limit',
  'offset',
  'after',
] as const;
/** PS3.18 8.3.4; the attributes are those of the Unified Procedure Step. */
const WORKLIST_SEARCH = [
  'includefield',
  'fuzzymatching',
  'emptyvaluematching',
  'multiplevaluematching',
  'limit',
  'offset',
  'after',
] as const;
/** Of what can be looked at and is no image. */
const SHOWN = ['video/mp4', 'video/mpeg', 'application/pdf', 'text/html', 'text/plain'] as const;
const RENDERING = [
  'accept',
  'annotation',
  'quality',
  'viewport',
  'window',
  'iccprofile',
  'presentationUID',
  'presentationSeriesUID',
] as const;
/** PS3.18 9.1.2. */
const BY_URI = [
  'requestType',
  'studyUID',
  'seriesUID',
  'objectUID',
  'contentType',
  'charset',
  'anonymize',
  'annotation',
  'rows',
  'columns',
  'region',
  'windowCenter',
  'windowWidth',
  'frameNumber',
  'imageQuality',
  'presentationUID',
  'presentationSeriesUID',
  'transferSyntax',
] as const;
/** Of each service. PS3.18 8.5. */
const FAILURES = '400 401 403 404 406 413 503';

const LEVELS: Readonly<Record<string, SearchLevel>> = {
  patients: 'patient',
  studies: 'study',
  series: 'series',
  instances: 'instance',
};

/** What a method does to the resource of a template. PS3.18 table H-1. */
function transactionOf(method: string, template: string): Transaction {
  const last = template.slice(template.lastIndexOf('/') + 1);
  const level = LEVELS[last];
  if (method === 'DELETE' && template.startsWith('studies/')) {
    return { name: 'Delete', success: '204', other: '409' };
  }
  if (method === 'GET' && level !== undefined) {
    return { name: 'Search', accept: MODEL, query: [...SEARCH, ...attributesOf(level)], success: '200', other: '304' };
  }
  if (method === 'POST' && /^studies(?:\/\{StudyInstanceUID\})?$/.test(template)) {
    return { name: 'Store', accept: SINGLE_MODEL, body: STORED, success: '200 202', other: '409 415' };
  }
  if (method === 'POST' && template.startsWith('commitment-requests/')) {
    return { name: 'RequestCommitment', accept: SINGLE_MODEL, body: SINGLE_MODEL, success: '200' };
  }
  if (template.startsWith('workitems') || template.startsWith('subscribers')) {
    return worklistOf(method, template);
  }
  return (method === 'GET' ? retrievalOf(template, last) : undefined) ?? { name: method, success: '2xx' };
}

/** PS3.18 11. */
function worklistOf(method: string, template: string): Transaction {
  switch (`${method} ${template}`) {
    case 'GET workitems':
      return {
        name: 'SearchWorkitems',
        accept: MODEL,
        query: [...WORKLIST_SEARCH, ...WORKITEM_ATTRIBUTES],
        success: '200',
        other: '304',
      };
    case 'POST workitems':
      return { name: 'CreateWorkitem', body: SINGLE_MODEL, query: ['workitem'], success: '201', other: '409 415' };
    case 'GET workitems/{WorkitemUID}':
      return { name: 'RetrieveWorkitem', accept: SINGLE_MODEL, success: '200', other: '304' };
    case 'POST workitems/{WorkitemUID}':
      return { name: 'UpdateWorkitem', body: SINGLE_MODEL, query: ['transaction-uid'], success: '200', other: '409 415' };
    case 'PUT workitems/{WorkitemUID}/state':
      return { name: 'ChangeWorkitemState', body: SINGLE_MODEL, success: '200', other: '409 415' };
    case 'POST workitems/{WorkitemUID}/cancelrequest':
      return { name: 'RequestCancellation', body: SINGLE_MODEL, success: '202', other: '409 415' };
    case 'POST workitems/{WorkitemUID}/subscribers/{AETitle}':
      return { name: 'Subscribe', query: ['deletionlock', 'filter'], success: '201' };
    case 'DELETE workitems/{WorkitemUID}/subscribers/{AETitle}':
      return { name: 'Unsubscribe', success: '200' };
    case 'POST workitems/{WorkitemUID}/subscribers/{AETitle}/suspend':
      return { name: 'SuspendGlobalSubscription', success: '200' };
    case 'GET subscribers/{AETitle}':
      return { name: 'OpenNotificationConnection', success: '101', other: '426' };
    default:
      return { name: method, success: '2xx' };
  }
}

function retrievalOf(template: string, last: string): Transaction | undefined {
  switch (last) {
    case 'metadata':
      return { name: 'RetrieveMetadata', accept: MODEL, success: '200', other: '304' };
    case 'rendered':
      return { name: 'RetrieveRendered', accept: [...PICTURES, ...SHOWN], query: RENDERING, success: '200', other: '304' };
    case 'thumbnail':
      return { name: 'RetrieveThumbnail', accept: PICTURES, query: ['accept', 'viewport'], success: '200', other: '304' };
    case '{FrameList}':
      return {
        name: 'RetrieveFrames',
        accept: [...[...VALUES].reverse(), ...FRAME_TYPES],
        query: ['accept'],
        success: '200 206',
        other: '304 416',
      };
    case 'wado':
      return {
        name: 'RetrieveByUri',
        accept: [...PICTURES, 'application/dicom', ...SHOWN],
        query: BY_URI,
        success: '200',
        other: '304',
      };
    case '{BulkdataPath}':
      return { name: 'RetrieveBulkdata', accept: VALUES, success: '200 206', other: '304 416' };
    case '{StudyInstanceUID}':
    case '{SeriesInstanceUID}':
    case '{SOPInstanceUID}':
      return template.startsWith('studies/')
        ? {
            name: 'Retrieve',
            accept: last === '{SOPInstanceUID}' ? ONE_FILE : FILES,
            query: ['accept'],
            success: '200',
            other: '304',
          }
        : undefined;
    default:
      return undefined;
  }
}

/** Keywords of what a search of a level gives; they can be matched as any other attribute can. */
function attributesOf(level: SearchLevel): readonly string[] {
  return [...REQUIRED[level], ...OPTIONAL[level]].map((tag) => lookupTag(tag)?.keyword ?? tag);
}

/** Keywords of what a search of the worklist gives. */
const WORKITEM_ATTRIBUTES: readonly string[] = REQUIREMENTS.filter(({ found }) => found).map(
  ({ tag }) => lookupTag(tag)?.keyword ?? tag,
);

/** A method as an element of the description; its id is unique in the document. */
export function methodElement(method: string, template: string): Element {
  const { name, accept, body, query = [], success, other } = transactionOf(method, template);
  const accepted =
    accept === undefined
      ? []
      : [
          element(
            'param',
            { name: 'Accept', style: 'header', default: accept[0] ?? '' },
            accept.map((value) => element('option', { value })),
          ),
        ];
  const parameters = query.map((parameter) => element('param', { name: parameter, style: 'query' }));
  const request = [...accepted, ...parameters, ...representations(body)];
  const id = [name, ...template.split('/').map((part) => part.replace(/[{}]/g, ''))].join('-');
  return element('method', { name: method, id }, [
    ...(request.length === 0 ? [] : [element('request', {}, request)]),
    element('response', { status: success }, representations(accept)),
    element(
      'response',
      { status: [FAILURES, ...(other === undefined ? [] : [other])].join(' ') },
      representations(['application/problem+json']),
    ),
  ]);
}

function representations(types: readonly string[] | undefined): readonly Element[] {
  return (types ?? []).map((mediaType) => element('representation', { mediaType }));
}
