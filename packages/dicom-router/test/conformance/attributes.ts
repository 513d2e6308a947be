import { type DataSet, itemsOf, lookupTag, type TagKey } from '@filmless/dicom';
import {
  AT_CREATION,
  IN_A_CHANGE,
  type Requirement,
  UNCHANGEABLE,
  WHEN_COMPLETED,
  WHEN_DISCONTINUED,
} from '../../src/mpps/requirements.ts';
import { FIND_MODELS, UNIQUE_KEYS } from '../../src/query/information-model.ts';
import { SHAPE } from '../../src/worklist/item.ts';
import { table } from './markdown.ts';

const shown = (tag: TagKey): string => `(${tag.slice(0, 4)},${tag.slice(4)})`;
const nameOf = (tag: TagKey): string => lookupTag(tag)?.name ?? tag;

/** Levels and unique keys of each information model. */
export function queryLevels(): string {
  const rows = [...FIND_MODELS.values()].flatMap(({ name, levels }) =>
    levels.map((level, index) => [
      name,
      level,
      `${nameOf(UNIQUE_KEYS[level])} ${shown(UNIQUE_KEYS[level])}`,
      levels
        .slice(0, index)
        .map((above) => nameOf(UNIQUE_KEYS[above]))
        .join(', ') || 'none',
    ]),
  );
  return table(['information model', 'level', 'unique key', 'keys of levels above that must be given, unless relational'], rows);
}

/** Every attribute of a worklist item; it is a matching key and a return key. */
export function worklistAttributes(): string {
  return table(['attribute', 'tag', 'VR', 'matching'], worklistRows(SHAPE, ''));
}

function worklistRows(dataSet: DataSet, before: string): readonly (readonly string[])[] {
  return Object.entries(dataSet)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([tag, attribute]) => {
      const row = [`${before}${nameOf(tag)}`, shown(tag), attribute.vr, MATCHING[attribute.vr] ?? 'single value, wild card'];
      return [row, ...itemsOf(attribute).flatMap((item) => worklistRows(item, `${before}> `))];
    });
}

const MATCHING: Readonly<Record<string, string>> = {
  SQ: 'the keys of its one item',
  UI: 'list of UIDs',
  DA: 'single value, range',
  TM: 'single value, range',
  US: 'single value',
  DS: 'single value',
  PN: 'single value, wild card; without regard to accents and case',
};

/** Types that performed procedure steps are held to. */
export function performedStepAttributes(): string {
  const typeIn = (list: readonly Requirement[], tag: TagKey) => list.find((one) => one.tag === tag)?.type.toString() ?? '-';
  const extra = [...UNCHANGEABLE].filter((tag) => !AT_CREATION.some((one) => one.tag === tag));
  const rows = [...AT_CREATION, ...extra.map((tag): Pick<Requirement, 'tag' | 'items'> => ({ tag }))].flatMap(
    ({ tag, items = [] }) => [
      [
        nameOf(tag),
        shown(tag),
        typeIn(AT_CREATION, tag),
        UNCHANGEABLE.has(tag) ? 'left out' : `taken${typeIn(IN_A_CHANGE, tag) === '-' ? '' : ', items held to their types'}`,
        typeIn(WHEN_COMPLETED, tag),
        typeIn(WHEN_DISCONTINUED, tag),
      ],
      ...itemRows(items, '> '),
    ],
  );
  return table(['attribute', 'tag', 'type at N-CREATE', 'in N-SET', 'when COMPLETED', 'when DISCONTINUED'], rows);
}

function itemRows(items: readonly Requirement[], before: string): readonly (readonly string[])[] {
  return items.flatMap(({ tag, type, items: inner = [] }) => [
    [`${before}${nameOf(tag)}`, shown(tag), String(type), '', '', ''],
    ...itemRows(inner, `${before}> `),
  ]);
}
