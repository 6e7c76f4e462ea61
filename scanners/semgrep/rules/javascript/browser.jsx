import DOMPurify from "dompurify";

function page(name, element, frame, token, sanitizer, url) {
  // ruleid: javascript-inner-html
  element.innerHTML = "<b>" + name + "</b>";
  // ruleid: javascript-inner-html
  document.write(`<b>${name}</b>`);
  // ok: javascript-inner-html
  element.innerHTML = "<b>fixed</b>";
  // ok: javascript-inner-html
  element.textContent = name;
  const hash = location.hash.slice(1);
  // ruleid: javascript-dom-xss
  element.innerHTML = hash;
  // ok: javascript-dom-xss
  element.innerHTML = DOMPurify.sanitize(hash);
  // ok: javascript-dom-xss
  element.textContent = hash;
  // ruleid: javascript-jquery-html-built
  $("#a").html("<b>" + name + "</b>");
  // ok: javascript-jquery-html-built
  $("#a").text(name);
  // ruleid: javascript-post-message-any-origin
  frame.postMessage({ token }, "*");
  // ok: javascript-post-message-any-origin
  frame.postMessage({ token }, "https://example.com");
  // ruleid: javascript-token-in-local-storage
  localStorage.setItem("authToken", token);
  // ok: javascript-token-in-local-storage
  localStorage.setItem("theme", "dark");
  // ruleid: javascript-angular-trust-bypass
  sanitizer.bypassSecurityTrustHtml(name);
  // ok: javascript-angular-trust-bypass
  sanitizer.sanitize(1, name);
  // ruleid: javascript-electron-unsafe-window
  new BrowserWindow({ width: 1, webPreferences: { nodeIntegration: true } });
  // ok: javascript-electron-unsafe-window
  new BrowserWindow({ webPreferences: { nodeIntegration: false } });
  // ruleid: javascript-electron-open-external
  shell.openExternal(url);
  // ok: javascript-electron-open-external
  shell.openExternal("https://example.com");
}

// ruleid: javascript-message-origin-unchecked
window.addEventListener("message", (event) => {
  show(event.data);
});
// ok: javascript-message-origin-unchecked
window.addEventListener("message", (event) => {
  if (event.origin !== "https://example.com") return;
  show(event.data);
});

const A = ({ text }) =>
  // ruleid: javascript-react-dangerous-html
  <p dangerouslySetInnerHTML={{ __html: text }} />;
const B = ({ text }) =>
  // ok: javascript-react-dangerous-html
  <p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(text) }} />;
const C = () =>
  // ruleid: javascript-react-script-url
  <a href="javascript:alert(1)">a</a>;
const D = () =>
  // ok: javascript-react-script-url
  <a href="https://example.com">b</a>;
