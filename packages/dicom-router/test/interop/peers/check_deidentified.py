"""Holds de-identified files against PS3.15 table E.1-1, attribute by attribute, at every level.

Read from standard input: JSON with `table` (path of the table as JSON) and `cases`: { original, result, options, whole, group }.
Written: JSON with `checked` (attributes) and `faults`, in words. It shares no code and no table with what made the files.
"""
import array
import json
import re
import sys
import warnings
from collections import Counter, defaultdict

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.multival import MultiValue

warnings.simplefilter('ignore')
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

COLUMNS = {
    'retainUids': 'rtnUIDsOpt', 'retainDeviceIdentity': 'rtnDevIdOpt', 'retainInstitutionIdentity': 'rtnInstIdOpt',
    'retainPatientCharacteristics': 'rtnPatCharsOpt', 'retainFullDates': 'rtnLongFullDatesOpt',
    'retainModifiedDates': 'rtnLongModifDatesOpt', 'cleanDescriptors': 'cleanDescOpt',
    'cleanStructuredContent': 'cleanStructContOpt', 'cleanGraphics': 'cleanGraphOpt', 'retainSafePrivate': 'rtnSafePrivOpt',
}
ADDED = {0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280302, 0x00280303}
PIXELS = {0x7FE00008, 0x7FE00009, 0x7FE00010}
WELL_KNOWN = re.compile(r'1\.2\.840\.10008\.1\.')
FREE = {'LO', 'SH', 'ST', 'LT', 'UC', 'UT', 'PN'}
SAFE_PRIVATE = {'Philips PET Private Group', 'Philips Imaging DD 001', 'Philips MR Imaging DD 001', 'SIEMENS MR HEADER', 'ELSCINT1',
                'GEMS_ACQU_01', 'GEMS_SERS_01', 'GEMS_PARM_01', 'GEMS_HELIOS_01', 'HOLOGIC, Inc.'}
# Names are looked for in texts, unless they are such words as anybody may use.
WORDS_OF_ANYBODY = {'removed', 'filmless', 'dicom'}


class Table:
    def __init__(self, path):
        rows = json.load(open(path, encoding='utf8'))
        self.exact = {int(row['id'], 16): row for row in rows if re.fullmatch('[0-9a-fA-F]{8}', row['id'])}
        self.by_id = {row['id']: row for row in rows}

    def row(self, tag):
        if tag.group % 2 == 1:
            return self.by_id['ggggeeee-where-gggg-is-odd']
        if tag.group >> 8 == 0x50:
            return self.by_id['50xxxxxx']
        if tag.group >> 8 == 0x60 and tag.element in (0x3000, 0x4000):
            return self.by_id['60xx%04x' % tag.element]
        return self.exact.get(int(tag))


def actions(row, options):
    cells = {row.get(COLUMNS[option]) for option in options if option in COLUMNS} - {None, ''}
    if 'C' in cells:
        return {'C'} | ({'K'} if 'K' in cells else set()), cells
    return (cells if cells else set(row['basicProfile'].replace('*', '').split('/'))), cells


def values(element):
    value = element.value
    if value is None:
        return []
    return list(value) if isinstance(value, (MultiValue, list)) else [value]


def plain(value):
    return value if isinstance(value, (bytes, int, float)) else str(value)


def is_empty(element):
    return element.VR == 'SQ' and len(element.value) == 0 or element.VR != 'SQ' and element.is_empty


