import sqlite3

import pandas
import sqlalchemy
from django.db.models.expressions import RawSQL
from sqlalchemy import text

from shop.models import User

TABLE = "users"


def dbapi(name, cursor):
    # ruleid: python-sql-built-string
    cursor.execute("SELECT * FROM users WHERE name = '%s'" % name)
    # ruleid: python-sql-built-string
    cursor.execute(f"DELETE FROM users WHERE name = '{name}'")
    # ruleid: python-sql-built-string
    cursor.execute("UPDATE users SET name = '" + name + "' WHERE id = 1")
    # ruleid: python-sql-built-string
    cursor.execute("INSERT INTO users VALUES ('{}')".format(name))
    # ok: python-sql-built-string
    cursor.execute("SELECT * FROM users WHERE name = ?", (name,))
    # ok: python-sql-built-string
    cursor.execute("SELECT * FROM users " + "WHERE id = 1")
    query = "SELECT * FROM users WHERE name = '" + name + "'"
    # ruleid: python-sql-built-string
    cursor.execute(query)
    # ruleid: python-sql-built-string
    pandas.read_sql(query, sqlite3.connect("x"))
    # ok: python-sql-built-string
    print("Select " + name + " from the list")
    # ruleid: python-sql-built-identifier
    cursor.execute("DROP TABLE %s" % name)
    # ruleid: python-sql-built-identifier
    cursor.execute(f"SELECT COUNT(*) FROM {name} WHERE id = 1")
    # ok: python-sql-built-identifier
    cursor.execute("DROP TABLE users")
    # ok: python-sql-built-string, python-sql-built-identifier
    cursor.execute("SELECT COUNT(*) FROM %s" % connection.ops.quote_name(name))
    fixed = "SELECT * FROM users WHERE name = %s"
    # ok: python-sql-built-string
    cursor.execute(fixed, [name])


def alchemy(session, name):
    # ruleid: python-sqlalchemy-text-built
    session.execute(text(f"SELECT * FROM users WHERE name = '{name}'"))
    # ruleid: python-sqlalchemy-text-built
    sqlalchemy.text("SELECT * FROM users WHERE name = '%s'" % name)
    # ok: python-sqlalchemy-text-built
    session.execute(text("SELECT * FROM users WHERE name = :name"), {"name": name})


def django(name):
    # ruleid: python-django-raw-sql-built
    User.objects.raw("SELECT * FROM users WHERE name = '%s'" % name)
    # ok: python-django-raw-sql-built
    User.objects.raw("SELECT * FROM users WHERE name = %s", [name])
    # ruleid: python-django-raw-sql-built
    User.objects.filter(a=1).extra(where=["name = '" + name + "'"])
    # ok: python-django-raw-sql-built
    User.objects.filter(a=1).extra(where=["name = %s"], params=[name])
    # ruleid: python-django-extra-or-rawsql-dynamic
    User.objects.annotate(x=RawSQL(name, []))
    # ok: python-django-extra-or-rawsql-dynamic
    User.objects.annotate(x=RawSQL("a + %s", [name]))
