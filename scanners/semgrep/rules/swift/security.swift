import CryptoKit

func run(data: Data, token: String, web: WKWebView) {
    // ruleid: swift-weak-hash
    let a = Insecure.MD5.hash(data: data)
    // ok: swift-weak-hash
    let b = SHA256.hash(data: data)
    // ruleid: swift-secret-in-user-defaults
    UserDefaults.standard.set(token, forKey: "authToken")
    // ok: swift-secret-in-user-defaults
    UserDefaults.standard.set(true, forKey: "darkMode")
    // ruleid: swift-webview-script-built
    web.evaluateJavaScript("login('" + token + "')")
    // ok: swift-webview-script-built
    web.evaluateJavaScript("start()")
}
