"use strict";
// Shows two periods of one report side by side. Only reports that stand in the page's data are shown: what the
// address asks for is looked up there and never opened as it is.
{
  const reports = new Map(Object.entries(JSON.parse(document.getElementById("data").textContent)));
  const byId = (id) => document.getElementById(id);
  const sides = ["left", "right"];

  function option(value, words) {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = words;
    return made;
  }

  function offer() {
    const editions = reports.get(byId("report").value).editions;
    for (const side of sides) {
      byId(side).replaceChildren(...editions.map(([period, name]) => option(period, name)));
    }
    byId("left").value = editions[1][0]; // the newest comes first; beside it the one before
    byId("right").value = editions[0][0];
  }

  function show() {
    const report = reports.get(byId("report").value);
    for (const side of sides) {
      const [, name, path] = report.editions.find(([period]) => period === byId(side).value);
      const frame = byId(`${side}-frame`);
      if (frame.getAttribute("src") !== path) frame.setAttribute("src", path);
      frame.title = `${name}: ${report.name}`;
      byId(`${side}-name`).textContent = name;
      byId(`${side}-alone`).href = path;
      byId(`${side}-alone`).textContent = `Open ${name} by itself`;
    }
    const asked = Object.fromEntries(["report", ...sides].map((name) => [name, byId(name).value]));
    history.replaceState(null, "", `#${new URLSearchParams(asked)}`.replaceAll("%2F", "/"));
  }

  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (reports.has(asked.get("report"))) byId("report").value = asked.get("report");
    offer();
    for (const side of sides) {
      const options = [...byId(side).options].map((each) => each.value);
      if (options.includes(asked.get(side))) byId(side).value = asked.get(side);
    }
    show();
  }

  byId("report").addEventListener("input", () => { offer(); show(); });
  for (const side of sides) byId(side).addEventListener("input", show);
  addEventListener("hashchange", readAddress);
  byId("compare").hidden = false;
  byId("without").hidden = true;
  readAddress();
}
