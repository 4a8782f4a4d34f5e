/** The commands of a line as words: spaces part words, semicolons commands, a backslash keeps what follows it. */
export function splitCommands(line: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let quote = "";
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let place = 0; place < line.length; place++) {
    const character = line[place] ?? "";
    if (character === quote) quote = "";
    else if (quote !== "") word = (word ?? "") + character;
    else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\") word = (word ?? "") + (line[++place] ?? "");
    else if (character === " ") endWord();
    else if (character === ";") {
      endWord();
      commands.push(words);
      words = [];
    } else word = (word ?? "") + character;
  }
  endWord();
  commands.push(words);
  return commands.filter((each) => each.length > 0);
}
