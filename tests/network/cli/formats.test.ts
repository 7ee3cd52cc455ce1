import test from "ava";
import fc from "fast-check";
import type { Question } from "../../../network/adapters/flows.ts";
import { json } from "../../../network/cli/formats/json.ts";
import { type Format, type Judgement, judgementOf } from "../../../network/cli/formats/judgement.ts";
import { junit } from "../../../network/cli/formats/junit.ts";
import { markdown } from "../../../network/cli/formats/markdown.ts";
import { text } from "../../../network/cli/formats/text.ts";
import type { Explanation } from "../../../network/reachability/explanation.ts";
import type { Analysis } from "../../../network/reachability/index.ts";
import { Outcome } from "../../../network/reachability/path.ts";
import type { Verdict } from "../../../network/reachability/verdict.ts";

const component = (type: string, id: string) => ({ type, id });
const eni = component("network-interface", "eni-1");
const acl = component("network-acl", "acl-1");

const one = (value: number) => ({ from: value, to: value });

/** An analysis as the core makes it, from what the formats show of it. */
function analysisOf(verdict: Verdict, shown: Partial<Analysis>): Analysis {
  return { verdict, outcomes: [], explanations: [], forwardPath: [], returnPath: [], ...shown };
}

const flow = (more: Partial<Question>): Question => ({
  source: "10.0.0.10",
  destination: "8.8.8.8",
  protocol: "tcp",
  port: 443,
  ...more,
});

const way = [{ component: eni, decision: "outbound rule" }, { component: component("internet", "8.8.8.8") }];
const denied: Explanation = {
  code: "SUBNET_ACL_RESTRICTION",
  component: acl,
  message: "acl-1 denies it (rule 100).",
  fix: "Allow TCP ports 1024-65535 inbound in acl-1.",
};

/** One of each standing, and one that some packets make. */
const judgements: Judgement[] = [
  judgementOf(flow({}), analysisOf("reachable", { forwardPath: way, returnPath: [...way].reverse() })),
  judgementOf(
    flow({ destination: "10.0.1.10", expect: "reachable" }),
    analysisOf("not-reachable", {
      explanations: [denied],
      forwardPath: [way[0] as (typeof way)[0], { component: acl, decision: "rule 100", mark: "blocks" }],
    }),
  ),
  judgementOf(
    flow({ protocol: "icmp", port: undefined }),
    analysisOf("unknown", {
      explanations: [{ code: "unknown-value", component: eni, message: "Not known: its groups." }],
      forwardPath: [{ component: eni, mark: "unknown" }],
    }),
  ),
  judgementOf(flow({ port: 5432 }), partial()),
  judgementOf(flow({ port: 22, outOfScope: "nothing listens" }), analysisOf("reachable", { forwardPath: way })),
];

/** Replies to some ports only. */
function partial(): Analysis {
  const part = (result: Outcome["result"], port: number): Outcome =>
    new Outcome({
      set: { source: one(1), destination: one(2), sourcePort: one(port), destinationPort: one(4), natPort: one(5) },
      result,
      blockers: [],
      unknowns: [],
      deadEnd: undefined,
      forward: undefined,
      back: undefined,
    });
  const outcomes = [part("reachable", 40_000), part("not-reachable", 33_000)];
  return analysisOf("partial", { outcomes, explanations: [denied], forwardPath: way });
}

const written = (format: Format, given: Iterable<Judgement> = judgements, hasColors = false) =>
  [...format(given, { name: "flows.jsonl", hasColors })].join("");

