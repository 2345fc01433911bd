// Keys for the list: j and k move, Enter opens, x ticks, / goes to the filter. Without them all works by mouse and Tab.
const rows = [...document.querySelectorAll("#waits tbody tr")];
let at = -1;
const go = (to) => {
  if (to < 0 || to >= rows.length) return;
  rows[at]?.classList.remove("here");
  at = to;
  rows[at].classList.add("here");
  rows[at].querySelector("a.open")?.focus({ preventScroll: false });
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (event.key === "j" || event.key === "ArrowDown") go(at + 1);
  else if (event.key === "k" || event.key === "ArrowUp") go(at - 1);
  else if (event.key === "x") rows[at]?.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "/") document.getElementById("filter")?.focus();
  else return;
  event.preventDefault();
});
document.getElementById("tick-all")?.addEventListener("change", (event) => {
  for (const each of document.querySelectorAll("#waits input[name=order]")) each.checked = event.target.checked;
});
