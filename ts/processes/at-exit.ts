const tasks = new Set<() => void>();
let isListening = false;

/** Does `task`, synchronous, when this process exits; returns what calls it off. One listener, however many tasks. */
export function atExit(task: () => void): () => void {
  if (!isListening) {
    process.once("exit", () => {
      for (const each of tasks) each();
    });
    isListening = true;
  }
  tasks.add(task);
  return () => tasks.delete(task);
}
