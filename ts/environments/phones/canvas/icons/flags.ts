import { box, disc, type Ink, type Pictogram } from "../../../drawing/shapes.ts";

const WIDTH = 26;
const LEFT = -1;
const TOP = 2;
const HEIGHT = 20;

/** Stripes from the top down, or from left to right. */
function stripes(direction: "down" | "across", ...inks: readonly Ink[]): Pictogram {
  const share = (direction === "down" ? HEIGHT : WIDTH) / inks.length;
  return [
    "grey",
    ...inks.map((ink, index) =>
      direction === "down"
        ? box(LEFT, TOP + index * share, WIDTH, share, ink)
        : box(LEFT + index * share, TOP, share, HEIGHT, ink),
    ),
  ];
}

const FLAGS: Readonly<Record<string, Pictogram>> = {
  Chile: [...stripes("down", "white", "red"), box(LEFT, TOP, 10, HEIGHT / 2, "blue"), disc(4, 7, 2.5, "white")],
  Japan: [...stripes("down", "white"), disc(12, 12, 6, "red")],
  France: stripes("across", "blue", "white", "red"),
  Italy: stripes("across", "green", "white", "red"),
  Germany: stripes("down", "black", "red", "yellow"),
  Sweden: [...stripes("down", "blue"), box(6, TOP, 5, HEIGHT, "yellow"), box(LEFT, 9.5, WIDTH, 5, "yellow")],
  Peru: stripes("across", "red", "white", "red"),
  Ukraine: stripes("down", "blue", "yellow"),
  Nigeria: stripes("across", "green", "white", "green"),
  Belgium: stripes("across", "black", "yellow", "red"),
  Colombia: [...stripes("down", "yellow", "yellow", "blue", "red")],
  Ireland: stripes("across", "green", "white", "orange"),
  Poland: stripes("down", "white", "red"),
  Mali: stripes("across", "green", "yellow", "red"),
};

export function flagIcon(country: string): Pictogram {
  return FLAGS[country] ?? stripes("down", "silver");
}
