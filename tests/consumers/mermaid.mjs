// Reads pictures of Mermaid, a list of texts on standard input, with mermaid's own parser.
// Argument: the folder node_modules. Prints for each its boxes and arrows, or the fault.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { JSDOM } = createRequire(`${folder}/`)("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(`${folder}/mermaid/dist/mermaid.core.mjs`).href);
mermaid.initialize({ startOnLoad: false });

/** A label as it is drawn: mermaid keeps its `#NUMBER;` aside until then. */
function drawn(label = "") {
  const html = label.replace(/ﬂ°°(\d+)¶ß/g, "&#$1;").replace(/ﬂ°(\w+)¶ß/g, "&$1;");
  const element = document.createElement("p");
  element.innerHTML = html;
  return element.textContent;
}

async function seen(text) {
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const groups = new Set(db.getSubGraphs().map((it) => it.id));
    const boxes = [...db.getVertices()].filter(([id]) => !groups.has(id));
    return {
      boxes: Object.fromEntries(boxes.map(([id, it]) => [id, drawn(it.text ?? id)])),
      arrows: db.getEdges().map((it) => ({ from: it.start, to: it.end, text: drawn(it.text) })),
    };
  } catch (error) {
    return { fault: String(error.message ?? error) };
  }
}

const pictures = JSON.parse(readFileSync(0, "utf8"));
const all = [];
for (const picture of pictures) all.push(await seen(picture));
console.log(JSON.stringify(all));
