// @ts-nocheck runs in the browser

// Makes the headers of sortable tables buttons: numbers by their value, largest first, words by the alphabet, what is
// missing last; a third press restores the order that the table came in. Without scripts the tables are as they came.
{
  const words = new Intl.Collator("en", { numeric: true });

  /** What a cell sorts by; undefined where nothing was measured. */
  const sortKey = (cell, isNumber) => {
    const value = cell?.dataset.value ?? cell?.textContent.trim() ?? "";
    if (value === "") return undefined;
    return isNumber && cell.dataset.value !== undefined ? Number(value) : value;
  };

  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : words.compare(one, other);

  const sorted = (rows, column, isNumber, direction) => {
    const keyed = rows.map((row) => ({ row, value: sortKey(row.cells[column], isNumber) }));
    const present = keyed.filter(({ value }) => value !== undefined);
    const missing = keyed.filter(({ value }) => value === undefined);
    present.sort((one, other) => direction * compare(one.value, other.value));
    return [...present, ...missing].map(({ row }) => row);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const [body] = table.tBodies;
    const rows = [...body.rows];
    const headers = [...table.tHead.rows[0].cells].filter(({ tagName }) => tagName === "TH");
    for (const [column, header] of headers.entries()) {
      const isNumber = header.classList.contains("number");
      const orders = isNumber ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const present = orders.indexOf(header.getAttribute("aria-sort") ?? "none");
        const order = orders[(present + 1) % orders.length];
        for (const other of headers) other.removeAttribute("aria-sort");
        if (order === "none") return body.append(...rows);
        header.setAttribute("aria-sort", order);
        body.append(...sorted(rows, column, isNumber, order === "ascending" ? 1 : -1));
      });
    }
  }
  for (const hint of document.querySelectorAll(".sorting-hint")) hint.hidden = false;
}
