import json
import marshal
import pickle
import shelve

import jsonpickle
import numpy
import pandas
import torch
import yaml
from ruamel.yaml import YAML
from transformers import AutoModel
from yaml import CSafeLoader, Loader


def read(data, handle):
    # ruleid: python-pickle-load
    pickle.loads(data)
    # ruleid: python-pickle-load
    pickle.Unpickler(handle)
    # ok: python-pickle-load
    pickle.dumps(data)
    # ruleid: python-yaml-unsafe-load
    yaml.load(data)
    # ruleid: python-yaml-unsafe-load
    yaml.load(data, Loader=Loader)
    # ruleid: python-yaml-unsafe-load
    yaml.unsafe_load(data)
    # ok: python-yaml-unsafe-load
    yaml.safe_load(data)
    # ok: python-yaml-unsafe-load
    yaml.load(data, Loader=CSafeLoader)
    # ok: python-yaml-unsafe-load
    yaml.load(data, yaml.SafeLoader)
    # ruleid: python-ruamel-unsafe-load
    YAML(typ="unsafe")
    # ok: python-ruamel-unsafe-load
    YAML(typ="safe")
    # ruleid: python-marshal-load
    marshal.loads(data)
    # ok: python-marshal-load
    json.loads(data)
    # ruleid: python-shelve-open
    shelve.open("cache")
    # ok: python-shelve-open
    open("cache")
    # ruleid: python-jsonpickle-decode
    jsonpickle.decode(data)
    # ok: python-jsonpickle-decode
    jsonpickle.encode(data)
    # ruleid: python-torch-load
    torch.load("model.pt")
    # ok: python-torch-load
    torch.load("model.pt", weights_only=True)
    # ruleid: python-pickle-based-load
    pandas.read_pickle("frame.pkl")
    # ruleid: python-pickle-based-load
    numpy.load("array.npy", allow_pickle=True)
    # ok: python-pickle-based-load
    numpy.load("array.npy")
    # ruleid: python-model-not-pinned
    AutoModel.from_pretrained("someone/model", revision="main")
    # ok: python-model-not-pinned
    AutoModel.from_pretrained("someone/model", revision="5f0a3bbd6a9d4b6f0ec7a1a3d9d5f5a3b6a1c2d3")
    # ok: python-model-not-pinned
    AutoModel.from_pretrained("./model")
    # ruleid: python-model-not-pinned, python-remote-model-code
    AutoModel.from_pretrained("someone/model", trust_remote_code=True)
    # ok: python-remote-model-code
    AutoModel.from_pretrained("./model")


# ruleid: python-pickle-serializer-setting
CELERY_ACCEPT_CONTENT = ["json", "pickle"]
# ok: python-pickle-serializer-setting
CELERY_ACCEPT_CONTENT = ["json"]
