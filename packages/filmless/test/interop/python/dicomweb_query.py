"""QIDO-RS against a brute-force matcher over pydicom: every kind of matching, at the three levels.

Where the instances of a study (or series) disagree about an attribute, the server may go by any of them: then both answers
are right, and only what all or none of the instances say is held against it.
"""

import itertools
import random
import re

from dicomweb_common import Report, fold, readable, setup
from pydicom.datadict import dictionary_VR
from pydicom.multival import MultiValue

STUDY = ["PatientName", "PatientID", "PatientSex", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "StudyTime",
         "AccessionNumber", "StudyID", "StudyDescription", "ReferringPhysicianName", "ModalitiesInStudy"]
SERIES = ["Modality", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "BodyPartExamined",
          "PerformedProcedureStepStartDate"]
NESTED = ["ConceptNameCodeSequence.CodeMeaning", "AnatomicRegionSequence.CodeValue",
          "ReferencedImageSequence.ReferencedSOPInstanceUID"]
INSTANCE = ["SOPClassUID", "SOPInstanceUID", "InstanceNumber", "Rows", "Columns", "BitsAllocated", "NumberOfFrames",
            "ContentDate", "ImageType"]
LEVELS = {
    "study": (("StudyInstanceUID",), STUDY),
    "series": (("SeriesInstanceUID",), SERIES + STUDY[:-1]),
    "instance": (("SOPInstanceUID",), INSTANCE + NESTED + SERIES + STUDY[:-1]),
}
NUMBERS = {"IS", "DS", "US", "UL", "SS", "SL", "FL", "FD"}
WILDCARD_VRS = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"}
SAMPLES = 8


def vr_of(keyword):
    return dictionary_VR(keyword.split(".")[-1])


def values_of(ds, keyword):
    """The values of an attribute; through a sequence those of all its items."""
    if "." in keyword:
        sequence, rest = keyword.split(".", 1)
        return [value for item in ds.get(sequence) or [] for value in values_of(item, rest)]
    element = ds.get(keyword) if keyword in ds else None
    if element is None:
        return []
    many = element if isinstance(element, (MultiValue, list)) else [element]
    values = [str(value).strip(" \0") for value in many]
    if vr_of(keyword) == "PN":
        return [value for value in values if any(groups(value))]
    return [value for value in values if value != ""]


def groups(name):
    """The component groups of a name, folded; an empty one is empty."""
    return [fold(group) for group in str(name).split("=")]


def matches_name(kind, key, value):
    """A key of one group matches any group; a key of several matches group by group. PS3.4 C.2.2.2.1."""
    given = groups(value)
    if "=" not in key:
        return any(group and matches_text(kind, fold(key), group) for group in given)
    pairs = itertools.zip_longest(groups(key), given, fillvalue="")
    return all(not wanted or (group and matches_text(kind, wanted, group)) for wanted, group in pairs)


def matches_text(kind, key, value):
    if kind != "wildcard":
        return key == value
    pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in key)
    return re.fullmatch(pattern, value, re.S) is not None


def matches_one(vr, kind, key, value):
    if kind == "range":
        low, high = key
        given = normal(vr, value)
        return given is not None and (low is None or given[1] >= low) and (high is None or given[0] <= high)
    if kind == "fuzzy":
        words = re.findall(r"[^\W_]+", " ".join(groups(value)))
        return all(any(word.startswith(part) for word in words) for part in re.findall(r"[^\W_]+", fold(key)))
    if vr == "PN":
        return matches_name(kind, key, value)
    if vr in NUMBERS:
        return number(key) is not None and number(key) == number(value)
    if vr in ("DA", "TM"):
        return normal(vr, key) is not None and matches_one(vr, "range", normal(vr, key), value)
    return matches_text(kind, key, value)


