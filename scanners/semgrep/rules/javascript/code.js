const cp = require("child_process");
const vm = require("vm");
const serialize = require("node-serialize");

function run(text, name, db, id) {
  // ruleid: javascript-eval-dynamic
  eval(text);
  // ruleid: javascript-eval-dynamic
  new Function("a", text);
  // ruleid: javascript-eval-dynamic
  vm.runInNewContext(text);
  // ok: javascript-eval-dynamic
  eval("1 + 1");
  // ok: javascript-eval-dynamic
  JSON.parse(text);
  // ruleid: javascript-timer-with-string
  setTimeout("show('" + name + "')", 10);
  // ok: javascript-timer-with-string
  setTimeout(() => show(name), 10);
  // ruleid: javascript-exec-dynamic
  cp.exec(`ls ${name}`);
  // ruleid: javascript-exec-dynamic
  cp.execSync("ls " + name);
  // ruleid: javascript-exec-dynamic
  cp.exec(["ls", name].join(" "));
  // ok: javascript-exec-dynamic
  cp.exec("ls | wc -l");
  // ok: javascript-exec-dynamic
  cp.execFile("ls", [name]);
  // ok: javascript-exec-dynamic
  /a/.exec(name);
  // ruleid: javascript-sql-built-string
  db.query("SELECT * FROM users WHERE id = " + id);
  const sql = `SELECT * FROM users WHERE id = ${id}`;
  // ruleid: javascript-sql-built-string
  db.all(sql);
  // ok: javascript-sql-built-string
  db.query("SELECT * FROM users WHERE id = ?", [id]);
  // ruleid: javascript-node-serialize
  serialize.unserialize(text);
  // ok: javascript-node-serialize
  serialize.serialize(text);
}

function merge(target, source) {
  // ruleid: javascript-proto-assignment
  for (const key in source) {
    if (typeof source[key] === "object") {
      merge(target[key], source[key]);
    } else {
      target[key] = source[key];
    }
  }
  // ok: javascript-proto-assignment
  for (const key in source) {
    if (key === "__proto__") continue;
    merge(target[key], source[key]);
  }
}
