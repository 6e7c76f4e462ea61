import os
import traceback

from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from fastapi.middleware.cors import CORSMiddleware
from flask import Flask

app = Flask(__name__)

# ruleid: python-flask-debug
app.run(debug=True)
# ok: python-flask-debug
app.run()
# ruleid: python-cookie-flags-off
app.config["SESSION_COOKIE_SECURE"] = False
# ok: python-cookie-flags-off
app.config["SESSION_COOKIE_SECURE"] = True
# ruleid: python-csrf-protection-off
app.config["WTF_CSRF_ENABLED"] = False
# ruleid: python-cors-any-origin-with-credentials
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
# ok: python-cors-any-origin-with-credentials
app.add_middleware(CORSMiddleware, allow_origins=["https://example.com"], allow_credentials=True)
# ruleid: python-django-debug
DEBUG = True
# ruleid: python-django-any-host
ALLOWED_HOSTS = ["*"]
# ok: python-django-any-host
ALLOWED_HOSTS = ["example.com"]
INSTALLED_APPS = []
# ok: python-django-debug
DEBUG = os.environ.get("DEBUG") == "1"
# ruleid: python-django-framing-allowed
X_FRAME_OPTIONS = "ALLOWALL"
# ok: python-django-framing-allowed
X_FRAME_OPTIONS = "DENY"
# ruleid: python-django-security-setting-off
SECURE_CONTENT_TYPE_NOSNIFF = False
# ok: python-django-security-setting-off
SECURE_CONTENT_TYPE_NOSNIFF = True


@csrf_exempt
# ruleid: python-csrf-protection-off
def hook(request):
    return None


# ok: python-csrf-protection-off
def page(request, response, name):
    # ruleid: python-session-cookie-without-flags
    response.set_cookie("session", name)
    # ok: python-session-cookie-without-flags
    response.set_cookie("session", name, secure=True, httponly=True)
    # ruleid: python-unescaped-markup
    a = mark_safe("<b>" + name + "</b>")
    # ok: python-unescaped-markup
    b = format_html("<b>{}</b>", name)
    # ok: python-unescaped-markup
    c = mark_safe("<b>fixed</b>")
    # ruleid: python-django-autoescape-off
    d = Context({}, autoescape=False)
    # ok: python-django-autoescape-off
    e = Context({})
    # ruleid: python-host-header-in-link
    f = "https://" + request.META["HTTP_HOST"]
    # ok: python-host-header-in-link
    g = "https://" + request.get_host()
    return a, b, c, d, e, f, g


@app.route("/")
def index():
    try:
        # ok: python-traceback-in-response
        return "fine"
    except ValueError:
        # ruleid: python-traceback-in-response
        return traceback.format_exc()
