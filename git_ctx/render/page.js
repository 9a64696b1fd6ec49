// The page can be read without this. It filters, and goes from prompt to prompt by j and k.
(() => {
  "use strict";
  const box = document.getElementById("filter");
  const found = document.getElementById("found");
  const articles = [...document.querySelectorAll("main > article")];
  const rows = new Map();
  for (const link of document.querySelectorAll("nav li > a")) rows.set(link.hash.slice(1), link.parentNode);
  const texts = new Map();

  const text = (article) => {
    if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
    return texts.get(article);
  };

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const article of articles) {
      const fits = words.every((word) => text(article).includes(word));
      count += fits;
      article.hidden = !fits;
      const row = rows.get(article.id);
      if (row) row.hidden = !fits;
    }
    found.value = words.length ? `${count} of ${articles.length}` : "";
  };

  const step = (by) => {
    const shown = articles.filter((article) => !article.hidden);
    const at = shown.findIndex((article) => article.getBoundingClientRect().top > 30);
    const here = at < 0 ? shown.length : at;
    const next = shown[by > 0 ? here : shown.findLastIndex((article) => article.getBoundingClientRect().top < -5)];
    if (next) {
      next.scrollIntoView({ behavior: "instant" });
      next.focus({ preventScroll: true });
    }
  };

  // The row of what is being read is marked, and kept in sight.
  const index = document.querySelector("nav details");
  let marked;
  const mark = (row) => {
    if (marked) marked.firstElementChild.nextElementSibling.removeAttribute("aria-current");
    marked = row;
    if (!row) return;
    row.firstElementChild.nextElementSibling.setAttribute("aria-current", "location");
    const [seen, all] = [row.getBoundingClientRect(), index.getBoundingClientRect()];
    if (seen.top < all.top || seen.bottom > all.bottom) index.scrollTop += seen.top - all.top - all.height / 3;
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) mark(rows.get(entry.target.id));
    },
    { rootMargin: "-12% 0px -85% 0px" },
  );
  for (const article of articles) watch.observe(article);

  let waiting;
  box.form.hidden = false;
  box.form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === box) {
      if (event.key === "Escape") {
        box.value = "";
        filter();
        box.blur();
      }
    } else if (event.key === "/") {
      event.preventDefault();
      box.focus();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    }
  });
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector("nav details").open = false;
})();
