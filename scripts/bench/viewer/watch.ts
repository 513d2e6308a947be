/** A picture that was seen in the page: of a canvas or an image element that takes a viewport's place. */
export interface Look {
  /** Milliseconds since the document began. */
  readonly at: number;
  /** Which element of the page. */
  readonly id: number;
  readonly kind: 'canvas' | 'img';
  /** `SIDE` x `SIDE` greys, row by row. */
  readonly greys: readonly number[];
}

export interface Watched {
  readonly looks: readonly Look[];
  /** Elements that are visible now. */
  readonly visible: readonly number[];
  /** When something was last seen to change; 0 when nothing was. */
  readonly changedAt: number;
  /** Changes of pictures on canvases since the counter was set to 0. */
  readonly changes: number;
  readonly now: number;
  /** When something was last clicked. */
  readonly clickedAt: number;
  readonly timeOrigin: number;
}

/** Rows and columns a picture is looked at with. */
const SIDE: number = 48;

/**
 * Runs in each page before its own program, whichever viewer it is: right after each refresh of the screen, before what the page does
 * next, it looks at all canvases and images of a viewport's size, and remembers those whose picture is another than before.
 */
export const WATCH: string = `(() => {
  const SIDE = ${SIDE};
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
  const known = new WeakMap();
  const state = { looks: [], visible: [], changedAt: 0, changes: 0, clickedAt: 0 };
  let nextId = 1;
  window.__watch = {
    state,
    report: () => ({ ...state, now: performance.now(), timeOrigin: performance.timeOrigin }),
    restart: () => { state.looks = []; state.changes = 0; },
  };
  addEventListener('click', () => { state.clickedAt = performance.now(); }, { capture: true });
  const large = (element) => {
    const box = element.getBoundingClientRect();
    return box.width >= 250 && box.height >= 200 && box.bottom > 0 && box.right > 0 && box.left < innerWidth && box.top < innerHeight;
  };
  const greysOf = (element) => {
    context.clearRect(0, 0, SIDE, SIDE);
    context.drawImage(element, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const greys = new Array(SIDE * SIDE);
    for (let at = 0; at < greys.length; at += 1) greys[at] = (data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) / 3;
    return greys;
  };
  const look = () => {
    const at = performance.now();
    const visible = [];
    for (const element of document.querySelectorAll('canvas, img')) {
      const isCanvas = element instanceof HTMLCanvasElement;
      if (!large(element) || (isCanvas ? element.width * element.height === 0 : !element.complete || element.naturalWidth === 0)) continue;
      const before = known.get(element) ?? { id: nextId++, greys: undefined };
      known.set(element, before);
      visible.push(before.id);
      const greys = greysOf(element);
      if (before.greys === undefined || greys.some((grey, index) => Math.abs(grey - before.greys[index]) > 0.5)) {
        before.greys = greys;
        state.changedAt = at;
        state.changes += isCanvas ? 1 : 0;
        if (state.looks.length < 400) state.looks.push({ at, id: before.id, kind: isCanvas ? 'canvas' : 'img', greys });
      }
    }
    state.visible = visible;
  };
  const painted = new MessageChannel();
  painted.port1.onmessage = look;
  const refresh = () => {
    painted.port2.postMessage(0);
    requestAnimationFrame(refresh);
  };
  requestAnimationFrame(refresh);
})()`;
