import java.security.MessageDigest

fun run(db: Database, name: String, web: WebView) {
    // ruleid: kotlin-sql-built-string
    db.rawQuery("SELECT * FROM users WHERE name = '" + name + "'", null)
    // ok: kotlin-sql-built-string
    db.rawQuery("SELECT * FROM users WHERE name = ?", arrayOf(name))
    // ruleid: kotlin-weak-crypto
    MessageDigest.getInstance("MD5")
    // ok: kotlin-weak-crypto
    MessageDigest.getInstance("SHA-256")
    // ruleid: kotlin-command-dynamic
    Runtime.getRuntime().exec("ls " + name)
    // ok: kotlin-command-dynamic
    Runtime.getRuntime().exec(arrayOf("ls", name))
    // ruleid: kotlin-webview-javascript-interface
    web.addJavascriptInterface(Bridge(), "bridge")
    // ok: kotlin-webview-javascript-interface
    web.loadUrl("https://example.com")
}
