const { exec, execFile } = require("child_process");
const fs = require("fs");
const path = require("path");
const vm = require("vm");

function commands(req, res) {
  // ruleid: javascript-command-injection
  exec("ping " + req.query.host);
  // ok: javascript-command-injection
  execFile("ping", [req.query.host]);
  const count = parseInt(req.query.count, 10);
  // ok: javascript-command-injection
  exec(`ping -c ${count} localhost`);
  // ruleid: javascript-code-injection
  eval(req.body.code);
  // ruleid: javascript-code-injection
  vm.runInNewContext(req.body.code);
  // ok: javascript-code-injection
  JSON.parse(req.body.code);
}

function queries(req, res, db) {
  // ruleid: javascript-sql-injection
  db.query("SELECT * FROM users WHERE name = '" + req.query.name + "'");
  const sql = `SELECT * FROM users WHERE id = ${req.params.id}`;
  // ruleid: javascript-sql-injection
  db.execute(sql);
  // ok: javascript-sql-injection
  db.query("SELECT * FROM users WHERE name = ?", [req.query.name]);
  // ruleid: javascript-nosql-injection
  User.findOne({ name: req.body.name });
  // ok: javascript-nosql-injection
  User.findOne({ name: String(req.body.name) });
}

function files(req, res) {
  // ruleid: javascript-path-traversal
  fs.readFile("/srv/" + req.params.name, done);
  // ruleid: javascript-path-traversal
  res.sendFile(path.join("/srv", req.query.name));
  // ok: javascript-path-traversal
  res.sendFile(req.query.name, { root: "/srv" });
  // ok: javascript-path-traversal
  fs.readFile(path.join("/srv", path.basename(req.params.name)), done);
}

async function calls(req, res) {
  // ruleid: javascript-ssrf
  await fetch(req.query.url);
  // ruleid: javascript-ssrf
  await axios.get("https://" + req.query.host + "/status");
  // ok: javascript-ssrf
  await fetch(`https://api.example.com/items/${req.query.item}`);
  // ruleid: javascript-open-redirect
  res.redirect(req.query.next);
  // ok: javascript-open-redirect
  res.redirect("/users/" + req.query.name);
  // ruleid: javascript-reflected-xss
  res.send("<h1>Hello " + req.query.name + "</h1>");
  // ok: javascript-reflected-xss
  res.send("<h1>Hello " + escapeHtml(req.query.name) + "</h1>");
  // ok: javascript-reflected-xss
  res.json({ name: req.query.name });
}

function texts(req) {
  // ruleid: javascript-regex-injection
  new RegExp(req.query.pattern);
  // ok: javascript-regex-injection
  new RegExp(_.escapeRegExp(req.query.pattern));
  // ruleid: javascript-deserialisation-of-request
  serialize.unserialize(req.cookies.profile);
  // ok: javascript-deserialisation-of-request
  JSON.parse(req.cookies.profile);
  // ruleid: javascript-template-injection
  ejs.render(req.body.template, {});
  // ok: javascript-template-injection
  ejs.render("<%= name %>", { name: req.body.name });
  // ruleid: javascript-prototype-pollution
  _.merge(config, req.body);
  // ok: javascript-prototype-pollution
  _.merge(config, { name: req.body.name.length });
  // ruleid: javascript-xxe
  libxmljs.parseXml(req.rawBody, { noent: true });
  // ok: javascript-xxe
  libxmljs.parseXml(req.rawBody);
}
