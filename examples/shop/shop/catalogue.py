"""What is on the shelves."""

import sqlite3

DATABASE = "/var/lib/shop/shop.db"


def search(word):
    with sqlite3.connect(DATABASE) as database:
        cursor = database.cursor()
        cursor.execute("SELECT id, name, price FROM items WHERE name LIKE '%" + word + "%'")
        return cursor.fetchall()


def item(number):
    with sqlite3.connect(DATABASE) as database:
        return database.execute(f"SELECT name, price FROM items WHERE id = {number}").fetchone()
