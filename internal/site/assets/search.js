// Search over policyIndex, which search-index.js defines. Texts of policies are data: they are set as text, never as markup.
(() => {
  const input = document.getElementById("search"), results = document.getElementById("results"), most = 20;
  const plain = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = policyIndex.map((e) => ({ ...e, inTitle: plain(e.title), inText: plain(e.kind + " " + e.title + " " + e.text) }));

  // Every word must occur; entries whose title has them come first.
  const find = (query) => {
    const words = plain(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const hits = entries.filter((e) => words.every((w) => e.inText.includes(w)));
    const rank = (e) => words.filter((w) => e.inTitle.includes(w)).length;
    return hits.sort((a, b) => rank(b) - rank(a));
  };

  const line = (text) => {
    const item = document.createElement("li"), p = document.createElement("p");
    p.textContent = text;
    item.append(p);
    return item;
  };

  const show = () => {
    const hits = find(input.value);
    results.replaceChildren(...hits.slice(0, most).map((e) => {
      const item = document.createElement("li"), a = document.createElement("a"), kind = document.createElement("small");
      a.href = e.link;
      kind.textContent = " " + e.kind;
      a.append(e.title, kind);
      item.append(a);
      return item;
    }));
    if (hits.length > most) results.append(line(`${hits.length - most} more: add a word`));
    if (hits.length === 0) results.append(line("nothing found"));
    results.hidden = input.value.trim() === "";
  };

  input.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") results.hidden = true;
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    }
  });

  // A link to a setting opens it, and print shows everything.
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
    results.hidden = true;
  };
  window.addEventListener("hashchange", open);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  open();
})();
