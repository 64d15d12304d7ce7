"use strict";
// Searches the reports that stand in the page as data. The address keeps the search, so that it can be passed on.
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const byId = (id) => document.getElementById(id);
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  // in the order in which search.py writes a row; groups follow
  const [TITLE, ORGANISATION, PERIOD, STATE, NOTE, REPORT, LINKS, DAY, PREVIOUS, SYNTHETIC, HEADLINE, GROUPS] =
    Array.from({ length: 12 }, (_, place) => place);
  const fields = [["report", TITLE], ["organisation", ORGANISATION], ["period", PERIOD], ["state", STATE]];
  for (let place = 0; byId(`group-${place}`); place += 1) fields.push([`group-${place}`, GROUPS + place]);
  const inputs = ["words", "order", ...fields.map(([name]) => name)];

  const periodName = (folder) => data.periods[folder] || folder;
  const texts = data.rows.map((row) => {
    const groups = row.slice(GROUPS).filter((place) => place >= 0).map((place) => words[place]);
    const shown = [words[row[TITLE]], words[row[ORGANISATION]], periodName(words[row[PERIOD]]), row[REPORT]];
    return fold([...shown, words[row[STATE]], ...groups].join(" "));
  });

  // ---- one row, as rows.html writes it

  function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children);
    return element;
  }

  function makeLink(address, shown, unseen) {
    const link = make("a", "", shown, make("span", "unseen", unseen));
    link.setAttribute("href", address);
    return link;
  }

  function compareAddress(row) {
    const asked = { report: row[REPORT], left: row[PREVIOUS], right: words[row[PERIOD]] };
    return `compare.html#${new URLSearchParams(asked)}`.replaceAll("%2F", "/");
  }

  function makeRow(row) {
    const [title, organisation, period] = [words[row[TITLE]], words[row[ORGANISATION]], words[row[PERIOD]]];
    const whose = `, ${organisation}, ${periodName(period)}`;
    const links = new Map(row[LINKS]);
    const first = links.has("html") ? "html" : [...links.keys()][0];
    const what = make("p", "what", first ? makeLink(links.get(first), title, whose) : title);
    const files = [...links].filter(([format]) => format !== first)
      .map(([format, path]) => makeLink(path, data.formats[format] || format, `: ${title}${whose}`));
    if (row[PREVIOUS] && links.has("html")) {
      files.push(makeLink(compareAddress(row), "Compare", ` with ${periodName(row[PREVIOUS])}: ${title}${whose}`));
    }
    const [state, note] = [words[row[STATE]], words[row[NOTE]]];
    const badge = make("span", `badge ${state.toLowerCase().replaceAll(" ", "-")}`, state);
    const said = data.telling.includes(state) || !first ? note
      : `published ${data.days[row[DAY]]}${note ? `; ${note}` : ""}`;
    const spaced = files.flatMap((link, place) => (place ? [" ", link] : [link]));
    return make("li", "",
      what,
      make("p", "who", organisation + (row[SYNTHETIC] ? " (synthetic)" : "")),
      make("p", "says", row[HEADLINE]),
      make("p", "when", periodName(period)),
      make("p", "files", ...spaced),
      make("p", "state", ...(state === data.current ? [said] : [badge, ` ${said}`])));
  }

  // ---- the search

  let found = data.rows;
  let shown = data.atOnce;

  function search() {
    const wanted = fold(byId("words").value).split(/\s+/).filter(Boolean);
    const chosen = fields.map(([name, place]) => [byId(name).value, place]).filter(([value]) => value);
    const exact = chosen.map(([value, place]) => [words.indexOf(value), place]);
    return data.rows.filter((row, place) =>
      exact.every(([word, column]) => row[column] === word) &&
      wanted.every((word) => texts[place].includes(word)));
  }

  const orders = {
    published: (one, other) => (one[DAY] < other[DAY] ? 1 : one[DAY] > other[DAY] ? -1 : 0),
    organisation: (one, other) => words[one[ORGANISATION]].localeCompare(words[other[ORGANISATION]], "en"),
  };

  function show() {
    byId("reports").replaceChildren(...found.slice(0, shown).map(makeRow));
    byId("more").hidden = shown >= found.length;
  }

  function say() {
    const number = found.length.toLocaleString("en-GB");
    const searched = inputs.some((name) => name !== "order" && byId(name).value);
    const all = data.rows.length.toLocaleString("en-GB");
    const what = `${number} ${found.length === 1 ? "report" : "reports"}`;
    if (!found.length) return "No report is found. Use fewer words, or clear the search.";
    return searched ? `${what} of ${all} found.` : `${what}.`;
  }

  function update() {
    const order = orders[byId("order").value];
    found = search();
    if (order) found = [...found].sort(order);
    shown = data.atOnce;
    show();
    byId("count").textContent = say();
    const asked = inputs.map((name) => [name, byId(name).value]).filter(([, value]) => value);
    history.replaceState(null, "", `#${new URLSearchParams(asked)}`);
  }

  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const name of inputs) byId(name).value = asked.get(name) || "";
    // a select does not take what it does not offer
    for (const [name] of fields) if (byId(name).selectedIndex < 0) byId(name).value = "";
    if (byId("order").selectedIndex < 0) byId("order").value = "";
    return inputs.some((name) => asked.has(name));
  }

  for (const name of inputs) byId(name).addEventListener("input", update);
  byId("clear").addEventListener("click", () => {
    for (const name of inputs) byId(name).value = "";
    update();
    byId("words").focus();
  });
  byId("more").addEventListener("click", () => {
    const from = shown;
    shown += data.atOnce;
    byId("reports").append(...found.slice(from, shown).map(makeRow));
    byId("more").hidden = shown >= found.length;
    const first = byId("reports").children[from];
    first.tabIndex = -1; // one that was withdrawn has no link to go to
    (first.querySelector("a") || first).focus();
  });
  addEventListener("hashchange", () => { readAddress(); update(); });

  byId("search").hidden = false;
  byId("without").hidden = true;
  byId("more").hidden = shown >= found.length;
  const asked = readAddress();
  // on a telephone the reports come before the choices
  byId("choices").open = matchMedia("(min-width: 60rem)").matches || inputs.some((name) => name !== "words" && byId(name).value);
  if (asked) update();
}
