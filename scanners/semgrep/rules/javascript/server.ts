import crypto from "crypto";
import jwt from "jsonwebtoken";
// ruleid: javascript-vm2-sandbox
import { VM } from "vm2";
// ok: javascript-vm2-sandbox
import vm from "vm";
import fs from "fs";

function answer(req: Request, res: Response, value: string, key: string) {
  // ruleid: javascript-cookie-flags-off
  res.cookie("theme", value, { httpOnly: false });
  // ok: javascript-cookie-flags-off
  res.cookie("theme", value, { httpOnly: true, secure: true });
  // ruleid: javascript-session-cookie-without-flags
  res.cookie("session", value);
  // ok: javascript-session-cookie-without-flags
  res.cookie("session", value, { httpOnly: true, secure: true });
  // ruleid: javascript-jwt-decoded-not-verified
  jwt.decode(value);
  // ok: javascript-jwt-decoded-not-verified
  jwt.verify(value, key, { algorithms: ["EdDSA"] });
  // ruleid: javascript-jwt-none-algorithm
  jwt.verify(value, key, { algorithms: ["HS256", "none"] });
  // ok: javascript-jwt-none-algorithm
  jwt.verify(value, key, { algorithms: ["HS256"] });
  // ruleid: javascript-fixed-key
  jwt.sign({ a: 1 }, "keyboard cat");
  // ok: javascript-fixed-key
  jwt.sign({ a: 1 }, process.env.KEY);
  // ruleid: javascript-cors-any-origin-with-credentials
  cors({ origin: true, credentials: true });
  // ok: javascript-cors-any-origin-with-credentials
  cors({ origin: "https://example.com", credentials: true });
  // ruleid: javascript-helmet-protection-off
  helmet({ contentSecurityPolicy: false });
  // ok: javascript-helmet-protection-off
  helmet();
  // ruleid: javascript-template-escaping-off
  nunjucks.configure("views", { autoescape: false });
  // ok: javascript-template-escaping-off
  nunjucks.configure("views", { autoescape: true });
}

// ruleid: javascript-hardcoded-password
const dbPassword = "hunter2!x99";
// ok: javascript-hardcoded-password
const adminPassword = process.env.ADMIN_PASSWORD;
// ruleid: javascript-password-in-connection-url
connect("mongodb://shop:s3cr3tpw@db.internal/shop");
// ok: javascript-password-in-connection-url
connect("mongodb://db.internal/shop");

function digests(data: string, key: Buffer, iv: Buffer, given: string, path: string) {
  // ruleid: javascript-weak-hash
  crypto.createHash("md5").update(data);
  // ok: javascript-weak-hash
  crypto.createHash("sha256").update(data);
  // ruleid: javascript-weak-cipher
  crypto.createCipheriv("aes-128-ecb", key, null);
  // ruleid: javascript-weak-cipher
  crypto.createCipher("aes-256-cbc", key);
  // ok: javascript-weak-cipher
  crypto.createCipheriv("aes-256-gcm", key, iv);
  // ruleid: javascript-short-key
  crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
  // ok: javascript-short-key
  crypto.generateKeyPairSync("rsa", { modulusLength: 3072 });
  // ruleid: javascript-random-for-secret
  const resetToken = Math.random().toString(36).slice(2);
  // ok: javascript-random-for-secret
  const delay = Math.random() * 100;
  // ok: javascript-random-for-secret
  const token = crypto.randomBytes(16).toString("hex");
  // ruleid: javascript-pbkdf2-few-rounds
  crypto.pbkdf2Sync(data, iv, 1000, 32, "sha256");
  // ok: javascript-pbkdf2-few-rounds
  crypto.pbkdf2Sync(data, iv, 600000, 32, "sha256");
  // ruleid: javascript-certificate-check-off
  https.request({ host: "a", rejectUnauthorized: false });
  // ok: javascript-certificate-check-off
  https.request({ host: "a" });
  // ruleid: javascript-old-tls-version
  tls.connect({ host: "a", minVersion: "TLSv1" });
  // ok: javascript-old-tls-version
  tls.connect({ host: "a", minVersion: "TLSv1.2" });
  // ruleid: javascript-timing-compare
  if (crypto.createHmac("sha256", key).update(data).digest("hex") === given) {
    // ruleid: javascript-buffer-uninitialised
    new Buffer(10);
    // ok: javascript-buffer-uninitialised
    Buffer.alloc(10);
  }
  // ok: javascript-timing-compare
  crypto.timingSafeEqual(key, iv);
  // ruleid: javascript-file-permissive-mode
  fs.chmodSync(path, 0o777);
  // ok: javascript-file-permissive-mode
  fs.chmodSync(path, 0o640);
  // ruleid: javascript-directory-listing
  app.use(express.static(__dirname));
  // ok: javascript-directory-listing
  app.use(express.static("public"));
}
