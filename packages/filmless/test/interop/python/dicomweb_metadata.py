"""WADO-RS metadata and bulk data against pydicom's to_json_dict.

Normalised on both sides, each with its reason:
- Specific Character Set: the server's JSON is UTF-8 and says so (PS3.18 F.2); group lengths are retired and say nothing in JSON.
- Pixel Data is compared by dicomweb_frames.py.
- Numbers by value: 1, 1.0 and the decimal string "1.0" are the same number.
- Text without the spaces and NULs that pad it; a name's component groups without carets at the end; Unicode in its composed form.
- Text in which pydicom leaves escape sequences is not compared.
- A private attribute of unknown VR (UN) is one of a vendor whose dictionary pydicom carries: its VR and value are not compared.
- A value named by BulkDataURI is fetched and compared as the bytes it stands for.
"""

import base64
import math
import unicodedata


from dicomweb_common import Report, readable, setup

SKIPPED = {"00080005", "7FE00010", "7FE00008", "7FE00009"}
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}


def text(value):
    return unicodedata.normalize("NFC", value).strip(" \0")


def plain(value):
    """One value in a form that can be compared."""
    if isinstance(value, dict):
        groups = {name: text(group).rstrip("^ ") for name, group in value.items() if isinstance(group, str)}
        return {name: group for name, group in groups.items() if group} or None
    if isinstance(value, str):
        value = text(value)
        if value == "":
            return None
        try:
            return float(value)
        except ValueError:
            return value
    if isinstance(value, bool) or value is None:
        return None
    return value if isinstance(value, float) and math.isnan(value) else float(value)


def same(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float):
        return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-12)
    return ours == theirs


class Comparison:
    def __init__(self, client, report, path):
        self.client = client
        self.report = report
        self.path = path

    def fail(self, where, detail):
        self.report.fail(f"{self.path} {where}: {detail}")

    def data_sets(self, ours, theirs, where=""):
        tags = {tag for tag in {*ours, *theirs} if tag not in SKIPPED and not tag.endswith("0000")}
        for tag in sorted(tags):
            at = f"{where}{tag}"
            if tag not in ours or tag not in theirs:
                self.fail(at, f"only {'pydicom' if tag in theirs else 'the server'} has it: {str(theirs.get(tag, ours.get(tag)))[:120]}")
                continue
            self.attributes(ours[tag], theirs[tag], at)

    def attributes(self, ours, theirs, at):
        self.report.count("attributes")
        vr = theirs["vr"]
        if ours["vr"] == "UN" and int(at[-5], 16) % 2 == 1 and vr != "UN":
            self.report.count("private attributes of unknown VR")
        elif ours["vr"] != vr:
            self.fail(at, f"VR {ours['vr']} instead of {vr}")
        elif vr == "SQ":
            mine, yours = ours.get("Value", []), theirs.get("Value", [])
            if len(mine) != len(yours):
                self.fail(at, f"{len(mine)} items instead of {len(yours)}")
            for number, (one, other) in enumerate(zip(mine, yours)):
                self.data_sets(one, other, f"{at}[{number}].")
        elif vr in BINARY:
            self.binary(ours, theirs, at)
        else:
            mine = [plain(value) for value in ours.get("Value", [])]
            yours = [plain(value) for value in theirs.get("Value", [])]
            if r"\x1b" in repr(yours):
                self.report.count("text pydicom cannot decode")
                return
            mine, yours = ([] if all(v is None for v in values) else values for values in (mine, yours))
            if len(mine) != len(yours) or not all(same(one, other) for one, other in zip(mine, yours)):
                self.fail(at, f"{vr} {str(mine)[:120]} instead of {str(yours)[:120]}")

    def binary(self, ours, theirs, at):
        expected = base64.b64decode(theirs.get("InlineBinary", ""))
        if "BulkDataURI" in ours:
            self.report.count("bulk data")
            (value,) = self.client.retrieve_bulkdata(ours["BulkDataURI"])
        else:
            value = base64.b64decode(ours.get("InlineBinary", ""))
        if value.rstrip(b"\0") != expected.rstrip(b"\0"):
            self.fail(at, f"{len(value)} bytes {value[:16].hex()} instead of {len(expected)} {expected[:16].hex()}")


def main():
    config = setup()
    client = config.client()
    report = Report()
    by_series, unreferenced = {}, {}
    for instance, ds in readable(config):
        ours = client.retrieve_instance_metadata(*instance.uids)
        for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
            if keyword in ds:
                del ds[keyword]
        try:
            theirs = ds.to_json_dict(bulk_data_threshold=2**40)
        except Exception as error:
            unreferenced[instance.path] = type(error).__name__
            continue
        report.count("instances")
        Comparison(client, report, instance.path).data_sets(ours, theirs)
        by_series.setdefault(instance.uids[:2], {})[instance.instance] = ours
    for (study, series), expected in by_series.items():
        found = {ds["00080018"]["Value"][0]: ds for ds in client.retrieve_series_metadata(study, series)}
        report.expect(all(found.get(uid) == ds for uid, ds in expected.items()), f"metadata of series {series} is not that of its instances")
        report.count("series")
    report.finish(unreferenced=unreferenced)


main()
