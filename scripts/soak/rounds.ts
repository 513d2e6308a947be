/** One long form: test files, and what tells them that they are to be long. */
export interface Round {
  readonly name: string;
  readonly project: 'contract' | 'e2e' | 'hostile';
  /** Beginnings of file names, as vitest takes them. */
  readonly files: readonly string[];
  readonly environment: (seed: string) => Readonly<Record<string, string>>;
}

/** Runs beside the rounds for the whole time. */
export const STEADY = (minutes: number): Round => ({
  name: 'steady load',
  project: 'e2e',
  files: ['packages/filmless/test/e2e/steady.test.ts'],
  environment: (seed) => ({ FILMLESS_SEED: seed, FILMLESS_STEADY_MINUTES: String(minutes) }),
});

/** Taken in turn until the time is over, each time from another seed. */
export const ROUNDS: readonly Round[] = [
  {
    name: '50 kills under load',
    project: 'e2e',
    files: ['packages/filmless/test/e2e/kill.test.ts'],
    environment: (seed) => ({ FILMLESS_KILLS: '50', FILMLESS_KILL_SEED: seed }),
  },
  {
    name: 'power cuts, full and failing disks at every step of storing',
    project: 'contract',
    files: ['packages/archive/test/contract/power-cut.test.ts'],
    environment: (seed) => ({ FILMLESS_SEED: seed }),
  },
  {
    name: 'the object store away for 30 s, full, slow, busy; kills on a bucket',
    project: 'e2e',
    files: ['packages/filmless/test/e2e/object-storage-faults', 'packages/filmless/test/e2e/object-storage.'],
    environment: (seed) => ({ FILMLESS_SEED: seed }),
  },
  {
    name: 'three processes over one PostgreSQL and one MinIO: kills, and each of both away for 30 s',
    project: 'e2e',
    files: ['packages/filmless/test/e2e/cluster.test.ts'],
    environment: (seed) => ({ FILMLESS_SEED: seed }),
  },
  {
    name: 'images on their way to another Filmless, Orthanc and storescp, through kills and cut lines',
    project: 'e2e',
    files: ['packages/filmless/test/e2e/forward'],
    environment: (seed) => ({ FILMLESS_SEED: seed, FILMLESS_FORWARD_FAULTS: '20' }),
  },
  {
    name: 'hostile input',
    project: 'hostile',
    files: ['packages/'],
    environment: (seed) => ({ FILMLESS_SEED: seed, FILMLESS_HOSTILE: '2' }),
  },
];
