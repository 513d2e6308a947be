"""Decodes the beginning of a JPEG 2000 or HTJ2K codestream at a lower resolution with OpenJPEG, which pylibjpeg brings along.

Requests on stdin as a JSON list: {"path", "bytes" (how many are looked at), "reduce" (halvings)}. Answers: {"shape", "values"
(path of a file with 32-bit values, row by row, components side by side)} or {"error"}.
"""

import ctypes
import json
import os
import sys
import tempfile

import _openjpeg
import numpy

LIBRARY = ctypes.CDLL(_openjpeg.__file__)
CODESTREAM = 0


class Component(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("dx", "dy", "w", "h", "x0", "y0", "prec", "bpp", "sgnd", "resno", "factor")] + [
        ("data", ctypes.POINTER(ctypes.c_int32)),
        ("alpha", ctypes.c_uint16),
    ]


class Image(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("x0", "y0", "x1", "y1", "numcomps")] + [
        ("color_space", ctypes.c_int),
        ("comps", ctypes.POINTER(Component)),
    ]


for name, result in {
    "opj_create_decompress": ctypes.c_void_p,
    "opj_stream_create_default_file_stream": ctypes.c_void_p,
    "opj_setup_decoder": ctypes.c_int,
    "opj_decoder_set_strict_mode": ctypes.c_int,
    "opj_read_header": ctypes.c_int,
    "opj_set_decoded_resolution_factor": ctypes.c_int,
    "opj_decode": ctypes.c_int,
}.items():
    getattr(LIBRARY, name).restype = result


def decode(path, reduce):
    codec = ctypes.c_void_p(LIBRARY.opj_create_decompress(CODESTREAM))
    parameters = ctypes.create_string_buffer(65536)
    LIBRARY.opj_set_default_decoder_parameters(parameters)
    stream = ctypes.c_void_p(LIBRARY.opj_stream_create_default_file_stream(path.encode(), 1))
    image = ctypes.POINTER(Image)()
    steps = (
        ("opj_setup_decoder", (codec, parameters)),
        ("opj_decoder_set_strict_mode", (codec, 0)),
        ("opj_read_header", (stream, codec, ctypes.byref(image))),
        ("opj_set_decoded_resolution_factor", (codec, reduce)),
    )
    for name, arguments in steps:
        if not getattr(LIBRARY, name)(*arguments):
            raise ValueError(name)
    if not LIBRARY.opj_decode(codec, stream, image):
        raise ValueError("opj_decode")
    components = [image.contents.comps[i] for i in range(image.contents.numcomps)]
    if any(not one.data for one in components):
        raise ValueError("no pixels")
    planes = [numpy.ctypeslib.as_array(one.data, (one.h, one.w)).copy() for one in components]
    return numpy.stack(planes, axis=-1)


def answer(request):
    with tempfile.NamedTemporaryFile(suffix=".j2k") as begun:
        with open(request["path"], "rb") as whole:
            begun.write(whole.read(request["bytes"]))
        begun.flush()
        values = decode(begun.name, request["reduce"])
    handle, path = tempfile.mkstemp(dir=os.path.dirname(request["path"]))
    os.close(handle)
    values.astype("<i4").tofile(path)
    return {"shape": list(values.shape), "values": path}


def main():
    answers = []
    for request in json.load(sys.stdin):
        try:
            answers.append(answer(request))
        except ValueError as error:
            answers.append({"error": str(error)})
    json.dump(answers, sys.stdout)


main()
