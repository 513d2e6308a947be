import type { ImageFrame } from './model/image-frame.ts';
import type { Picture } from './model/pixels.ts';
import type { View } from './model/view.ts';
import type { GreyScale } from './model/windows.ts';

/** Everything a viewport shows of an image: drawing is a function of this alone. */
export interface Scene {
  readonly picture: Picture;
  /** The frames the picture is one of. */
  readonly stack: readonly ImageFrame[];
  readonly view: View;
  readonly grey: GreyScale;
  /** Dark and bright exchanged against what the file says. */
  readonly inverted: boolean;
  /** Off, every point of the screen has the grey of the one image pixel it lies on. */
  readonly smooth: boolean;
}

/** Something a scene is drawn on. It fills its element and follows `resize`. */
export interface Surface extends Disposable {
  readonly draw: (scene: Scene) => void;
  readonly clear: () => void;
  readonly resize: () => void;
}

/** Whether low values are drawn bright. PS3.3 C.7.6.3.1.2. */
export function isInverted({ picture, inverted }: Scene): boolean {
  return (picture.frame.format.photometric === 'MONOCHROME1') !== inverted;
}
