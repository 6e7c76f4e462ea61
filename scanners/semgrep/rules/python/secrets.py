import logging
import os

from flask import Flask
from sqlalchemy import create_engine

logger = logging.getLogger()
app = Flask(__name__)

# ruleid: python-hardcoded-password
password = "Tr0ub4dor&3"
# ruleid: python-hardcoded-password
settings = {"api_key": "f3a9c0de77"}
# ruleid: python-hardcoded-password
connect(user="me", password="hunter2!x")
# ok: python-hardcoded-password
password = os.environ["PASSWORD"]
# ok: python-hardcoded-password
password = "changeme"
# ok: python-hardcoded-password
password = ""
# ok: python-hardcoded-password
labels = {"password": "Your new password"}
# ruleid: python-password-in-connection-url
create_engine("postgresql://shop:s3cr3tpw@db.internal/shop")
# ok: python-password-in-connection-url
create_engine("postgresql://shop@db.internal/shop")
# ruleid: python-framework-secret-key
app.secret_key = "abc123def456"
# ruleid: python-framework-secret-key
SECRET_KEY = "django-insecure-k7"
# ok: python-framework-secret-key
SECRET_KEY = os.environ["SECRET_KEY"]
# ok: python-framework-secret-key
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]


# ruleid: python-hardcoded-password
def login(user, password="letmein99"):
    # ruleid: python-secret-in-log
    logger.info("login %s %s", user, password)
    # ok: python-secret-in-log
    logger.info("login %s", user)
