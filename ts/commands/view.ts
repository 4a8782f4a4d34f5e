import { statSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { execa } from "execa";
import { RunFolderError } from "../errors.ts";
import { programPath } from "../processes/program-path.ts";
import { serveViewer } from "../view/serve.ts";
import { Interrupted, type Interruption } from "./interruption.ts";

interface ViewFlags {
  port: number;
  open?: boolean;
}

/** The same address each time, so that bookmarks and open tabs go on working. */
const defaultPort = 7327;

export function viewCommand(interruption: Interruption): Command {
  const command = new Command("view")
    .description("Show runs in a local web page, live while they train: curves, episodes, tokens by causal weight.")
    .argument("<dir>", "folder of run folders, such as runs, or one run folder")
    .option("--port <n>", "port on 127.0.0.1; 0 takes a free one", portNumber, defaultPort)
    .option("--open", "open the page in the browser")
    .addHelpText(
      "after",
      `
Examples:
  coso view runs
  coso view runs/quickstart-seed0 --open
  coso view runs --port 0

Only this machine can reach the page, and it changes nothing. Ctrl-C ends it. See docs/view.md.`,
    );
  return command.action(async (directory: string, { port, open }: ViewFlags) => {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new RunFolderError(`${directory} is not a directory: expected a folder of runs, such as runs`);
    }
    const { writeOut, writeErr } = command.configureOutput();
    const viewer = await serveViewer(directory, port);
    try {
      writeOut?.(`${viewer.url}  shows the runs in ${directory}; Ctrl-C ends it\n`);
      if (open === true && !(await openBrowser(viewer.url)))
        writeErr?.("no browser to open was found; open the address by hand\n");
      await interrupted(interruption);
    } finally {
      await viewer.close();
    }
  });
}

/** Waits for Ctrl-C, which is how a viewer is meant to end. */
async function interrupted(interruption: Interruption): Promise<void> {
  await interruption
    .during(
      "closed",
      () => {},
      (signal) => new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    )
    .catch((error: unknown) => {
      if (!(error instanceof Interrupted)) throw error;
    });
}

/** Whether there was a program that opens web pages. */
async function openBrowser(url: string): Promise<boolean> {
  const opener = await programPath(process.platform === "darwin" ? "open" : "xdg-open");
  if (opener === undefined) return false;
  const { failed } = await execa(opener, [url], { reject: false, stdio: "ignore", timeout: 10_000 });
  return !failed;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError(`Expected a port from 0 to 65535, got "${text}".`);
}
