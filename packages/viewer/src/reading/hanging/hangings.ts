import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { HospitalSettings, ViewerSettings } from '../../api/settings.ts';
import { textInAll } from '../../i18n/index.ts';
import { presetsFor } from '../../imaging/model/presets.ts';
import type { Layout } from '../layouts.ts';
import type { Prior, Priors } from '../prior-store.ts';
import type { SeriesEntry } from '../series-store.ts';
import type { ViewportModel } from '../viewport-model.ts';
import { BUILT_IN } from './built-in.ts';
import { type Hanging, type HangingOwner, type OwnedHanging, parseHanging } from './hanging.ts';
import { hangingSeries } from './image-facts.ts';
import { hangingsFor, type StudyFacts } from './match-hanging.ts';
import { needsImages, type Placement, placeImages } from './place-images.ts';

/** A protocol that may be hung, with its name in every language. */
export interface NamedHanging extends OwnedHanging {
  readonly names: readonly string[];
}

export interface Hangings {
  /** Those that fit the study, the best first. */
  readonly fitting: ReadonlySignal<readonly NamedHanging[]>;
  /** The one that was hung last. */
  readonly current: ReadonlySignal<string | undefined>;
  hang(hanging: Hanging): Promise<void>;
  /** The next one that fits, or the one before. */
  step(steps: 1 | -1): void;
  /** Hangs the best one of which two panes can be filled, if that is still wanted once its images are known. */
  hangBest(isWanted: () => boolean): Promise<void>;
}

export interface HangingOptions {
  readonly own: ReadonlySignal<ViewerSettings>;
  readonly hospital: ReadonlySignal<HospitalSettings>;
  readonly priors: Priors;
  readonly series: ReadonlySignal<readonly SeriesEntry[]>;
  readonly viewports: readonly ViewportModel[];
  /** Shows so many panes, none of them alone. */
  readonly show: (layout: Layout) => void;
  readonly isDisposed: () => boolean;
}

type Placed = Placement<ReturnType<typeof hangingSeries>> | undefined;

/** Headers of a study with very many series are not all read to find a view. */
const MOST_READ = 24;

export function createHangings(options: HangingOptions): Hangings {
  const { own, hospital, priors } = options;
  const current = signal<string | undefined>(undefined);
  const all = computed<readonly NamedHanging[]>(() => [
    ...kept(own.value.hangings, 'own'),
    ...kept(hospital.value.hangings, 'hospital'),
    ...BUILT_IN.map((entry): NamedHanging => ({ ...entry, ...named(textInAll(entry.label)), owner: 'product' })),
  ]);
  const fitting = computed<readonly NamedHanging[]>(() => {
    const facts = factsOf(priors);
    const byId = new Map(all.value.map((hanging) => [`${hanging.owner}/${hanging.id}`, hanging]));
    const found = facts === undefined ? [] : hangingsFor(facts, all.value);
    return found.flatMap((hanging) => byId.get(`${hanging.owner}/${hanging.id}`) ?? []);
  });
  const hang = async (hanging: Hanging, least = 0, isWanted = () => true): Promise<boolean> => {
    const placed = await place(hanging, options);
    if (options.isDisposed() || placed.filter((found) => found !== undefined).length < least) {
      return false;
    }
    if (!isWanted()) {
      return true;
    }
    put(hanging, placed, options);
    current.value = hanging.id;
    return true;
  };
  return {
    fitting,
    current,
    hang: async (hanging) => {
      await hang(hanging);
    },
    step: (steps) => {
      const count = fitting.value.length;
      const at = fitting.value.findIndex(({ id }) => id === current.value);
      const to = at < 0 ? (steps === 1 ? 0 : count - 1) : (at + steps + count) % count;
      const next = fitting.value[to];
      if (next !== undefined) {
        void hang(next);
      }
    },
    hangBest: async (isWanted) => {
      for (const hanging of fitting.value) {
        if (await hang(hanging, Math.min(2, hanging.panes.length), isWanted)) {
          return;
        }
      }
    },
  };
}

function named(names: readonly string[]) {
  return { name: names[0] ?? '', names };
}

function kept(values: readonly unknown[], owner: HangingOwner): readonly NamedHanging[] {
  return values.flatMap((value) => {
    const hanging = parseHanging(value);
    return hanging === undefined ? [] : [{ ...hanging, names: [hanging.name], owner }];
  });
}

/** Priors that may be hung unasked: of the same kind and part, not later, and certainly of the same person. */
function usable({ all }: Priors): readonly Prior[] {
  return (all.value ?? []).filter(
    ({ likeness, relation, isDoubtful }) => likeness === 0 && (relation === 'earlier' || relation === 'sameDay') && !isDoubtful,
  );
}

function factsOf(priors: Priors): StudyFacts | undefined {
  const study = priors.current.value;
  return study === undefined || priors.all.value === undefined
    ? undefined
    : {
        modalities: study.modalities,
        bodyParts: study.bodyParts,
        description: study.description,
        imageCount: study.instanceCount,
        priorCount: usable(priors).length,
      };
}

async function place(hanging: Hanging, { priors, series }: HangingOptions): Promise<readonly Placed[]> {
  const wanted = Math.max(...hanging.panes.map(({ study }) => study));
  const earlier = await Promise.all(
    usable(priors)
      .slice(0, wanted)
      .map((prior) => prior.load()),
  );
  const studies = [series.value, ...earlier];
  if (needsImages(hanging)) {
    const read = studies.flatMap((all) => all.filter(({ info }) => info.rows !== null && info.rows > 0).slice(0, MOST_READ));
    await Promise.all(read.map(whenRead));
  }
  return placeImages(
    hanging,
    studies.map((all) => all.map(hangingSeries)),
  );
}

/** Resolves once the headers of a series are here, or cannot be had. */
function whenRead(entry: SeriesEntry): Promise<void> {
  return new Promise((resolve) => {
    void entry.load();
    let stop: (() => void) | undefined;
    let done = false;
    stop = effect(() => {
      const { phase } = entry.content.value;
      if (phase === 'ready' || phase === 'failed') {
        done = true;
        stop?.();
        resolve();
      }
    });
    if (done) {
      stop();
    }
  });
}

function put(hanging: Hanging, placed: readonly Placed[], { viewports, show }: HangingOptions): void {
  batch(() => {
    show({ rows: hanging.rows, columns: hanging.columns });
    for (const [at, viewport] of viewports.slice(0, hanging.rows * hanging.columns).entries()) {
      const found = placed[at];
      if (found === undefined || viewport.series.value !== found.series.entry) {
        viewport.open(found?.series.entry);
      } else {
        viewport.reset();
      }
      const pane = hanging.panes[at];
      const window = presetsFor('HU').find(({ name }) => name === pane?.window);
      if (window !== undefined && found?.series.modality === 'CT') {
        viewport.chosenGrey.value = { window };
      }
      viewport.wall.value = pane?.wall;
      if (found !== undefined && (found.index > 0 || viewport.index.value > 0)) {
        viewport.goTo(found.index);
      }
    }
  });
}
