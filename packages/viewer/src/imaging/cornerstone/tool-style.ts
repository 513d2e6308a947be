const MARK = '#ffd166';
const SELECTED = '#7ef0ff';

/** Amber on the picture, cyan when chosen, as everywhere on the page; words on a veil, so that they are read on bone and on air. */
export const MARK_STYLE: Readonly<Record<string, string | boolean>> = {
  color: MARK,
  colorHighlighted: '#ffe6a8',
  colorSelected: SELECTED,
  colorLocked: MARK,
  lineWidth: '1.8',
  lineDash: '',
  shadow: true,
  textBoxVisibility: true,
  textBoxFontFamily: '"Segoe UI", system-ui, -apple-system, Roboto, "Noto Sans", Arial, sans-serif',
  textBoxFontSize: '13px',
  textBoxColor: '#ffe6a8',
  textBoxColorHighlighted: '#ffe6a8',
  textBoxColorSelected: '#c9f7ff',
  textBoxColorLocked: '#ffe6a8',
  textBoxBackground: 'rgb(10 13 16 / 72%)',
  textBoxBorderRadius: '4',
  textBoxMargin: '6',
  textBoxLinkLineWidth: '1',
  textBoxLinkLineDash: '2,3',
  textBoxLinkLineColor: MARK,
  textBoxLinkLineColorSelected: SELECTED,
  textBoxShadow: true,
  markerSize: '10',
  angleArcLineDash: '',
};
