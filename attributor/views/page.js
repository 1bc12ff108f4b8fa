// Shows a quote's facts where the quote stands: on hover, on focus and on tap. Escape closes.
(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let shown = null;
  let pinned = false;
  let timer = 0;

  const fill = (mark) => {
    const facts = mark.dataset.facts.split(" ").map((id) => {
      const copy = document.getElementById(id).cloneNode(true);
      copy.removeAttribute("id");
      return copy;
    });
    tip.replaceChildren(...facts);
  };

  const place = (mark, x) => {
    const rects = [...mark.getClientRects()];
    const rect = rects.find((r) => r.bottom > 0) || rects[0];
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const left = Math.max(8, Math.min(x === undefined ? rect.left : x - tip.offsetWidth / 2, room));
    const bottom = rects[rects.length - 1].bottom;
    const fits = bottom + tip.offsetHeight + 10 < window.innerHeight;
    const top = fits ? bottom + 6 : Math.max(8, rect.top - tip.offsetHeight - 6);
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${top + window.scrollY}px`;
  };

  const show = (mark, x) => {
    clearTimeout(timer);
    if (shown !== mark) {
      hide();
      fill(mark);
      shown = mark;
      mark.classList.add("shown");
    }
    tip.hidden = false;
    place(mark, x);
  };

  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
    pinned = false;
    if (shown) shown.classList.remove("shown");
    shown = null;
  };

  const hideSoon = () => {
    clearTimeout(timer);
    if (!pinned && document.activeElement !== shown) timer = setTimeout(hide, 200);
  };

  for (const mark of document.querySelectorAll("mark[data-facts]")) {
    mark.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse" && !pinned) show(mark, event.clientX);
    });
    mark.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") hideSoon();
    });
    mark.addEventListener("focus", () => {
      if (mark.matches(":focus-visible")) show(mark);
    });
    mark.addEventListener("blur", () => !pinned && hide());
    mark.addEventListener("click", (event) => {
      show(mark, event.clientX);
      pinned = true;
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key === "Enter") location.hash = mark.dataset.facts.split(" ")[0].replace("f", "n");
    });
  }
  tip.addEventListener("pointerenter", () => clearTimeout(timer));
  tip.addEventListener("pointerleave", hideSoon);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("mark[data-facts], #tip")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();
