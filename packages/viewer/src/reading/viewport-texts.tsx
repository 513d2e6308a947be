import type { VNode } from 'preact';
import { t, textOf } from '../i18n/index.ts';
import type { ViewportModel } from './viewport-model.ts';
import { viewportWords } from './viewport-words.ts';

/** Patient, study, series and image in the corners; directions on the edges. All of it is of the picture on the screen. */
export function ViewportTexts({ viewport }: { readonly viewport: ViewportModel }): VNode | null {
  const words = viewportWords(viewport);
  if (words === undefined) {
    return null;
  }
  const { corners, letters } = words;
  return (
    <>
      {(['topLeft', 'topRight', 'bottomLeft', 'bottomRight'] as const).map((corner) => (
        <div key={corner} class={`corner corner-${corner}`} data-corner={corner}>
          {corners[corner].map((line) => (
            <div key={line}>{line}</div>
          ))}
        </div>
      ))}
      {letters !== undefined &&
        (['top', 'right', 'bottom', 'left'] as const).map((edge) => (
          <div key={edge} class={`edge edge-${edge}`} data-edge={edge} title={directionText(letters[edge])}>
            {letters[edge]}
          </div>
        ))}
    </>
  );
}

/** The letters are those of the standard everywhere; what they mean is told by the tip. */
export function directionText(letters: string): string {
  return [...letters].map((letter) => textOf('reading', `direction${letter}`) ?? letter).join(', ');
}

/** What is under way or went wrong, said over the picture. */
export function LoadingText({ viewport }: { readonly viewport: ViewportModel }): VNode | null {
  const { value: frame } = viewport.frame;
  const waiting = frame !== undefined && viewport.failure.value === undefined && viewport.shown.value?.frame !== frame;
  return waiting ? (
    <div class="viewport-loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {t('reading.loadingImage')}
    </div>
  ) : null;
}
