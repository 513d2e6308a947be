import type { TagKey } from '../dataset/model.ts';
import { isVr, type Vr } from '../vr.ts';
import { DICTIONARY } from './dictionary.gen.ts';

/** A data element as PS3.6 has it. */
export interface DictionaryEntry {
  /** As asked for; of a repeating group the asked group, not the mask. */
  readonly tag: TagKey;
  readonly keyword: string;
  readonly name: string;
  /** The VR, or the first of them where the data set decides ("US or SS"). */
  readonly vr: Vr;
  /** All VRs the element may have, mostly one. */
  readonly vrs: readonly Vr[];
  readonly vm: string;
  readonly retired: boolean;
}

interface Dictionary {
  readonly byTag: ReadonlyMap<string, DictionaryEntry>;
  readonly masked: readonly { readonly pattern: RegExp; readonly entry: DictionaryEntry }[];
  readonly byKeyword: ReadonlyMap<string, TagKey>;
}

const LINE = /^([0-9A-Fx]{4})([A-Z]{2}(?:\/[A-Z]{2})*)(!?)(\S+) ([^|]*)(?:\|(.*))?$/;

/** The keyword follows from the name unless the line says otherwise; the generator holds the same rule. */
function keywordOf(name: string): string {
  return name
    .replace(/['’]s\b/g, '')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function parseLine(group: string, line: string): DictionaryEntry | undefined {
  const match = LINE.exec(line);
  if (match === null) {
    return undefined;
  }
  const [, element = '', vrText = '', retired = '', vm = '', name = '', keyword] = match;
  const vrs = vrText.split('/').filter(isVr);
  return {
    tag: group + element,
    keyword: keyword ?? keywordOf(name),
    name,
    vr: vrs[0] ?? 'UN',
    vrs,
    vm,
    retired: retired === '!',
  };
}

function parseDictionary(): Dictionary {
  const byTag = new Map<string, DictionaryEntry>();
  const byKeyword = new Map<string, TagKey>();
  const masked: { pattern: RegExp; entry: DictionaryEntry }[] = [];
  let group = '';
  for (const line of DICTIONARY.split('\n')) {
    if (line.startsWith('=')) {
      group = line.slice(1);
      continue;
    }
    const entry = parseLine(group, line);
    if (entry === undefined) {
      continue;
    }
    if (entry.tag.includes('x')) {
      masked.push({ pattern: new RegExp(`^${entry.tag.replaceAll('x', '[0-9A-F]')}$`), entry });
    } else {
      byTag.set(entry.tag, entry);
    }
    if (entry.keyword !== '') {
      // Of a repeating group the first one: OverlayData is 60003000.
      byKeyword.set(entry.keyword, entry.tag.replaceAll('x', '0'));
    }
  }
  return { byTag, masked, byKeyword };
}

let parsed: Dictionary | undefined;

/** Parsed at first use: a program that names its tags by `TAG` never pays for it. */
function dictionary(): Dictionary {
  parsed ??= parseDictionary();
  return parsed;
}

/** The tag of a keyword: `tagOf('PatientName')` is `00100010`. */
export function tagOf(keyword: string): TagKey | undefined {
  return dictionary().byKeyword.get(keyword);
}

/** What the standard says of a tag; undefined for private data elements and tags it does not know. */
export function lookupTag(tag: TagKey): DictionaryEntry | undefined {
  const { byTag, masked } = dictionary();
  const exact = byTag.get(tag);
  if (exact !== undefined) {
    return exact;
  }
  if (tag.endsWith('0000')) {
    return { tag, keyword: 'GenericGroupLength', name: 'Generic Group Length', vr: 'UL', vrs: ['UL'], vm: '1', retired: true };
  }
  if (isPrivateTag(tag)) {
    return isPrivateCreator(tag)
      ? { tag, keyword: 'PrivateCreator', name: 'Private Creator', vr: 'LO', vrs: ['LO'], vm: '1', retired: false }
      : undefined;
  }
  const entry = masked.find(({ pattern }) => pattern.test(tag))?.entry;
  return entry === undefined ? undefined : { ...entry, tag };
}

/** Odd group: the element belongs to a maker. PS3.5 7.8. */
export function isPrivateTag(tag: TagKey): boolean {
  return '13579BDF'.includes(tag.charAt(3));
}

/** (gggg,0010-00FF) of an odd group reserves a block and names its maker. PS3.5 7.8.1. */
export function isPrivateCreator(tag: TagKey): boolean {
  return isPrivateTag(tag) && tag.startsWith('00', 4) && tag.slice(6) >= '10';
}