test("text: what is not as expected says why, what would help, and each hop", (t) => {
  t.is(
    written(text),
    `reachable     10.0.0.10 -> 8.8.8.8 tcp/443
    there  eni-1 > 8.8.8.8
    back   8.8.8.8 > eni-1
not-reachable 10.0.0.10 -> 10.0.1.10 tcp/443, expected reachable
    SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100).
      fix: Allow TCP ports 1024-65535 inbound in acl-1.
    there   eni-1  network-interface  outbound rule
          x acl-1  network-acl        rule 100
unknown       10.0.0.10 -> 8.8.8.8 icmp
    unknown-value: Not known: its groups.
    there ? eni-1  network-interface
partial       10.0.0.10 -> 8.8.8.8 tcp/5432
    0.0.0.1 port 40000 gets through, 0.0.0.1 port 33000 does not
    SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100).
      fix: Allow TCP ports 1024-65535 inbound in acl-1.
    there   eni-1    network-interface  outbound rule
            8.8.8.8  internet
reachable     10.0.0.10 -> 8.8.8.8 tcp/22, out of scope: nothing listens
    there  eni-1 > 8.8.8.8

5 flows: 1 as expected, 2 not as expected, 1 unknown, 1 out of scope
`,
  );
});

test("text: a flow that should be blocked and is, in one line for each way", (t) => {
  const blocked = analysisOf("not-reachable", { explanations: [denied], forwardPath: way });
  const lines = written(text, [judgementOf(flow({ expect: "not-reachable" }), blocked)]).split("\n");
  t.is(lines[0], "not-reachable 10.0.0.10 -> 8.8.8.8 tcp/443, as expected");
  t.is(lines[3], "    there  eni-1 > 8.8.8.8");
  t.is(lines[5], "1 flow: 1 as expected");
});

