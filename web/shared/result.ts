//! Endings in words, and the lines that an error message points at.

import type { Run } from "./client";

const LIMITS: Record<string, string> = {
  cpu_time: "CPU time",
  wall_time: "time",
  memory: "memory",
  output: "output",
  disk: "disk",
  files: "number of files",
  stack: "call depth",
  processes: "number of processes",
};

/** A duration as a person would say it. */
export const duration = (us: number): string => {
  const ms = us / 1000;
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
};

/** Whether the program ended as programs should. */
export const succeeded = (run: Run): boolean =>
  run.termination.kind === "exited" && run.termination.code === 0;

/** One line about how the program ended and how long it took. */
export const ending = (run: Run): string => {
  const { termination: end, stage } = run;
  const how =
    end.kind === "limit_exceeded"
      ? `Stopped: ${LIMITS[end.resource] ?? end.resource} limit reached`
      : stage === "compile"
        ? "Did not compile"
        : end.kind === "crashed"
          ? `Crashed: ${end.reason}`
          : `Exit ${end.code}`;
  return `${how} · ${duration(run.usage.wall_us)}${run.cached ? " · cached" : ""}`;
};

/**
 * The lines of the file `path` that the error message `stderr` is about, in the order in which it names them.
 *
 * A Python traceback names the innermost frame last, so that one is it; a JavaScript stack and most others name it first;
 * a compiler names one line for each error.
 */
export const errorLines = (stderr: string, path: string): number[] => {
  const name = path.replace(/\W/g, "\\$&");
  const lines: number[] = [];
  let traced: number | undefined;
  for (const text of stderr.split("\n")) {
    // SQLite names no file.
    const [, how, line] =
      RegExp(`(?:(?:^|[\\s/(<"'])${name}|^\\w+ error )("?, line |: line |:|near line )(\\d+)`).exec(text) ?? [];
    if (!line) continue;
    if (how!.startsWith('"')) traced = +line;
    // Warnings and notes are no errors, but a first line without any of these words is one.
    else if (/\berror\b/i.test(text) || (!lines.length && !/\b(warning|note)\b/i.test(text)))
      lines.push(+line);
  }
  return traced ? [traced] : [...new Set(lines)];
};

/** `text` with the line numbers of the file `path` counted from behind `hidden` lines of code that the reader does not see. */
export const renumber = (text: string, path: string, hidden: number): string =>
  text.replace(
    RegExp(`(${path.replace(/\W/g, "\\$&")}(?:"?, line |: line |:))(\\d+)`, "g"),
    (whole, where, line) => (line > hidden ? where + (line - hidden) : whole),
  );