class Case:
    def __init__(self, table, case, mapping):
        self.table, self.case, self.mapping = table, case, mapping
        self.options = case['options']
        self.faults, self.checked = [], 0
        self.shifts = set()

    def fault(self, path, text):
        self.faults.append(f"{self.case['original']} {self.case['options']} {path}: {text}")

    def run(self):
        original = pydicom.dcmread(self.case['original'], force=True, stop_before_pixels=True)
        result = pydicom.dcmread(self.case['result'], stop_before_pixels=not self.case['whole'])
        self.identifiers = Identifiers(original, self.table, self.options)
        self.data_set(original, result, '', False)
        self.nothing_left(result)
        if self.case['whole']:
            self.same_pixels(result)
        if len(self.shifts) > 1:
            self.fault('', f'dates moved by different days: {sorted(self.shifts)}')
        if result.get('PatientIdentityRemoved') != 'YES' or 'DeidentificationMethodCodeSequence' not in result:
            self.fault('', 'does not say that it was de-identified')
        if 'retainUids' not in self.options and str(result.file_meta.MediaStorageSOPInstanceUID) != str(result.SOPInstanceUID):
            self.fault('', 'the file meta information names another instance')
        return original, result

    def data_set(self, before, after, path, cleaned):
        for element in before:
            self.element(element, after, f'{path}{element.tag}', cleaned)
        for element in after:
            known = element.tag in before or int(element.tag) in PIXELS or (path == '' and int(element.tag) in ADDED) or element.tag == 0x00080005
            if not known:
                self.fault(f'{path}{element.tag}', 'is new')

    def element(self, element, after, path, cleaned):
        tag = element.tag
        made = after[tag] if tag in after else None
        if int(tag) in ADDED and path.count('/') == 0 or tag.element == 0:
            return
        self.checked += 1
        row = self.table.row(tag)
        if tag.group % 2 == 1:
            self.private(element, made, path)
        elif row is None:
            self.unlisted(element, made, path, cleaned)
        else:
            self.listed(element, made, row, path)

    def private(self, element, made, path):
        if made is None:
            return
        if 'retainSafePrivate' not in self.options:
            self.fault(path, 'a private element is left')
        creator = made.value if element.tag.is_private_creator else made.private_creator
        if creator not in SAFE_PRIVATE:
            self.fault(path, f'a private element of {creator} is left')

    def unlisted(self, element, made, path, cleaned):
        """Stays as it is, unless it may identify by its kind; overlays without their data say nothing."""
        tag = element.tag
        may_go = element.VR in ('PN', 'DA', 'DT', 'TM', 'UI', 'UR', 'LT', 'ST', 'UT', 'UN') or tag.group >> 8 == 0x60
        if made is None:
            if not (may_go or tag.group < 8 or int(tag) in PIXELS or not known(tag)):
                self.fault(path, 'is gone, and the table does not ask for it')
            return
        if element.VR == 'SQ':
            self.items(element, made, path, cleaned)
        elif not may_go and not self.is_cleaned(element, made):
            self.fault(path, f'was {element.value!r} and is {made.value!r}')

    def listed(self, element, made, row, path):
        allowed, cells = actions(row, self.options)
        dates = 'retainModifiedDates' in self.options and row.get('rtnLongModifDatesOpt') == 'C'
        if made is None:
            # An option that cleans a text may find nothing in it that can stay.
            if not allowed & {'X', 'C'} and not (int(element.tag) in PIXELS):
                self.fault(path, f'is gone, but {sorted(allowed)} is asked for')
        elif is_empty(made):
            nothing_but_names = 'K' in allowed and self.identifiers.is_only_names(element)
            if not (allowed & {'Z', 'C'} or is_empty(element) or nothing_but_names):
                self.fault(path, f'is empty, but {sorted(allowed)} is asked for')
        elif allowed == {'X'}:
            self.fault(path, f'should be removed, is {made.value!r}')
        elif element.VR == 'SQ':
            self.sequence(element, made, allowed, path)
        elif 'U' in allowed or element.VR == 'UI' and 'D' in allowed:
            self.uids(element, made, path)
        elif 'C' in allowed and dates:
            self.moved(element, made, path)
        elif 'C' in allowed:
            if not (self.is_cleaned(element, made) or is_dummy(made)):
                self.fault(path, f'was {element.value!r} and is {made.value!r}')
        elif 'K' in allowed:
            if values(element) != values(made) and not self.is_cleaned(element, made):
                self.fault(path, f'should be kept, was {element.value!r} and is {made.value!r}')
        elif not is_dummy(made) and not is_pseudonym(made):
            self.fault(path, f'is no dummy: {made.value!r}')

    def sequence(self, element, made, allowed, path):
        if allowed & {'K', 'C', 'U'} or len(element.value) == len(made.value) and not is_one_dummy(made):
            self.items(element, made, path, 'C' in allowed)
        elif not is_one_dummy(made):
            self.fault(path, 'has items that are no dummies')

    def items(self, element, made, path, cleaned):
        if len(element.value) != len(made.value):
            self.fault(path, f'had {len(element.value)} items and has {len(made.value)}')
        for number, (before, after) in enumerate(zip(element.value, made.value)):
            self.data_set(before, after, f'{path}/{number}/', cleaned)

    def uids(self, element, made, path):
        if len(values(element)) != len(values(made)):
            self.fault(path, 'has another number of UIDs')
        for before, after in zip(values(element), values(made)):
            before, after = str(before), str(after)
            if before == '' or WELL_KNOWN.match(before):
                continue
            if not re.fullmatch(r'2\.25\.(0|[1-9]\d{0,38})', after):
                self.fault(path, f'{after} is no UID of a hash')
            if self.mapping.setdefault(before, after) != after:
                self.fault(path, f'{before} became {after}, elsewhere {self.mapping[before]}')

    def moved(self, element, made, path):
        if element.VR in ('TM', 'SH'):
            return
        if is_dummy(made):
            if element.VR in ('DA', 'DT') and all(day(value) for value in values(element)):
                self.fault(path, f'{element.value!r} was not moved')
            return
        for before, after in zip(values(element), values(made)):
            days = (day(after) - day(before)).days if day(before) and day(after) else None
            if days is None or days >= 0:
                self.fault(path, f'was {before} and is {after}')
            else:
                self.shifts.add(days)

    def is_cleaned(self, element, made):
        """The same, or the same without some words."""
        before, after = values(element), values(made)
        if before == after or element.VR in ('OB', 'OW', 'UN') and element.value == made.value:
            return True
        if not all(isinstance(value, (str, pydicom.valuerep.PersonName)) for value in before + after):
            return len(before) == len(after) and all(is_same(one, other) for one, other in zip(before, after))
        return is_part(' '.join(map(str, after)), ' '.join(map(str, before)))

    def same_pixels(self, result):
        """Nothing is blackened here; of an odd length one byte more."""
        try:
            before = pydicom.dcmread(self.case['original'], force=True)
        except Exception:
            return
        if not before.original_encoding[1]:
            return
        for group in range(0x6000, 0x6020, 2):
            if (before[group, 0x0100].value if (group, 0x0100) in before else 1) > 1 and (group, 0x3000) not in before:
                return self.no_bits_left(before, result)
        for tag in PIXELS:
            if tag in before and tag in result and not is_empty(before[tag]):
                pixels = bytes(before[tag].value)
                if bytes(result[tag].value)[:len(pixels)] != pixels:
                    self.fault('', 'has other pixels')

    def no_bits_left(self, before, result):
        """An overlay lay in bits of 16 that samples do not use."""
        one, other = array.array('H', before.PixelData), array.array('H', result.PixelData)
        mask = (1 << before.BitsStored) - 1
        if any(value & mask != made for value, made in zip(one, other)) or one == other:
            self.fault('', 'has other pixels, or still an overlay in them')

    def nothing_left(self, result):
        # Bytes that could not be told from any others are not looked for.
        with open(self.case['result'], 'rb') as file:
            content = file.read()
        if 'retainUids' in self.options:
            # UIDs that stay may have a date in them.
            uids = {str(value) for element in every(result) if element.VR == 'UI' for value in values(element)}
            for uid in sorted(uids, key=len, reverse=True):
                content = content.replace(uid.encode(), b'')
        pixels = next((bytes(element.value) for element in result if int(element.tag) in PIXELS and element.value), b'')
        header = content.replace(pixels, b'') if pixels else content
        for text in self.identifiers.numbers:
            # Eight characters in a row do not come about in compressed pixels by chance.
            if any(form in (content if len(text) >= 8 else header) for form in forms(text)):
                self.fault('', f'still holds {text!r}')
        for element in every(result):
            if element.VR in FREE and not is_code(element) and not is_pseudonym(element) and int(element.tag) not in ADDED:
                words = set(re.findall(r'\w+', ' '.join(str(value) for value in values(element)).lower()))
                left = words & self.identifiers.names
                if left:
                    self.fault(str(element.tag), f'still holds {left}')


