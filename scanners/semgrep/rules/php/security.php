<?php
$name = $_GET["name"];
// ruleid: php-request-injection
system("ls " . $name);
// ok: php-request-injection
system("ls " . escapeshellarg($name));
// ruleid: php-request-injection
include("pages/" . $_GET["page"]);
// ok: php-request-injection
include("pages/" . basename($_GET["page"]));
// ruleid: php-reflected-xss
echo "Hello " . $name;
// ok: php-reflected-xss
echo "Hello " . htmlspecialchars($name);
// ruleid: php-sql-built-string
$db->query("SELECT * FROM users WHERE id = " . $id);
// ok: php-sql-built-string
$db->query("SELECT * FROM users");
// ruleid: php-unserialize
unserialize($data);
// ok: php-unserialize
unserialize($data, ['allowed_classes' => false]);
// ruleid: php-weak-hash
md5($data);
// ok: php-weak-hash
hash("sha256", $data);
// ruleid: php-certificate-check-off
curl_setopt($handle, CURLOPT_SSL_VERIFYPEER, false);
// ok: php-certificate-check-off
curl_setopt($handle, CURLOPT_SSL_VERIFYPEER, true);
