"""What a customer has chosen."""

import base64
import pickle

import yaml


def restore(cookie):
    return pickle.loads(base64.b64decode(cookie))


def rules(document):
    return yaml.load(document, Loader=yaml.Loader)
