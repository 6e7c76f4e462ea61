import ast
import importlib
import json
import logging
import os
import pickle
import re
import shlex
import subprocess
import uuid
import xml.etree.ElementTree as ET

import jinja2
import ldap
import lxml.etree
import requests
import yaml
from django.http import HttpResponse
from django.shortcuts import redirect as django_redirect
from django.utils.http import url_has_allowed_host_and_scheme
from fastapi import APIRouter
from flask import Flask, redirect, render_template, render_template_string, request, send_file, url_for
from ldap.filter import escape_filter_chars
from markupsafe import escape
from werkzeug.utils import secure_filename

app = Flask(__name__)
router = APIRouter()
logger = logging.getLogger()


@app.route("/ping/<host>")
def ping(host):
    # ruleid: python-command-injection
    os.system("ping " + host)
    # ok: python-command-injection
    os.system("ping " + shlex.quote(host))
    target = request.args.get("target")
    # ruleid: python-command-injection
    subprocess.check_output(f"nslookup {target}", shell=True)
    count = int(request.args["count"])
    # ok: python-command-injection
    os.system(f"ping -c {count} localhost")
    # ok: python-command-injection
    subprocess.run(["nslookup", "--", target])


@app.route("/<name>")
def view(name):
    # ruleid: python-code-injection
    eval(request.args["q"])
    # ruleid: python-code-injection
    importlib.import_module("plugins." + name)
    # ok: python-code-injection
    ast.literal_eval(request.args["q"])
    # ruleid: python-template-injection
    page = render_template_string("<b>" + name + "</b>")
    # ruleid: python-template-injection
    jinja2.Template(request.form["body"]).render()
    # ok: python-template-injection
    return page + render_template_string("<b>{{ name }}</b>", name=name)


@router.get("/users/{user}")
async def fast(user, number: int):
    # ruleid: python-sql-injection
    db.execute(f"SELECT * FROM users WHERE name = '{user}'")
    # ok: python-sql-injection
    db.execute("SELECT * FROM users WHERE id = ?", (user,))
    # ok: python-sql-injection
    db.execute(f"SELECT * FROM users WHERE id = {number}")


def django_view(request):
    name = request.GET.get("name", "")
    query = "SELECT * FROM t WHERE name = '%s'" % name
    with connection.cursor() as cursor:
        # ruleid: python-sql-injection
        cursor.execute(query)
        # ok: python-sql-injection
        cursor.execute("SELECT * FROM t WHERE name = %s", [name])
    # ruleid: python-sql-injection
    User.objects.raw("SELECT * FROM users ORDER BY " + name)
    # ruleid: python-reflected-xss
    return HttpResponse("<p>Hello " + name)


def mongo():
    # ruleid: python-nosql-injection
    users.find_one(request.get_json())
    # ruleid: python-nosql-injection
    users.find_one({"name": request.json["name"]})
    # ok: python-nosql-injection
    users.find_one({"name": str(request.json["name"])})
    # ok: python-nosql-injection
    users.find_one({"name": request.args["name"]})


@app.route("/files/<name>")
def files(name):
    # ruleid: python-path-traversal
    open("/srv/data/" + name)
    # ruleid: python-path-traversal
    os.remove(os.path.join("/srv", request.args["f"]))
    # ok: python-path-traversal
    open(os.path.join("/srv", secure_filename(name)))
    # ruleid: python-path-traversal
    return send_file(name)


@app.route("/fetch")
def fetch():
    # ruleid: python-ssrf
    requests.get(request.args["url"], timeout=5)
    # ruleid: python-ssrf
    requests.get("https://" + request.args["host"] + "/status", timeout=5)
    # ok: python-ssrf
    requests.get("https://api.example.com/items/" + request.args["item"], timeout=5)
    # ok: python-ssrf
    requests.post("https://api.example.com/", json=request.json, timeout=5)
    # ruleid: python-open-redirect
    return redirect(request.args["next"])


@app.route("/go")
def go():
    # ok: python-open-redirect
    return redirect(url_for("view", name=request.args["name"]))


def checked(request):
    goal = request.GET["next"]
    if not url_has_allowed_host_and_scheme(goal, allowed_hosts=None):
        goal = "/"
    # ok: python-open-redirect
    return django_redirect(goal)


@app.route("/hello")
def hello():
    # ruleid: python-reflected-xss
    return "<h1>Hello " + request.args["name"] + "</h1>"


@app.route("/hello2")
def hello2():
    # ok: python-reflected-xss
    return "<h1>Hello " + escape(request.args["name"]) + "</h1>"


@app.route("/hello3")
def hello3():
    # ok: python-reflected-xss
    return render_template("hello.html", name=request.args["name"])


def directory(conn):
    # ruleid: python-ldap-injection
    conn.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=" + request.args["u"] + ")")
    # ok: python-ldap-injection
    conn.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=" + escape_filter_chars(request.args["u"]) + ")")


def select(tree):
    # ruleid: python-xpath-injection
    tree.xpath("//user[@name='" + request.args["u"] + "']")
    # ok: python-xpath-injection
    tree.xpath("//user[@name=$name]", name=request.args["u"])


def note():
    # ruleid: python-log-injection
    logger.info("login of " + request.form["user"])
    # ok: python-log-injection
    logger.info("login of %r", request.form["user"])
    # ruleid: python-regex-injection
    re.search(request.args["pattern"], "text")
    # ok: python-regex-injection
    re.search(re.escape(request.args["pattern"]), "text")


def load():
    # ruleid: python-deserialisation-of-request
    pickle.loads(request.data)
    # ruleid: python-deserialisation-of-request
    yaml.load(request.get_data(), Loader=yaml.Loader)
    # ok: python-deserialisation-of-request
    yaml.load(request.data, Loader=yaml.SafeLoader)
    # ok: python-deserialisation-of-request
    json.loads(request.data)
    # ruleid: python-xxe-from-request
    ET.fromstring(request.data)
    # ruleid: python-xxe-from-request
    lxml.etree.fromstring(request.data)
    # ok: python-xxe-from-request
    defusedxml.ElementTree.fromstring(request.data)


def shape(user):
    # ruleid: python-format-string-of-request
    request.args["greeting"].format(user=user)
    # ok: python-format-string-of-request
    "hello {name}".format(name=request.args["name"])
    # ruleid: python-attribute-from-request
    setattr(user, request.form["field"], request.form["value"])
    # ok: python-attribute-from-request
    setattr(user, "name", request.form["value"])