def is_same(before, after):
    """A DS that was longer than its 16 characters loses what does not fit."""
    if str(before) == str(after):
        return True
    try:
        return abs(float(before) - float(after)) <= 1e-11 * max(1, abs(float(before)))
    except (TypeError, ValueError):
        return False


def is_code(element):
    return int(element.tag) in (0x00080100, 0x00080102, 0x00080103, 0x00080104)


def is_part(part, whole):
    """Letters of the part stand in the whole in their order."""
    rest = iter(whole)
    return all(any(letter == other for other in rest) for letter in part if not letter.isspace())


def known(tag):
    try:
        dictionary_VR(tag)
        return True
    except KeyError:
        return False


def day(value):
    import datetime
    text = re.sub(r'[.\-/]', '', str(value)[:10]) if re.match(r'\d{4}[.\-/]', str(value)) else str(value)[:8]
    try:
        return datetime.datetime.strptime(text, '%Y%m%d').date()
    except ValueError:
        return None


DUMMIES = {'REMOVED', '000Y', '19000101', '19000101000000', '000000', '0', '00000', 'COERCE', 'urn:removed', '(0000,0000)'}


def is_dummy(element):
    return all(plain(value) in (0, b'\0\0', b'\0' * 4, b'\0' * 8) or str(plain(value)) in DUMMIES | {'0.0'} for value in values(element))


