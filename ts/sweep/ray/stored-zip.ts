import { crc32 } from "node:zlib";

/** Of the ZIP format 2.0: the least that every reader takes. */
const VERSION = 20;
/** 1 January 1980, 0:00, so that the same content gives the same file. */
const DOS_DATE = 0x21;

/** A zip file of one file, as it is: for what is compressed already. Below 4 GB. */
export function storedZip(name: string, content: Uint8Array): Buffer {
  const fileName = Buffer.from(name, "utf8");
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION, 0);
  header.writeUInt16LE(DOS_DATE, 8);
  header.writeUInt32LE(crc32(content), 10);
  header.writeUInt32LE(content.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), header, fileName]);

  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(VERSION);
  // Neither comment nor attributes; the file begins at 0.
  const directory = Buffer.concat([Buffer.from("PK\x01\x02"), madeBy, header, Buffer.alloc(14), fileName]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length + content.length, 12);
  return Buffer.concat([local, content, directory, Buffer.from("PK\x05\x06"), end]);
}
