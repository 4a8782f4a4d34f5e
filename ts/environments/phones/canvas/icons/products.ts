import { box, disc, type Ink, line, type Pictogram, solid } from "../../../drawing/shapes.ts";
import type { Noun, ProductColour } from "../vocabulary.ts";

/** The shapes of a thing in an ink; on a grey plate all six are to be seen. */
const SHAPES: Readonly<Record<Noun, (ink: Ink) => readonly string[]>> = {
  lamp: (ink) => [solid("M4 12L8 1H16L20 12Z", ink), line("M12 12V21M6 22H18", ink, 3)],
  chair: (ink) => [box(4, 0, 5, 14, ink), box(4, 11, 16, 5, ink), line("M6 15V23M18 15V23", ink, 3)],
  kettle: (ink) => [solid("M5 9H17L20 22H3Z", ink), line("M18 12L23 8", ink, 3), line("M6 9Q11 -3 16 9", ink, 2.4)],
  mug: (ink) => [box(2, 5, 14, 17, ink, 2), line("M16 9Q23 9 22 13T16 18", ink, 3)],
  backpack: (ink) => [box(3, 5, 18, 18, ink, 5), line("M8 5V1H16V5", ink, 2.4), line("M7 15H17M7 19H17", "grey", 2)],
  headset: (ink) => [
    line("M3 15V12A9 9 0 0 1 21 12V15", ink, 3),
    box(0, 13, 7, 10, ink, 2),
    box(17, 13, 7, 10, ink, 2),
  ],
  clock: (ink) => [disc(12, 12, 12, ink), line("M12 5V12H17", "grey", 3)],
  camera: (ink) => [box(0, 6, 24, 16, ink, 2), box(7, 2, 9, 5, ink), disc(12, 14, 5, "grey")],
  bottle: (ink) => [solid("M9 0H15V6Q19 8 19 12V24H5V12Q5 8 9 6Z", ink), line("M5 15H19", "grey", 2)],
  umbrella: (ink) => [solid("M0 13A12 12 0 0 1 24 13Z", ink), line("M12 12V21Q12 23 15 23T18 20", ink, 2.4)],
  sofa: (ink) => [
    box(3, 4, 18, 10, ink, 2),
    box(0, 9, 6, 11, ink, 2),
    box(18, 9, 6, 11, ink, 2),
    box(4, 14, 16, 6, ink),
    line("M4 21V23M20 21V23", ink, 3),
  ],
  guitar: (ink) => [
    disc(8, 17, 7, ink),
    disc(12.5, 12, 5, ink),
    line("M13 12L22 2", ink, 3.5),
    disc(8.5, 16.5, 2.5, "grey"),
  ],
};

export function productIcon(colour: ProductColour, noun: Noun): Pictogram {
  return ["grey", ...SHAPES[noun](colour)];
}
