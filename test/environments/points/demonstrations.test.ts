import { expect } from "chai";
import { spokenIn } from "../../../ts/demonstrations/scripted.ts";
import { parseCard } from "../../../ts/environments/cards/card.ts";
import { planFor } from "../../../ts/environments/points/demonstrations.ts";
import { ezPoints, points24 } from "../../../ts/environments/points/points.ts";
import { EZPOINTS, POINTS24 } from "../../../ts/environments/points/rules.ts";
import { isJsonObject } from "../../../ts/parsing/json-validity.ts";
import { RandomStream } from "../../../ts/random.ts";

describe("demonstrations of the points games", () => {
  for (const definition of [ezPoints, points24]) {
    const { demonstrations, create, settings } = definition;
    const generate = (quality: object, seed = 0) =>
      spokenIn(
        demonstrations?.generate(
          300,
          new RandomStream(seed),
          settings.parse({}),
          demonstrations.quality.parse(quality),
        ) ?? [],
      );

    it(`of ${definition.id} by an expert are valid JSON with the keys asked for, and parse to an action`, async () => {
      const environment = create(settings.parse({}));
      for (const { utterance, observation } of await generate({ mistakeRate: 0, malformedRate: 0 })) {
        expect(environment.parse(utterance, observation).kind, utterance).to.equal("action");
        expect(Object.keys(JSON.parse(utterance))).to.deep.equal(["cards", "current formula", "thoughts", "action"]);
      }
    });

    it(`of ${definition.id} follow a plan that wins whenever the hand can be won`, async () => {
      const environment = create(settings.parse({}));
      const game = definition.id === EZPOINTS.id ? EZPOINTS : POINTS24;
      const random = new RandomStream(1);
      let won = 0;
      for (let seed = 0; seed < 60; seed++) {
        await environment.reset({ seed });
        const { cards } = environment.state() as { cards: string[] };
        const plan = planFor(game, cards.map(parseCard), random);
        let last = 0;
        for (const action of plan.actions) last = (await environment.step(action)).reward;
        expect(last, cards.join(" ")).to.equal(plan.isSolution ? 10 : -1);
        if (plan.isSolution) won += 1;
      }
      expect(won).to.be.greaterThan(game === EZPOINTS ? 59 : 40);
    });

    it(`of ${definition.id} are malformed as often as asked, and repeat with their stream`, async () => {
      const malformed = (await generate({ malformedRate: 0.5 })).filter(
        ({ utterance }) => !isJsonObject(utterance),
      ).length;
      expect(malformed).to.be.within(60, 200);
      expect(await generate({}, 4)).to.deep.equal(await generate({}, 4));
    });
  }
});
