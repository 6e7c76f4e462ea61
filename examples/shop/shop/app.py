"""The web application."""

from flask import Flask, jsonify, make_response, redirect, request

from shop import accounts, basket, catalogue, pictures, suppliers

app = Flask(__name__)


@app.route("/items")
def items():
    word = request.args.get("word", "")
    return jsonify(catalogue.search(word))


@app.route("/items/<number>")
def item(number):
    found = catalogue.item(number)
    return make_response("<h1>" + request.args.get("title", "") + "</h1>" + str(found))


@app.route("/basket", methods=["POST"])
def load_basket():
    return jsonify(basket.restore(request.cookies["basket"]))


@app.route("/basket/rules", methods=["POST"])
def rules():
    return jsonify(basket.rules(request.data))


@app.route("/price")
def price():
    return jsonify(eval(request.args["formula"]))


@app.route("/picture")
def picture():
    return pictures.preview(request.args["name"], request.args.get("size", "100x100"))


@app.route("/login", methods=["POST"])
def login():
    token = accounts.login(request.form["user"], request.form["password"])
    answer = redirect(request.args.get("next", "/"))
    answer.set_cookie("session", token)
    return answer


@app.route("/suppliers", methods=["POST"])
def order():
    return jsonify(suppliers.order(request.data))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8080, debug=True)