test("text: with colours it is the same text", (t) => {
  const colored = written(text, judgements, true);
  t.true(colored.startsWith("\u001b[32mreachable    \u001b[39m 10.0.0.10"), colored);
  t.true(colored.includes("\u001b[31m      x acl-1  network-acl        rule 100\u001b[39m"), colored);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
  t.is(colored.replace(/\u001b\[\d+m/g, ""), written(text));
});

test("text: what a file holds moves no cursor", (t) => {
  const evil = analysisOf("reachable", { forwardPath: [{ component: component("x", "eni\u001b[2J\n") }] });
  const shown = written(text, [judgementOf(flow({ outOfScope: "a\rb" }), evil)]);
  t.true(shown.includes("out of scope: a\\u000db"), shown);
  t.true(shown.includes("eni\\u001b[2J\\u000a"), shown);
});

test("text and json come flow by flow", (t) => {
  for (const format of [text, json]) {
    let asked = 0;
    function* counted(): Iterable<Judgement> {
      for (const judgement of judgements) {
        asked++;
        yield judgement;
      }
    }
    const pieces = format(counted(), { name: "", hasColors: false })[Symbol.iterator]();
    pieces.next();
    t.is(asked, 1);
  }
});

test("json: the flow's fields first, explanations, paths", (t) => {
  const [first, second, , fourth] = written(json).split("\n");
  t.is(
    first,
    '{"source":"10.0.0.10","destination":"8.8.8.8","protocol":"tcp","port":443,"verdict":"reachable","explanations":[],' +
      '"forwardPath":[{"component":{"type":"network-interface","id":"eni-1"},"decision":"outbound rule"},' +
      '{"component":{"type":"internet","id":"8.8.8.8"}}],' +
      '"returnPath":[{"component":{"type":"internet","id":"8.8.8.8"}},' +
      '{"component":{"type":"network-interface","id":"eni-1"},"decision":"outbound rule"}]}',
  );
  t.deepEqual(JSON.parse(second ?? "").explanations, [denied]);
  t.deepEqual(JSON.parse(fourth ?? "").packets, {
    passes: { source: "0.0.0.1", sourcePort: 40_000 },
    blocked: { source: "0.0.0.1", sourcePort: 33_000 },
  });
});

test("junit: a test case for each flow", (t) => {
  t.is(
    written(junit),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="node network check" tests="5" failures="2" errors="1" skipped="1" time="0">
  <testsuite name="flows.jsonl" tests="5" failures="2" errors="1" skipped="1" time="0">
    <testcase classname="flows.jsonl" name="10.0.0.10 -&gt; 8.8.8.8 tcp/443" time="0"/>
    <testcase classname="flows.jsonl" name="10.0.0.10 -&gt; 10.0.1.10 tcp/443" time="0">
      <failure message="not-reachable, expected reachable: SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100)." type="not-reachable">not-reachable 10.0.0.10 -&gt; 10.0.1.10 tcp/443, expected reachable
    SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100).
      fix: Allow TCP ports 1024-65535 inbound in acl-1.
    there   eni-1  network-interface  outbound rule
          x acl-1  network-acl        rule 100
</failure>
    </testcase>
    <testcase classname="flows.jsonl" name="10.0.0.10 -&gt; 8.8.8.8 icmp" time="0">
      <error message="unknown, expected reachable: unknown-value: Not known: its groups." type="unknown">unknown       10.0.0.10 -&gt; 8.8.8.8 icmp
    unknown-value: Not known: its groups.
    there ? eni-1  network-interface
</error>
    </testcase>
    <testcase classname="flows.jsonl" name="10.0.0.10 -&gt; 8.8.8.8 tcp/5432" time="0">
      <failure message="partial, expected reachable: SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100)." type="partial">partial       10.0.0.10 -&gt; 8.8.8.8 tcp/5432
    0.0.0.1 port 40000 gets through, 0.0.0.1 port 33000 does not
    SUBNET_ACL_RESTRICTION: acl-1 denies it (rule 100).
      fix: Allow TCP ports 1024-65535 inbound in acl-1.
    there   eni-1    network-interface  outbound rule
            8.8.8.8  internet
</failure>
    </testcase>
    <testcase classname="flows.jsonl" name="10.0.0.10 -&gt; 8.8.8.8 tcp/22" time="0">
      <skipped message="out of scope: nothing listens"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test("markdown: a table, and what is not as expected", (t) => {
  t.is(
    written(markdown),
    `## Network check

**5 flows: 1 as expected, 2 not as expected, 1 unknown, 1 out of scope**

| | Source | Destination | Port | Verdict | Expected |
| --- | --- | --- | --- | --- | --- |
| ✅ | \`10.0.0.10\` | \`8.8.8.8\` | tcp/443 | reachable | reachable |
| ❌ | \`10.0.0.10\` | \`10.0.1.10\` | tcp/443 | not-reachable | reachable |
| ❓ | \`10.0.0.10\` | \`8.8.8.8\` | icmp | unknown | reachable |
| ❌ | \`10.0.0.10\` | \`8.8.8.8\` | tcp/5432 | partial | reachable |
| ➖ | \`10.0.0.10\` | \`8.8.8.8\` | tcp/22 | reachable | out of scope: nothing listens |

### ❌ \`10.0.0.10\` → \`10.0.1.10\` tcp/443: not-reachable, expected reachable

- **SUBNET\\_ACL\\_RESTRICTION** at network-acl \`acl-1\`: acl-1 denies it (rule 100).
  - **Fix:** Allow TCP ports 1024-65535 inbound in acl-1.

<details><summary>Path: 2 hops there, 0 hops back</summary>

There:

1. network-interface \`eni-1\`: outbound rule
1. ❌ network-acl \`acl-1\`: rule 100

</details>

### ❓ \`10.0.0.10\` → \`8.8.8.8\` icmp: unknown, expected reachable

- **unknown-value** at network-interface \`eni-1\`: Not known: its groups.

<details><summary>Path: 1 hop there, 0 hops back</summary>

There:

1. ❓ network-interface \`eni-1\`

</details>

### ❌ \`10.0.0.10\` → \`8.8.8.8\` tcp/5432: partial, expected reachable

0.0.0.1 port 40000 gets through, 0.0.0.1 port 33000 does not.

- **SUBNET\\_ACL\\_RESTRICTION** at network-acl \`acl-1\`: acl-1 denies it (rule 100).
  - **Fix:** Allow TCP ports 1024-65535 inbound in acl-1.

<details><summary>Path: 2 hops there, 0 hops back</summary>

There:

1. network-interface \`eni-1\`: outbound rule
1. internet \`8.8.8.8\`

</details>
`,
  );
});

/** Any text at all, with what means something to XML, to Markdown and to terminals well in it. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ minLength: 1, maxLength: 3, unit: "grapheme" }),
    fc.constantFrom(
      "|",
      "\\",
      "`",
      "<b>",
      "&amp;",
      "]]>",
      '"',
      "\n",
      "\r",
      "\t",
      "\u0000",
      "\u001b",
      "\ud800",
      "\uffff",
    ),
  ),
});

const withTexts = (id: string, message: string, outOfScope: string): Judgement[] => [
  judgementOf(
    flow({ source: id }),
    analysisOf("not-reachable", {
      explanations: [{ code: id, component: component(id, id), message, fix: message }],
      forwardPath: [{ component: component(id, id), decision: message }],
    }),
  ),
  judgementOf(flow({ outOfScope }), analysisOf("reachable", {})),
];

test("junit: whatever a file holds, it is XML that says the same", (t) => {
  fc.assert(
    fc.property(anyText, anyText, anyText, (id, message, outOfScope) => {
      const elements = parseXml(written(junit, withTexts(id, message, outOfScope)));
      const [failure] = elements.filter(({ name }) => name === "failure");
      t.is(failure?.attributes.message, holdable(`not-reachable, expected reachable: ${id}: ${message}`));
      const [skipped] = elements.filter(({ name }) => name === "skipped");
      t.is(skipped?.attributes.message, holdable(outOfScope === "" ? "out of scope" : `out of scope: ${outOfScope}`));
    }),
  );
});

test("markdown: whatever a file holds, a row has six cells, and no HTML comes through", (t) => {
  fc.assert(
    fc.property(anyText, anyText, anyText, (id, message, outOfScope) => {
      const shown = written(markdown, withTexts(id, message, outOfScope));
      const rows = shown.split("\n").filter((line) => line.startsWith("| ❌") || line.startsWith("| ➖"));
      t.is(rows.length, 2);
      for (const row of rows) t.is(row.match(/\|/g)?.length, 7);
      const text = shown.replace(/^(<details><summary>.*<\/summary>|<\/details>)$/gm, "");
      t.false(/(?<!\\)(\\\\)*</.test(text), text);
    }),
  );
});

interface Element {
  name: string;
  attributes: Record<string, string>;
}

const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const holdable = (value: string) => value.replace(illegal, "\ufffd");

/** The elements of a document that is well-formed, as strict as XML 1.0 is for what JUnit's format uses of it. */
function parseXml(xml: string): Element[] {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error("no declaration");
  if (xml.search(illegal) !== -1) throw new Error("a character that XML can't hold");
  const elements: Element[] = [];
  const open: string[] = [];
  const markup = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  markup.lastIndex = declaration.length;
  while (markup.lastIndex < xml.length) {
    const at = markup.lastIndex;
    const found = markup.exec(xml);
    if (!found) throw new Error(`not well-formed: ${xml.slice(at, at + 80)}`);
    const [whole, closing, name = "", attributes = "", empty, characters] = found;
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(whole) || characters?.includes("]]>")) throw new Error(whole);
    if (characters !== undefined) {
      if (open.length === 0 && characters.trim() !== "") throw new Error(`text outside of the root: ${characters}`);
      continue;
    }
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
      key,
      unescaped(value),
    ]);
    elements.push({ name, attributes: Object.fromEntries(pairs) });
    if (!empty) open.push(name);
  }
  if (open.length > 0) throw new Error(`open: ${open.join(", ")}`);
  return elements;
}

/** As a reader has an attribute's value: white space that is not a reference is a space. */
function unescaped(value: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return value
    .replace(/[\t\n\r]/g, " ")
    .replace(/&(?:#(\d+)|([a-z]+));/g, (_, code, name) =>
      code ? String.fromCodePoint(Number(code)) : (characters[name] ?? ""),
    );
}
