import { type DataSet, firstText, items, personName, TAG, texts } from '@filmless/dicom';

/** Lines of a report that are shown; the longest of those in use have some thousand. */
const MOST_LINES = 20_000;

interface Line {
  readonly depth: number;
  readonly name: string;
  readonly value: string;
}

const CONCEPT_NAME = '0040A043';
const MEANING = '00080104';

function meaning(item: DataSet, tag: string): string {
  const code = items(item, tag)[0];
  return code === undefined ? '' : (firstText(code, MEANING) ?? firstText(code, '00080100') ?? '');
}

/** Attributes that hold a value as it is, by value type. PS3.3 C.17.3. */
const PLAIN: Readonly<Record<string, string>> = {
  TEXT: '0040A160',
  DATETIME: '0040A120',
  DATE: '0040A121',
  TIME: '0040A122',
  UIDREF: '0040A124',
  SCOORD: '00700023',
  SCOORD3D: '00700023',
};

function shownValue(item: DataSet): string {
  const type = firstText(item, '0040A040')?.trim() ?? '';
  const plain = PLAIN[type];
  if (plain !== undefined) {
    return texts(item, plain).join('\\');
  }
  switch (type) {
    case 'CODE':
      return meaning(item, '0040A168');
    case 'PNAME':
      return (personName(item, '0040A123')?.Alphabetic ?? '').split('^').filter(Boolean).join(' ');
    case 'NUM': {
      const measured = items(item, '0040A300')[0] ?? {};
      return [firstText(measured, '0040A30A') ?? '', meaning(measured, '004008EA')].join(' ').trim();
    }
    case 'IMAGE':
    case 'WAVEFORM':
    case 'COMPOSITE':
      return firstText(items(item, '00081199')[0] ?? {}, TAG.ReferencedSOPInstanceUID) ?? '';
    default:
      return '';
  }
}

/** The tree of a report in the order it is read. Without recursion: the tree is another's. PS3.3 C.17.3. */
function linesOf(report: DataSet): readonly Line[] {
  const lines: Line[] = [];
  const open = [{ item: report, depth: 0 }];
  for (let next = open.pop(); next !== undefined && lines.length < MOST_LINES; next = open.pop()) {
    const { item, depth } = next;
    lines.push({ depth, name: meaning(item, CONCEPT_NAME), value: shownValue(item) });
    open.push(
      ...items(item, TAG.ContentSequence)
        .toReversed()
        .map((child) => ({ item: child, depth: depth + 1 })),
    );
  }
  return lines.filter(({ name, value }) => name !== '' || value !== '');
}

function headOf(report: DataSet): readonly string[] {
  const name = (personName(report, TAG.PatientName)?.Alphabetic ?? '').split('^').filter(Boolean).join(' ');
  return [name, firstText(report, TAG.PatientID) ?? '', firstText(report, TAG.StudyDate) ?? ''].filter((part) => part !== '');
}

/** Furthest a line is indented. */
const DEEPEST = 20;

export function reportAsText(report: DataSet): string {
  const lines = linesOf(report).map(({ depth, name, value }) => {
    const indent = '  '.repeat(Math.min(depth, DEEPEST));
    return `${indent}${[name, value]
      .filter((part) => part !== '')
      .join(': ')
      .replace(/\r\n?|\n/g, `\n${indent}  `)}`;
  });
  return `${[headOf(report).join('  '), '', ...lines].join('\n')}\n`;
}

export function reportAsHtml(report: DataSet): string {
  const rows = linesOf(report).map(
    ({ depth, name, value }) =>
      `<p style="margin:.3em 0 .3em ${1.5 * Math.min(depth, DEEPEST)}em"><b>${escaped(name)}</b>${name && value ? ': ' : ''}${escaped(value)}</p>`,
  );
  const head = headOf(report).map(escaped).join(' &middot; ');
  const style = 'font-family:sans-serif;white-space:pre-wrap';
  return `<!doctype html><html><head><meta charset="utf-8"><title>${head}</title></head><body style="${style}"><h1>${head}</h1>${rows.join('')}</body></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
