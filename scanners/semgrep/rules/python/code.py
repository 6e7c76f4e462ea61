import ast
import logging.config

import jinja2
import mako.template
from flask import render_template_string
from jinja2 import Environment, select_autoescape
from mako.template import Template


def run(text):
    # ruleid: python-eval-dynamic
    eval(text)
    # ok: python-eval-dynamic
    eval("1 + 1")
    # ok: python-eval-dynamic
    ast.literal_eval(text)
    # ruleid: python-exec-dynamic
    exec(text, {})
    # ok: python-exec-dynamic
    exec("x = 1")


def page(title):
    # ruleid: python-render-template-string-dynamic
    render_template_string("<h1>%s</h1>" % title)
    # ok: python-render-template-string-dynamic
    render_template_string("<h1>{{ title }}</h1>", title=title)


# ruleid: python-jinja-autoescape-off
one = Environment(loader=None)
# ruleid: python-jinja-autoescape-off
two = jinja2.Environment(autoescape=False)
# ok: python-jinja-autoescape-off
three = Environment(autoescape=select_autoescape())
# ok: python-jinja-autoescape-off
four = jinja2.Environment(autoescape=True)
# ruleid: python-mako-no-escaping
five = Template("hello ${name}")
# ok: python-mako-no-escaping
six = mako.template.Template("hello ${name}", default_filters=["h"])
# ruleid: python-logging-config-listen
logging.config.listen(9999)
# ok: python-logging-config-listen
logging.config.listen(9999, verify=check)
