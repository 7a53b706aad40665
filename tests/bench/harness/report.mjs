/** The report: Markdown, with a bar for each median. No I/O. */

import { spread } from "../figures.mjs";
import { isMet, ratios } from "./measurement.mjs";

/** @typedef {import("./measurement.mjs").Measurement} Measurement */
/** @typedef {import("./measurement.mjs").Row} Row */
/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{date: string, commit: string, machine: Machine, busyPercent: number, runs: number, measurements: Measurement[]}} Measured */
/** @typedef {{title: string, text: string}} Head what stands above the rows, as Markdown */

const BAR_WIDTH = 40;
const LINE_WIDTH = 100;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** @param {readonly Row[]} rows @param {Record<string, Measured>} measured by the names of rows @param {Head} head */
export function report(rows, measured, head) {
  const parts = rows.flatMap((row) => {
    const of = measured[row.name];
    return of === undefined ? [] : [section(row, of)];
  });
  return `${opening(head, Object.values(measured))}\n${summary(rows, measured)}\n${parts.join("\n")}`;
}

/** The measurements as a table of Markdown. @param {Measurement[]} measurements */
export function table(measurements) {
  const lines = measurements.map((measurement) => {
    const { what, unit, values, peer } = measurement;
    const ratio = peer === undefined ? "" : spreadOf(ratios(measurement));
    const theirs = peer === undefined ? "" : `${spreadOf(peer.values)} (${peer.name})`;
    return `| ${what}, ${unit} | ${spreadOf(values)} | ${theirs} | ${ratio} | ${goalOf(measurement)} |`;
  });
  return ["| | logrtc | peer | ratio | goal |", "| --- | --- | --- | --- | --- |", ...lines].join("\n");
}

/** @param {Head} head @param {Measured[]} measured */
function opening({ title, text }, measured) {
  const machines = [...new Set(measured.map(({ machine }) => describe(machine)))];
  return `# ${title}

${text}

${machines.map((text) => wrap(`- ${text}`)).join("\n")}
`;
}

/** Every goal, with the figure that is judged. @param {readonly Row[]} rows @param {Record<string, Measured>} measured */
function summary(rows, measured) {
  const lines = rows.flatMap((row) =>
    (measured[row.name]?.measurements ?? [])
      .filter(({ goal }) => goal !== undefined)
      .map((measurement) => {
        const judged = measurement.goal?.of === "value" ? measurement.values : ratios(measurement);
        return `| ${row.title} | ${measurement.what} | ${spreadOf(judged)} | ${goalOf(measurement)} |`;
      }),
  );
  return ["| | | | goal |", "| --- | --- | --- | --- |", ...lines, ""].join("\n");
}

/** Lines of at most `LINE_WIDTH` characters. @param {string} text */
function wrap(text) {
  let line = "";
  const lines = [];
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

/** @param {Machine} machine */
function describe({ processor, system, versions }) {
  return [processor, system, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].join("; ");
}

/** @param {Row} row @param {Measured} measured */
function section({ name, title, method }, { date, commit, busyPercent, runs, measurements }) {
  const busy = `${Math.round(busyPercent)} % of the machine was busy with something else`;
  const compared = measurements.filter(({ peer }) => peer !== undefined);
  const main = compared.filter(({ goal }) => goal !== undefined && goal.of !== "value");
  const plots = (main.length === 0 ? compared.slice(0, 1) : main).map(plot);
  return `## ${title}

${wrap(method)}

${table(measurements)}

${plots.length === 0 ? "" : `\`\`\`text\n${plots.join("\n\n")}\n\`\`\`\n\n`}\`ROWS=${name}\`, ${runs} runs on ${date}, commit ${commit}; ${busy}.
`;
}

/** Two bars, of our median and the peer's. @param {Measurement} measurement */
function plot({ what, unit, values, peer }) {
  const bars = [
    { name: "logrtc", value: spread(values).median },
    { name: peer?.name ?? "", value: spread(peer?.values ?? []).median },
  ];
  const most = Math.max(...bars.map(({ value }) => value));
  const width = Math.max(...bars.map(({ name }) => name.length));
  const lines = bars.map(({ name, value }) => `${name.padEnd(width)} ${bar(value / most)} ${figure(value)}`);
  return [`${what}, ${unit}`, ...lines].join("\n");
}

/** @param {number} share */
function bar(share) {
  const eighths = Math.round(share * BAR_WIDTH * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** @param {number[]} values */
function spreadOf(values) {
  const { min, median, max } = spread(values);
  return `**${figure(median)}** (${figure(min)} – ${figure(max)})`;
}

/** With three digits that count, or all before the point. @param {number} value */
function figure(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {Measurement} measurement */
function goalOf(measurement) {
  const { goal, unit } = measurement;
  if (goal === undefined) {
    return "";
  }
  const bound = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
  const what = { value: `${bound} ${unit}`, ratio: `ratio ${bound}`, "every ratio": `ratio ${bound} in every run` }[goal.of];
  return `${what}: ${isMet(measurement) ? "met" : "**missed**"}`;
}
