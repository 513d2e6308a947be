import { parseArgs } from 'node:util';
import { STUDY_SIZE } from './objects.ts';
import type { QuerySizes } from './querying.ts';
import type { ScaleOptions } from './scale.ts';
import { VIEWER_PARTS, type ViewerOptions, type ViewerPart } from './viewer/run.ts';

export interface BenchOptions {
  readonly pairs: number;
  /** Instances of each C-STORE line. */
  readonly instances: number;
  /** Times each reading request is made, per server and pair. */
  readonly repeats: number;
  /** The document whose table is replaced; undefined: print only. */
  readonly out: string | undefined;
  /** After so long nothing new is begun, in ms. */
  readonly deadlineMs: number;
  /** Storing and reading; whole series; Query/Retrieve; sending on. */
  readonly parts: readonly Part[];
  readonly query: QuerySizes;
  readonly scale: ScaleOptions;
  readonly viewer: ViewerOptions;
}

type Part = 'storing' | 'series' | 'query' | 'forward' | 'scale' | 'viewer';

const PARTS: readonly Part[] = ['storing', 'series', 'query', 'forward'];

const QUERY: QuerySizes = { studies: 10_000, instances: 100, large: 100_000, got: 5_000, moved: 1_000, repeats: 40, rounds: 5 };
const QUICK_QUERY: QuerySizes = { studies: 500, instances: 100, large: 10_000, got: 500, moved: 200, repeats: 10, rounds: 1 };

export const USAGE: string = `npm run bench -- [options]: Orthanc and Filmless side by side on this machine
  --pairs N       pairs of runs, Orthanc and Filmless in turn first [5]
  --instances N   instances of each C-STORE line, a multiple of ${STUDY_SIZE.ct} [3000]
  --quick         one pair of 300, printed only
  --out FILE      the document whose table is replaced [docs/performance.md]; "-" prints only
  --part NAME     storing (and reading), series (of 600 and 1,000 slices), query (C-FIND, C-MOVE, C-GET, memory)
                  or forward (sending on); all unless told
  --scale         only large indexes: searching and storing at sizes one after the other, printed only unless --out is given
  --sizes N,N     their instances [10000,1000000]; 10000000 takes half an hour to fill and 18 GB
  --engine NAME   where the indexes lie: sqlite, or postgres, on a server started for it [sqlite]
  --viewer        only the viewer beside OHIF, in Chromium, over one archive; --pairs are rounds [3]; printed only unless --out is given
  --viewer-part N opening (time to the first image and to full quality), scrolling, reading (memory), or planes (memory with 1,000
                  slices); the first three unless told
  --read MINUTES  how long each viewer is read with for its memory [5]; 60 for an hour
  --keep FOLDER   where filled indexes stay for the next run
  --minutes N     begins nothing new after so long [60]
  --help          this text`;

function positive(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name} must be a whole number above zero, not ${text}`);
  }
  return value;
}

function partsOf(part: string | undefined): readonly Part[] {
  if (part === undefined) {
    return PARTS;
  }
  const named = PARTS.find((known) => known === part);
  if (named === undefined) {
    throw new Error(`--part must be one of ${PARTS.join(', ')}, not ${part}`);
  }
  return [named];
}

const USUAL_VIEWER_PARTS: readonly ViewerPart[] = ['opening', 'scrolling', 'reading'];

function viewerPartsOf(part: string | undefined): readonly ViewerPart[] {
  if (part === undefined) {
    return USUAL_VIEWER_PARTS;
  }
  const named = VIEWER_PARTS.find((known) => known === part);
  if (named === undefined) {
    throw new Error(`--viewer-part must be one of ${VIEWER_PARTS.join(', ')}, not ${part}`);
  }
  return [named];
}

function engineOf(engine: string): ScaleOptions['engine'] {
  if (engine !== 'sqlite' && engine !== 'postgres') {
    throw new Error(`--engine must be sqlite or postgres, not ${engine}`);
  }
  return engine;
}

/** The options of the command line, or undefined where only the help is asked for. Throws on what it does not know. */
export function parseOptions(args: readonly string[], document: string): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string' },
      instances: { type: 'string' },
      quick: { type: 'boolean', default: false },
      part: { type: 'string' },
      out: { type: 'string' },
      scale: { type: 'boolean', default: false },
      sizes: { type: 'string', default: '10000,1000000' },
      engine: { type: 'string', default: 'sqlite' },
      keep: { type: 'string' },
      viewer: { type: 'boolean', default: false },
      'viewer-part': { type: 'string' },
      read: { type: 'string' },
      minutes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    return undefined;
  }
  const instances = positive('instances', values.instances, values.quick ? 300 : 3000);
  if (instances % STUDY_SIZE.ct !== 0) {
    throw new Error(`--instances must be a multiple of ${STUDY_SIZE.ct}: the studies are whole`);
  }
  const out = values.out ?? (values.quick || values.scale || values.viewer ? '-' : document);
  return {
    pairs: positive('pairs', values.pairs, values.quick ? 1 : 5),
    instances,
    repeats: values.quick ? 10 : 40,
    out: out === '-' ? undefined : out,
    deadlineMs: positive('minutes', values.minutes, 60) * 60_000,
    parts: values.viewer ? ['viewer'] : values.scale ? ['scale'] : partsOf(values.part),
    query: values.quick ? QUICK_QUERY : QUERY,
    scale: {
      sizes: values.sizes.split(',').map((size) => positive('sizes', size, 0)),
      times: values.quick ? 20 : 100,
      stored: values.quick ? 200 : 1000,
      engine: engineOf(values.engine),
      keep: values.keep,
    },
    viewer: {
      rounds: positive('pairs', values.pairs, values.quick ? 1 : 3),
      minutes: positive('read', values.read, values.quick ? 1 : 5),
      parts: viewerPartsOf(values['viewer-part']),
    },
  };
}
