"""Says of each pair of files whether pydicom finds the same elements in both, the trailing padding apart."""

import json
import logging
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
PADDING = pydicom.tag.Tag(0xFFFC, 0xFFFC)


def elements(path):
    data_set = pydicom.dcmread(path, force=True)
    return {tag: data_set.get_item(tag).value for tag in data_set.keys() if tag != PADDING}


def is_cut_off(path):
    """Whether a value claims to be longer than the file: such a value takes in whatever is put behind it."""
    raw = [item for item in pydicom.dcmread(path, force=True).values() if isinstance(item, pydicom.dataelem.RawDataElement)]
    return any(item.length != 0xFFFFFFFF and item.length > len(item.value or b"") for item in raw)


def look(pair):
    try:
        if is_cut_off(pair["sent"]):
            return {}
        sent = elements(pair["sent"])
    except Exception:  # what it cannot read as sent it need not read as kept
        return {}
    try:
        kept = elements(pair["kept"])
    except Exception as error:
        return {"error": repr(error)}
    return {} if sent == kept else {"error": "other elements"}


json.dump([look(pair) for pair in json.load(sys.stdin)], sys.stdout)
