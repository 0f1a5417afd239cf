// Copy buttons, and the countdown of a code's life.
"use strict";

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    document.execCommand("copy");
  }
  const label = button.textContent;
  button.textContent = "Copied";
  document.getElementById("copied").textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1600);
}

function countDown(life) {
  const total = Number(life.dataset.seconds);
  const end = Date.now() + total * 1000;
  const show = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    life.querySelector("i").style.transform = `scaleX(${total ? left / total : 0})`;
    const text = life.querySelector("[data-left]");
    if (!left) {
      life.dataset.over = "";
      text.textContent = `This code has expired. ${life.dataset.again}`;
      clearInterval(timer);
    } else {
      text.textContent = `Good for one use within ${left} ${left === 1 ? "second" : "seconds"}.`;
    }
  };
  const timer = setInterval(show, 1000);
  show();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button));
}
for (const life of document.querySelectorAll("[data-seconds]")) {
  countDown(life);
}

// The status page keeps itself up to date.
const live = document.querySelectorAll("[data-live]");
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/", { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of live) {
      const now = fresh.getElementById(part.id);
      if (now && now.innerHTML !== part.innerHTML) part.replaceChildren(...now.childNodes);
    }
  } catch {
    document.body.classList.add("gone");
    clearInterval(refreshing);
  }
}
const refreshing = live.length ? setInterval(refresh, 1500) : 0;
