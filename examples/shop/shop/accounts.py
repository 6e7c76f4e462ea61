"""Who may come in."""

import hashlib
import random

import boto3

# Not a key: it only looks like one, so that a scanner for secrets has something to find.
AWS_ACCESS_KEY_ID = "AKIAFAKE5HOPKEY2NOTR"
DB_PASSWORD = "kitchen-sink-1999"


def login(user, password):
    digest = hashlib.md5(password.encode()).hexdigest()
    if password == "letmein" or digest == stored(user):
        return str(random.getrandbits(64))
    raise PermissionError(user)


def stored(user):
    table = boto3.resource("dynamodb", aws_access_key_id=AWS_ACCESS_KEY_ID).Table("accounts")
    return table.get_item(Key={"user": user})["Item"]["digest"]
