import { readdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { AnswerStore, answerKey, messageOrigin } from "../../ts/prompting/answer-store.ts";
import type { EndpointAnswer } from "../../ts/prompting/dialect.ts";
import { messageOf } from "../../ts/prompting/message.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { scriptedPrompting } from "./scripted-model.ts";

describe("AnswerStore", () => {
  const path = temporaryFolder();
  const prompting = scriptedPrompting("http://localhost/v1");
  const answer = (utterance: string): EndpointAnswer => ({
    utterance,
    ending: "finished",
    model: null,
    inputTokens: 1,
    outputTokens: null,
  });
  const origin = (prompt: string) => ({
    ...messageOrigin(prompting, messageOf({ prompt })),
    draw: { seed: 0, occurrence: 0 },
  });

  it("keeps the first of several answers to the same, also where they come at once", async () => {
    const [store, other] = [new AnswerStore(path("race")), new AnswerStore(path("race"))];
    const key = answerKey(origin("race"));
    expect(await store.find(key)).to.equal(undefined);
    const kept = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).keep(key, origin("race"), answer(`answer ${index}`)),
      ),
    );
    expect(new Set(kept.map(({ utterance }) => utterance)).size).to.equal(1);
    expect(await store.find(key)).to.deep.equal(kept[0]);
    expect(readdirSync(path("race", key.slice(0, 2)))).to.deep.equal([`${key}.json`]);
  });

  it("takes a damaged file for none, and replaces it", async () => {
    const store = new AnswerStore(path("damaged"));
    const key = answerKey(origin("damaged"));
    await store.keep(key, origin("damaged"), answer("first"));
    writeFileSync(path("damaged", key.slice(0, 2), `${key}.json`), '{"origin": {}, "answer": {"utter');
    expect(await store.find(key)).to.equal(undefined);
    await store.keep(key, origin("damaged"), answer("second"));
    expect((await store.find(key))?.utterance).to.equal("second");
  });

  it("tells apart whatever decides an answer", () => {
    const image = (level: number, width = 2) => ({ width, height: 6 / width, rgb: new Uint8Array(18).fill(level) });
    const keys = [
      origin("a"),
      origin("b"),
      { ...origin("a"), draw: null },
      { ...origin("a"), draw: { seed: 1, occurrence: 0 } },
      { ...origin("a"), draw: { seed: 0, occurrence: 1 } },
      messageOrigin(prompting, messageOf({ prompt: "a", image: image(1) })),
      messageOrigin(prompting, messageOf({ prompt: "a", image: image(2) })),
      messageOrigin(prompting, messageOf({ prompt: "a", image: image(1, 3) })),
      messageOrigin(prompting, ["a", image(1)]),
      messageOrigin(prompting, ["a", "a"]),
      messageOrigin(prompting, [image(1), "a", image(2), "b"]),
      messageOrigin(prompting, [image(2), "a", image(1), "b"]),
      messageOrigin(scriptedPrompting("http://localhost/v2"), messageOf({ prompt: "a" })),
      messageOrigin(
        scriptedPrompting("http://localhost/v1", { sampling: { maxNewTokens: 9 } }),
        messageOf({ prompt: "a" }),
      ),
    ].map(answerKey);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(answerKey(messageOrigin(prompting, messageOf({ prompt: "a", image: image(1) })))).to.equal(keys[5]);
  });
});
