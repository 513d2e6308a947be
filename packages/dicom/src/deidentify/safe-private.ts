import { texts } from '../dataset/accessors.ts';
import type { DataSet, TagKey } from '../dataset/model.ts';
import { isPrivateCreator } from '../dictionary/dictionary.ts';
import type { SafePrivateBlock } from './profile.ts';

/** Creator, group, and the last two digits of elements: of PS3.15 table E.3.10-1 those that images are worthless without. */
const PUBLISHED: readonly (readonly [creator: string, group: string, elements: string])[] = [
  ['Philips PET Private Group', '7053', '00 09'],
  ['Philips Imaging DD 001', '2001', '03 04'],
  ['Philips MR Imaging DD 001', '2005', '0D 0E'],
  ['SIEMENS MR HEADER', '0019', '0C 0D 0E 27'],
  ['ELSCINT1', '00E1', '21'],
  ['ELSCINT1', '01E1', '26 50'],
  ['ELSCINT1', '01F1', '01 07 26 27'],
  ['GEMS_ACQU_01', '0019', '23 24 27 9E'],
  ['GEMS_SERS_01', '0025', '07'],
  ['GEMS_PARM_01', '0043', '27 39 6F'],
  ['GEMS_HELIOS_01', '0045', '01 02'],
  ['HOLOGIC, Inc.', '7E01', '01 02 10 11 12'],
  ['HOLOGIC, Inc.', '7F01', '01 02 10 11 12'],
];

const KNOWN_SAFE: readonly SafePrivateBlock[] = PUBLISHED.map(([creator, group, elements]) => ({
  creator,
  group,
  elements: elements.split(' '),
}));

/** Tells which private elements may stay. PS3.15 E.3.10. */
export class SafePrivate {
  readonly #blocks: ReadonlyMap<string, readonly SafePrivateBlock[]>;

  /** @param named beside those the standard names */
  constructor(named: readonly SafePrivateBlock[]) {
    this.#blocks = Map.groupBy([...KNOWN_SAFE, ...named], ({ creator, group }) => keyOf(creator, group));
  }

  /** The tags of a data set's private elements that may stay, with the creators they need. PS3.5 7.8.1. */
  tagsIn(dataSet: DataSet): ReadonlySet<TagKey> {
    const safe = new Set<TagKey>();
    for (const creatorTag of Object.keys(dataSet).filter(isPrivateCreator)) {
      const group = creatorTag.slice(0, 4);
      const [creator = ''] = texts(dataSet, creatorTag);
      const blocks = this.#blocks.get(keyOf(creator, group)) ?? [];
      const prefix = group + creatorTag.slice(6);
      const kept = Object.keys(dataSet).filter((tag) => tag.startsWith(prefix) && isNamed(blocks, tag.slice(6)));
      for (const tag of kept.length === 0 ? [] : [creatorTag, ...kept]) {
        safe.add(tag);
      }
    }
    return safe;
  }
}

function keyOf(creator: string, group: string): string {
  return `${group.toUpperCase()} ${creator.trim()}`;
}

function isNamed(blocks: readonly SafePrivateBlock[], element: string): boolean {
  return blocks.some(({ elements }) => elements === undefined || elements.some((one) => one.toUpperCase() === element));
}
