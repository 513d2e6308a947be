import type { TextKey } from '../../i18n/index.ts';
import { type Hanging, type HangingPane, PANE } from './hanging.ts';

/** A protocol of the product: its name is in the catalogue. */
export interface BuiltIn extends Omit<Hanging, 'name'> {
  readonly label: TextKey;
}

type Kind = 'id' | 'label' | 'modalities' | 'rows' | 'columns' | 'panes';

function builtIn(given: Pick<BuiltIn, Kind> & Partial<BuiltIn>): BuiltIn {
  return { bodyParts: [], words: [], priors: 0, atLeast: 0, key: undefined, ...given };
}

const prior: HangingPane = { ...PANE, study: 1 };

/** The right breast at the left, both chest walls in the middle: as two films on a light box. */
function breast(side: 'L' | 'R', view: string, study = 0): HangingPane {
  return { ...PANE, study, views: [view], side, wall: side === 'R' ? 'right' : 'left' };
}

const words = (...phrases: readonly string[]): HangingPane => ({ ...PANE, words: phrases });
const view = (...views: readonly string[]): HangingPane => ({ ...PANE, views });

const PROJECTIONS = ['CR', 'DX', 'RG'];

export const BUILT_IN: readonly BuiltIn[] = [
  builtIn({ id: 'ct-prior', label: 'hanging.ctPrior', modalities: ['CT'], priors: 1, rows: 1, columns: 2, panes: [PANE, prior] }),
  builtIn({
    id: 'mr-sequences',
    label: 'hanging.mrSequences',
    modalities: ['MR'],
    rows: 2,
    columns: 2,
    panes: [words('t1'), words('t2'), words('flair', 'stir'), words('dwi', 'diff', 'diffusion', 'b1000', 'adc')],
  }),
  builtIn({ id: 'mr-prior', label: 'hanging.mrPrior', modalities: ['MR'], priors: 1, rows: 1, columns: 2, panes: [PANE, prior] }),
  builtIn({
    id: 'chest-two',
    label: 'hanging.chestTwo',
    modalities: PROJECTIONS,
    bodyParts: ['CHEST', 'THORAX', 'ngực', 'phổi'],
    rows: 1,
    columns: 2,
    panes: [view('PA', 'AP'), view('LL', 'RL', 'LAT', 'LATERAL')],
  }),
  builtIn({
    id: 'projection-prior',
    label: 'hanging.projectionPrior',
    modalities: PROJECTIONS,
    priors: 1,
    rows: 1,
    columns: 2,
    panes: [PANE, prior],
  }),
  builtIn({
    id: 'mammography-four',
    label: 'hanging.mammographyFour',
    modalities: ['MG'],
    atLeast: 3,
    rows: 2,
    columns: 2,
    panes: [breast('R', 'CC'), breast('L', 'CC'), breast('R', 'MLO'), breast('L', 'MLO')],
  }),
  builtIn({
    id: 'mammography-cc',
    label: 'hanging.mammographyCc',
    modalities: ['MG'],
    rows: 1,
    columns: 2,
    panes: [breast('R', 'CC'), breast('L', 'CC')],
  }),
  builtIn({
    id: 'mammography-mlo',
    label: 'hanging.mammographyMlo',
    modalities: ['MG'],
    rows: 1,
    columns: 2,
    panes: [breast('R', 'MLO'), breast('L', 'MLO')],
  }),
  builtIn({
    id: 'mammography-prior',
    label: 'hanging.mammographyPrior',
    modalities: ['MG'],
    priors: 1,
    rows: 2,
    columns: 2,
    panes: [breast('R', 'CC'), breast('L', 'CC'), breast('R', 'CC', 1), breast('L', 'CC', 1)],
  }),
  builtIn({
    id: 'us-grid',
    label: 'hanging.usGrid',
    modalities: ['US'],
    atLeast: 4,
    rows: 2,
    columns: 2,
    panes: [1, 2, 3, 4].map((image) => ({ ...PANE, image })),
  }),
];
