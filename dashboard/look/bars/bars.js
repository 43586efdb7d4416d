/* Horizontal bars with their names and numbers; where they filter, each is a button. Data is shown as text, never as HTML. */

function made(tag, name, parent, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function bar(row, place, list, press) {
  const line = made(press ? "button" : "div", "bar", list);
  if (press) {
    line.type = "button";
    line.addEventListener("click", () => press(place));
  }
  made("span", "name", line, row.name).title = row.name;
  const track = made("span", "track", line);
  for (const part of row.parts) {
    const drawn = made("i", "", track);
    drawn.style.width = `${part.length * 100}%`;
    drawn.style.background = part.colour;
    drawn.title = `${row.name} ${part.said}`;
  }
  if (row.number) made("span", "number", track, row.number);
  else made("span", "said", line, row.parts.map((part) => part.said).join("; "));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const figure = document.createElement("figure");
  made("figcaption", "", figure, data.title);
  const press = data.clickable ? (place) => setTriggerValue("bar", place) : null;
  data.bars.forEach((row, place) => bar(row, place, figure, press));
  if (data.key.length) {
    const key = made("p", "key", figure);
    for (const [colour, name] of data.key) {
      const entry = made("span", "", key);
      made("i", "", entry).style.background = colour;
      entry.append(name);
    }
  }
  parentElement.querySelector("figure")?.remove();
  parentElement.appendChild(figure);
}