def is_odd(vr, value):
    """What pydicom could not decode, and dates, times and numbers that are none: what they match is nobody's to say."""
    no_moment = vr in ("DA", "TM") and normal(vr, value) is None
    return no_moment or "\x1b" in value or (vr in NUMBERS and number(value) is None)


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def normal(vr, text):
    """First and last moment a value can mean; None for what is no date or time."""
    digits = re.sub(r"[.:]", "", text) if vr == "DA" else re.sub(r":", "", text)
    if vr == "DA":
        return (digits, digits) if re.fullmatch(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", digits) else None
    match = re.fullmatch(r"(\d\d)(\d\d)?(\d\d)?(?:\.(\d{1,6}))?", digits)
    if not match:
        return None
    hours, minutes, seconds, fraction = match.groups()
    low = hours + (minutes or "00") + (seconds or "00") + (fraction or "").ljust(6, "0")
    high = hours + (minutes or "59") + (seconds or "59") + (fraction or "").ljust(6, "9")
    return low, high


class Entity:
    """A study, series or instance: what its instances say of each attribute, or those of the level the attribute is of."""

    def __init__(self, uid, study, series):
        self.uid = uid
        self.members = []
        self.study = study
        self.series = series
        self.said = {}

    def says(self, keyword):
        if keyword not in self.said:
            self.said[keyword] = self.ask(keyword)
        return self.said[keyword]

    def ask(self, keyword):
        if keyword == "ModalitiesInStudy":
            return [sorted({value for member in self.study for value in values_of(member, "Modality")})]
        scope = self.study if keyword in STUDY else self.series if keyword in SERIES and self.series else self.members
        return [values_of(member, keyword) for member in scope]

    def verdict(self, keyword, kind, key):
        """True, False, or None when its instances disagree."""
        vr = vr_of(keyword)
        if kind == "universal":
            return True
        found = set()
        for values in self.says(keyword):
            if any(is_odd(vr, value) for value in values):
                return None
            if kind == "empty":
                found.add(not values)
            elif kind == "list":
                found.add(any(value in key for value in values))
            else:
                found.add(any(matches_one(vr, kind, key, value) for value in values))
        return found.pop() if len(found) == 1 else None


def entities(config, level):
    found, studies, series = {}, {}, {}
    for instance, ds in readable(config):
        uid = {"study": instance.study, "series": instance.series, "instance": instance.instance}[level]
        of_study = studies.setdefault(instance.study, [])
        of_series = series.setdefault((instance.study, instance.series), [])
        of_study.append(ds)
        of_series.append(ds)
        entity = found.setdefault(uid, Entity(uid, of_study, None if level == "study" else of_series))
        entity.members.append(ds)
    return list(found.values())


def keys_for(keyword, values, chance):
    """Keys of every kind that suits the attribute, as (kind, key for the matcher, text for the request)."""
    vr = vr_of(keyword)
    yield "universal", None, "*"
    yield "empty", None, '""'
    plain = [value for value in values if not re.search(r"[*?\\,\x00-\x1f]", value) and not is_odd(vr, value)]
    sample = chance.sample(plain, min(SAMPLES, len(plain)))
    for value in sample:
        yield "single", value, value
        if vr == "PN":
            yield "single", value, fold(value)
            for word in fold(value).split()[:2]:
                yield "fuzzy", word[:3], word[:3]
            yield "fuzzy", " ".join(reversed(fold(value).split())), " ".join(reversed(fold(value).split()))
        if vr in WILDCARD_VRS and len(value) > 2:
            half = len(value) // 2
            for pattern in (value[:half] + "*", "*" + value[half:], "?" + value[1:], "*" + value[1:-1] + "*", value[0] + "*?"):
                yield "wildcard", pattern, pattern
    if vr in ("DA", "TM"):
        moments = sorted({normal(vr, value) for value in plain} - {None})
        for low, high in itertools.islice(zip(moments, moments[2:]), SAMPLES):
            yield "range", (low[0], high[1]), f"{text_of(vr, low[0])}-{text_of(vr, high[1])}"
        for low, high in chance.sample(moments, min(4, len(moments))):
            yield "range", (low, None), f"{text_of(vr, low)}-"
            yield "range", (None, high), f"-{text_of(vr, high)}"
    if vr == "UI" and len(plain) > 2:
        for _ in range(3):
            some = chance.sample(plain, 3)
            yield "list", some, ",".join(some)
            yield "list", some, "\\".join(some)


def text_of(vr, moment):
    return moment if vr == "DA" else f"{moment[:6]}.{moment[6:]}"


def search(client, level, filters, **more):
    if level == "study":
        return client.search_for_studies(search_filters=filters, get_remaining=True, **more)
    if level == "series":
        return client.search_for_series(search_filters=filters, get_remaining=True, **more)
    return client.search_for_instances(search_filters=filters, get_remaining=True, **more)


UID_TAG = {"study": "0020000D", "series": "0020000E", "instance": "00080018"}


def check(report, client, level, every, terms, extra_uids):
    """One query of one or more terms, (keyword, kind, key, text)."""
    filters = {keyword: text for keyword, _, _, text in terms}
    fuzzy = any(kind == "fuzzy" for _, kind, _, _ in terms)
    try:
        results = search(client, level, filters, **({"fuzzymatching": True} if fuzzy else {}))
    except Exception as error:
        report.fail(f"{level} {filters}: {error}")
        return
    got = [result[UID_TAG[level]]["Value"][0] for result in results]
    report.count(f"{level} queries")
    report.expect(len(got) == len(set(got)), f"{level} {filters}: a result twice")
    for entity in every:
        verdicts = [entity.verdict(keyword, kind, key) for keyword, kind, key, _ in terms]
        wanted = False if False in verdicts else None if None in verdicts else True
        if wanted is not None and wanted != (entity.uid in got):
            report.fail(f"{level} {filters} ({terms[0][1]}): {'misses' if wanted else 'should not give'} {entity.uid} which says {[entity.says(t[0])[:2] for t in terms]}")
            return
    known = {entity.uid for entity in every} | extra_uids
    report.expect(set(got) <= known, lambda: f"{level} {filters}: {set(got) - known} are not there")


def check_paging(report, client, level, every, extra):
    whole = [result[UID_TAG[level]]["Value"][0] for result in search(client, level, {})]
    report.expect(len(whole) == len(every) + len(extra), f"{level}: {len(whole)} of {len(every) + len(extra)} without a key")
    method = {"study": client.search_for_studies, "series": client.search_for_series, "instance": client.search_for_instances}[level]
    for size in (1, 7, 50):
        pages = []
        for offset in range(0, min(len(whole), size * 12), size):
            page = method(limit=size, offset=offset)
            report.expect(len(page) <= size, f"{level}: limit {size} gave {len(page)}")
            pages += [result[UID_TAG[level]]["Value"][0] for result in page]
        report.expect(pages == whole[: len(pages)], f"{level}: pages of {size} are not the whole in order")
        report.count("pages")
    report.expect(method(limit=5, offset=len(whole)) == [], f"{level}: results beyond the end")


def check_fields(report, client, level, every):
    """includefield: what the header has is in the answer; `all` brings more."""
    wanted = {"study": "StudyDescription", "series": "ProtocolName", "instance": "WindowCenter"}[level]
    tag = {"study": "00081030", "series": "00181030", "instance": "00281050"}[level]
    for fields in ([wanted], ["all"]):
        results = {result[UID_TAG[level]]["Value"][0]: result for result in search(client, level, {}, fields=fields)}
        for entity in every:
            if all(entity.says(wanted)) and entity.uid in results:
                report.expect(tag in results[entity.uid], f"{level} includefield={fields[0]}: {wanted} is missing from {entity.uid}")
                report.count("fields")


def check_nesting(report, client, every_series, every_instance):
    """Within a study and a series the same results as with their UID as a key."""
    studies = sorted({str(entity.members[0].StudyInstanceUID) for entity in every_series})
    for study in studies[:: max(1, len(studies) // 25)]:
        series = {result["0020000E"]["Value"][0] for result in client.search_for_series(study, get_remaining=True)}
        wanted = {entity.uid for entity in every_series if str(entity.members[0].StudyInstanceUID) == study}
        report.expect(series == wanted, f"series of {study}")
        instances = {result["00080018"]["Value"][0] for result in client.search_for_instances(study, get_remaining=True)}
        wanted = {entity.uid for entity in every_instance if str(entity.members[0].StudyInstanceUID) == study}
        report.expect(instances == wanted, f"instances of {study}")
        report.count("nested searches", 2)


def main():
    config = setup()
    client = config.client()
    report = Report()
    by_level = {level: entities(config, level) for level in LEVELS}
    for level, (_, keywords) in LEVELS.items():
        chance = random.Random(f"filmless {level}")
        every = by_level[level]
        extra = {result[UID_TAG[level]]["Value"][0] for result in search(client, level, {})} - {entity.uid for entity in every}
        report.expect(len(extra) <= 2, f"{level}: the server holds {len(extra)} more than were stored")
        pool = {}
        for keyword in keywords:
            values = sorted({value for entity in every for said in entity.says(keyword) for value in said})
            terms = [(keyword, kind, key, text) for kind, key, text in keys_for(keyword, values, chance)]
            pool[keyword] = terms
            for term in terms:
                check(report, client, level, every, [term], extra)
        for _ in range(40):
            pair = chance.sample([keyword for keyword in keywords if len(pool[keyword]) > 2], 2)
            check(report, client, level, every, [chance.choice(pool[keyword][2:]) for keyword in pair], extra)
        for entity in chance.sample(every, min(20, len(every))):
            agreed = [k for k in keywords if len(entity.says(k)[0]) == 1 and len({tuple(v) for v in entity.says(k)}) == 1]
            own = [(k, "single", entity.says(k)[0][0], entity.says(k)[0][0]) for k in chance.sample(agreed, min(3, len(agreed)))]
            own = [term for term in own if not re.search(r"[*?\\,\x00-\x1f]", term[3])]
            if own and all(vr_of(k) not in ("DA", "TM") or normal(vr_of(k), v) for k, _, v, _ in own):
                check(report, client, level, every, own, extra)
        check_paging(report, client, level, every, extra)
        check_fields(report, client, level, every)
    check_nesting(report, client, by_level["series"], by_level["instance"])
    report.finish()


main()
