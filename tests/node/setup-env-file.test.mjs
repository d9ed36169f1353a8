import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";

import { formatEnvFile, makePrivateFolder, parseEnvFile } from "../../scripts/process/env-file.mjs";

const parsed = [
  ["a bare value", "NAME=value", "value"],
  ["spaces around name and value", "  NAME =  two words  ", "two words"],
  ["an export in front", "export NAME=value", "value"],
  ["a comment behind a bare value", "NAME=value # why", "value"],
  ["a hash between quotes", "NAME='a#b'", "a#b"],
  ["single quotes, as they stand", "NAME='a\\nb'", "a\\nb"],
  ["double quotes with a line end", 'NAME="a\\nb"', "a\nb"],
  ["backticks", "NAME=`it's \"so\"`", "it's \"so\""],
  ["Windows line ends", "OTHER=1\r\nNAME=value\r\n", "value"],
  ["a quote that is never closed", "NAME='value", "'value"],
  ["an equals sign in the value", "NAME=a=b=", "a=b="],
  ["an empty value", "NAME=", ""],
  ["the last of two", "NAME=first\nNAME=second", "second"],
];

for (const [rule, text, expected] of parsed) {
  test(`a settings file gives ${rule}`, () => {
    assert.equal(parseEnvFile(text).NAME, expected);
  });
}

test("comments and blank lines set nothing", () => {
  assert.deepEqual(parseEnvFile("# NAME=value\n\n   # more\n"), {});
});

test("a dollar sign is written so that it is not expanded", () => {
  assert.equal(formatEnvFile({ NAME: "a$HOME" }), "NAME='a\\$HOME'\n");
});

test("a value with a single quote is written between backticks", () => {
  assert.equal(formatEnvFile({ NAME: "it's" }), "NAME=`it's`\n");
});

for (const [what, value] of [["both quotes", "'`"], ["a line end", "a\nb"], ["a backslash at its end", "a\\"]]) {
  test(`a value with ${what} is refused by the name of its setting, without showing it`, () => {
    assert.throws(() => formatEnvFile({ NAME: value }), {
      name: "Failure",
      message: "NAME has a line end, a backslash at its end or both ' and `, which wrangler cannot read.",
    });
  });
}

test("a private folder and its files are closed to everyone else, and it can be removed", () => {
  const folder = makePrivateFolder("minara-test-");
  try {
    const file = folder.write("secret", "value");
    assert.equal(statSync(folder.path).mode & 0o777, 0o700);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    folder.remove();
  }
  assert.throws(() => statSync(folder.path), { code: "ENOENT" });
});
