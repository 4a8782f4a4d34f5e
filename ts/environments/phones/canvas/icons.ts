import type { Pictogram } from "../../drawing/shapes.ts";
import { avatarIcon } from "./icons/avatars.ts";
import { flagIcon } from "./icons/flags.ts";
import { APP_ICONS, SETTING_ICONS, SIGN_ICONS, SITE_ICONS } from "./icons/interface-icons.ts";
import { productIcon } from "./icons/products.ts";
import type { App, NEWS_SITE, Noun, ProductColour, Section, Shop, Switch } from "./vocabulary.ts";

/** A picture, by what it stands for. */
export type Icon =
  | { readonly of: "app"; readonly name: App }
  | { readonly of: "setting"; readonly name: Switch | Section }
  | { readonly of: "site"; readonly name: Shop | typeof NEWS_SITE }
  | { readonly of: "sign"; readonly name: Sign }
  | { readonly of: "flag"; readonly country: string }
  | { readonly of: "product"; readonly colour: ProductColour; readonly noun: Noun }
  /** A plate in a colour of its own, to which the drawing adds the initial. */
  | { readonly of: "avatar"; readonly name: string };

export type Sign = keyof typeof SIGN_ICONS;

export function pictogramOf(icon: Icon): Pictogram {
  switch (icon.of) {
    case "app":
      return APP_ICONS[icon.name];
    case "setting":
      return SETTING_ICONS[icon.name];
    case "site":
      return SITE_ICONS[icon.name];
    case "sign":
      return SIGN_ICONS[icon.name];
    case "flag":
      return flagIcon(icon.country);
    case "product":
      return productIcon(icon.colour, icon.noun);
    case "avatar":
      return avatarIcon(icon.name);
  }
}
