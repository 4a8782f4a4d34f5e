import { expect } from "chai";
import { freshPhone } from "../../../../ts/environments/phones/canvas/contents.ts";
import { canvasTaskSchema, isDone } from "../../../../ts/environments/phones/canvas/goal.ts";
import { canvasTasks, TASK_STYLES } from "../../../../ts/environments/phones/canvas/tasks.ts";

const _SPLITS = ["train", "test"] as const;
const NUM_TRAIN = { general: 545, webshopping: 438 };

for (const style of TASK_STYLES) {
  describe(`${style} tasks`, () => {
    const train = canvasTasks(style, "train");
    const test = canvasTasks(style, "test");

    it("are as many as the paper's, no two alike", () => {
      expect([train.length, test.length]).to.deep.equal([NUM_TRAIN[style], 96]);
      const instructions = [...train, ...test].map(({ instruction }) => instruction.toLowerCase());
      expect(new Set(instructions).size).to.equal(instructions.length);
    });

    it("test for goals that no training task has, in words that training tasks have", () => {
      const goals = new Set(train.map(({ goal }) => JSON.stringify(goal)));
      const words = (instruction: string) => instruction.toLowerCase().split(/[ ,?"]+/);
      const known = new Set(train.flatMap(({ instruction }) => words(instruction)));
      for (const { goal, instruction } of test) {
        expect(goals.has(JSON.stringify(goal)), instruction).to.equal(false);
        for (const word of words(instruction)) {
          // A time is an hour and a quarter.
          const parts = /^\d+:\d+$/.test(word) ? [`${word.split(":")[0]}:`, `:${word.split(":")[1]}`] : [word];
          for (const part of parts) {
            expect(
              [...known].some((each) => (part === word ? each === word : each.includes(part))),
              part,
            ).to.equal(true);
          }
        }
      }
    });

    it("test every kind that they train, but for what cannot be held out", () => {
      const kinds = (tasks: typeof train) => [...new Set(tasks.map(({ kind }) => kind))].sort();
      expect(kinds(test)).to.deep.equal(kinds(train).filter((kind) => kind !== "turn on alarm"));
    });

    it("overlap as the paper's do where that is asked for", () => {
      expect(canvasTasks(style, "test", { overlap: true })).to.deep.equal(train.slice(0, 96));
      expect(canvasTasks(style, "train", { overlap: true })).to.deep.equal(train);
    });

    it("are not done on any phone after a reset, and are JSON", () => {
      const phones = Array.from({ length: 20 }, (_, seed) => freshPhone(seed));
      for (const task of [...train, ...test]) {
        for (const phone of phones) expect(isDone(phone, task), task.instruction).to.equal(false);
        expect(canvasTaskSchema.parse(JSON.parse(JSON.stringify(task)))).to.deep.equal(task);
      }
    });
  });
}
