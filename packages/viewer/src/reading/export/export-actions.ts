import { FileArchive, FileOutput, FolderArchive, ImageDown, ImageMinus } from 'lucide-preact';
import { pathOf } from '../../api/client.ts';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import type { Action } from '../action.ts';
import type { ReadingModel } from '../reading-model.ts';
import { followLink, saveFile } from '../save-file.ts';
import { type ViewportWords, viewportWords } from '../viewport-words.ts';
import { pictureName, withoutName } from './picture-words.ts';

const hasPicture = ({ active }: ReadingModel): boolean => active.value.shown.value !== undefined;

/** A picture, a series or a study, saved on the computer; measurements and key images, published in the study. */
export const EXPORT_ACTIONS: readonly Action[] = [
  {
    id: 'publish',
    group: 'page',
    label: 'publishing.open',
    icon: FileOutput,
    inMenu: true,
    keys: ['Shift+s'],
    run: ({ publishing }) => {
      publishing.value = true;
    },
    isPossible: hasPicture,
  },
  {
    id: 'savePicture',
    group: 'page',
    label: 'exporting.picture',
    icon: ImageDown,
    inMenu: true,
    keys: ['Shift+p'],
    run: (model) => void savePicture(model, (words) => words),
    isPossible: hasPicture,
  },
  {
    id: 'savePictureWithoutName',
    group: 'page',
    label: 'exporting.pictureWithoutName',
    icon: ImageMinus,
    inMenu: true,
    keys: [],
    run: (model) => void savePicture(model, withoutName),
    isPossible: hasPicture,
  },
  {
    id: 'saveSeries',
    group: 'page',
    label: 'exporting.series',
    icon: FileArchive,
    inMenu: true,
    keys: [],
    run: ({ active }) => {
      const { value: entry } = active.value.series;
      if (entry !== undefined) {
        saveZip(entry.studyInstanceUid, entry.info.seriesInstanceUid);
      }
    },
    isPossible: ({ active }) => active.value.series.value !== undefined,
  },
  {
    id: 'saveStudy',
    group: 'page',
    label: 'exporting.study',
    icon: FolderArchive,
    inMenu: true,
    keys: [],
    run: ({ active, studyInstanceUid }) => saveZip(active.value.series.value?.studyInstanceUid ?? studyInstanceUid),
  },
];

/** The browser writes it to the disk as it comes: a study may be larger than memory. */
function saveZip(study: string, series?: string): void {
  followLink(`/api${pathOf('studies', study)}/zip${series === undefined ? '' : `?series=${series}`}`);
  toast('success', t('exporting.begun'));
}

async function savePicture({ active }: ReadingModel, choose: (words: ViewportWords) => ViewportWords): Promise<void> {
  const pane = document.querySelector<HTMLElement>(`#viewport-${active.value.number} .viewport-pixels`);
  const words = viewportWords(active.value);
  const frame = active.value.shown.value?.frame;
  if (pane === null || words === undefined || frame === undefined) {
    return;
  }
  const chosen = choose(words);
  try {
    const { composePicture } = await import('./compose-picture.ts');
    saveFile(pictureName(frame, chosen), await composePicture(pane, chosen), 'image/png');
  } catch (error) {
    toast('failure', t('exporting.failed', { reason: error instanceof Error ? error.message : String(error) }));
  }
}
