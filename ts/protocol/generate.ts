import { readFile, writeFile } from "node:fs/promises";
import { CosoError, messageOf } from "../errors.ts";
import { pythonModule } from "./python.ts";
import { protocolHash, protocolSchema } from "./schema.ts";
import { protocolVectors } from "./vectors.ts";

/** A committed file that follows from `messages.ts`. */
interface GeneratedFile {
  /** From the root of the package. */
  readonly path: string;
  readonly content: string;
}

/** All files that `npm run protocol` writes. */
export function generatedFiles(): GeneratedFile[] {
  const schema = protocolSchema();
  return [
    { path: "ts/protocol/schema.json", content: `${JSON.stringify(schema, null, 2)}\n` },
    { path: "python/coso_worker/protocol/messages.py", content: pythonModule(schema, protocolHash()) },
    { path: "test/protocol/vectors/messages.json", content: oneCaseALine(protocolVectors(schema)) },
  ];
}

function oneCaseALine(cases: readonly unknown[]): string {
  return `[\n${cases.map((vector) => JSON.stringify(vector)).join(",\n")}\n]\n`;
}

/** The committed files that differ from what `messages.ts` says now. */
export async function driftedFiles(root: URL): Promise<string[]> {
  const drifted: string[] = [];
  for (const { path, content } of generatedFiles()) {
    const present = await readFile(new URL(path, root), "utf8").catch(() => "");
    if (present !== content) drifted.push(path);
  }
  return drifted;
}

async function main(check: boolean): Promise<void> {
  const root = new URL("../../", import.meta.url);
  const drifted = await driftedFiles(root);
  if (check && drifted.length > 0) {
    throw new CosoError(
      `Not what ts/protocol/messages.ts says: ${drifted.join(", ")}. Run \`npm run protocol\` and commit the result.`,
    );
  }
  for (const { path, content } of generatedFiles()) {
    if (drifted.includes(path)) await writeFile(new URL(path, root), content);
  }
  console.log(drifted.length > 0 ? `Wrote ${drifted.join(", ")}.` : "The generated protocol files are up to date.");
}

if (process.argv[1] !== undefined && import.meta.url === new URL(`file://${process.argv[1]}`).href) {
  main(process.argv.includes("--check")).catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  });
}