def is_pseudonym(element):
    return int(element.tag) in (0x00100010, 0x00100020) and re.fullmatch('TEST-[0-9A-Z]{12}', str(element.value)) is not None


def is_one_dummy(element):
    if len(element.value) != 1:
        return False
    texts = [str(value) for one in every(element.value[0]) if one.VR in FREE for value in values(one)]
    return 'REMOVED' in texts


def every(data_set):
    for element in data_set:
        yield element
        if element.VR == 'SQ':
            for item in element.value:
                yield from every(item)


def references(data_set):
    """Referenced SOP Instance UIDs, in their order; those of what an option must keep are missing in both or in neither."""
    sources = [item for tag in (0x00081140, 0x00082112, 0x00081115) if tag in data_set for item in data_set[tag].value]
    return [str(element.value) for item in sources for element in every(item) if int(element.tag) == 0x00081155]


def forms(text):
    yield text.encode('utf8')
    for codec in ('latin1', 'utf-16-le', 'shift_jis', 'euc_kr', 'gb18030', 'iso2022_jp'):
        try:
            yield text.encode(codec)
        except UnicodeEncodeError:
            pass


class Identifiers:
    """What names the patient in the original: numbers looked for in all bytes, words of names looked for in texts."""

    NUMBERS = {0x00100020, 0x00101000, 0x00080050, 0x00380010, 0x00402016, 0x00402017, 0x00401001, 0x00181000, 0x00080080, 0x00080081,
               0x00081010, 0x00081040, 0x00101040, 0x00102154, 0x00400253, 0x00400009, 0x00200010, 0x00120040, 0x00120042}

    def __init__(self, original, table, options):
        self.numbers, self.names, self.people = set(), set(), set()
        self.kept = set()
        for element in every(original):
            self.add(element, table.row(element.tag), options)
        self.numbers -= self.kept

    def is_only_names(self, element):
        words = set(re.findall(r'[^\W_]+', ' '.join(str(value) for value in values(element)).lower()))
        return all(word in self.people or any(word in number.lower() for number in self.numbers) for word in words)

    def add(self, element, row, options):
        if element.VR == 'PN':
            for value in values(element):
                text = str(value)
                if len(text) >= 6 and '^' in text and len(set(text)) > 3:
                    self.numbers.add(text)
                words = {word for word in re.findall(r'\w+', text.lower().replace('_', ' ')) if len(word) >= 3 and not word.isdigit()}
                self.people |= set(re.findall(r'[^\W_]+', text.lower()))
                self.names |= words - WORDS_OF_ANYBODY
        if row is None or element.tag.group % 2 == 1:
            return
        allowed, _ = actions(row, options)
        if 'K' in allowed:
            self.kept |= {str(value).strip() for value in values(element)}
        if 'K' in allowed or 'C' in allowed and 'retainModifiedDates' not in options:
            return
        for value in values(element):
            text = str(value).strip()
            if element.VR == 'UI' and 'U' in allowed and len(text) >= 16 and not WELL_KNOWN.match(text):
                self.numbers.add(text)
            elif element.VR == 'DA' and day(text) and text not in ('19000101', '00010101'):
                self.numbers.add(text)
            elif int(element.tag) in self.NUMBERS and len(text) >= 6 and len(set(text)) > 2 and text != 'REMOVED':
                self.numbers.add(text)


def main():
    task = json.load(sys.stdin)
    table = Table(task['table'])
    mappings, copies = defaultdict(dict), {}
    checked, faults, referenced = 0, [], []
    for case in task['cases']:
        one = Case(table, case, mappings[case['group']])
        try:
            before, after = one.run()
            if case['whole']:
                copies[str(before.SOPInstanceUID)] = str(after.SOPInstanceUID)
                referenced += zip(references(before), references(after))
        except Exception as error:
            one.fault('', f'cannot be read: {error!r}')
        checked += one.checked
        faults += one.faults
    resolved = [(before, after) for before, after in referenced if before in copies]
    faults += [f'the reference to {before} leads to {after}' for before, after in resolved if copies[before] != after]
    for group, mapping in mappings.items():
        twice = [uid for uid, count in Counter(mapping.values()).items() if count > 1]
        if twice:
            faults.append(f'{group}: two UIDs became one: {twice[:3]}')
    json.dump({'checked': checked, 'uids': sum(map(len, mappings.values())), 'resolved': len(resolved), 'faults': faults}, sys.stdout)


main()
