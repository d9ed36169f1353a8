import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";

import { formatEnvFile, makePrivateFolder, parseEnvFile, strayLines } from "../../scripts/process/env-file.mjs";

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
  ["an equals sign in the value", "NAME=a=b=", "a=b="],
  ["an empty value", "NAME=", ""],
  ["the last of two", "NAME=first\nNAME=second", "second"],
  ["a byte order mark in front", "\ufeffNAME=value", "value"],
  ["a comment behind a closing quote", "NAME='value' # why", "value"],
  ["a quote within a bare value", "NAME=it's", "it's"],
  ["several lines between quotes", "NAME='a\nb=c'\nOTHER=1", "a\nb=c"],
];

for (const [rule, text, expected] of parsed) {
  test(`a settings file gives ${rule}`, () => {
    assert.equal(parseEnvFile(text).NAME, expected);
  });
}

test("comments and blank lines set nothing", () => {
  assert.deepEqual(parseEnvFile("# NAME=value\n\n   # more\n"), {});
});

const stray = [
  ["a colon for an equals sign", "KILL_SWITCH: on", [1]],
  ["a name alone", "A=1\nKILL_SWITCH on\nB=2", [2]],
  ["a no-break space before the name", "A=1\n\u00a0KILL_SWITCH=on", [2]],
  ["a byte order mark in the middle", "A=1\n\ufeffKILL_SWITCH=on", [2]],
  ["the rest of a value that was broken in two", "SECRET=Zm9v\r\nYmFy\r\nbaz", [2, 3]],
  ["what follows several lines between quotes", 'SECRET="a\nb"\nc', [3]],
  ["a second value behind a quoted one of several lines", "SECRET='a\nb' c", [1, 2]],
  ["a quote that is never closed", "A=1\nSECRET='value", [2]],
  ["a semicolon behind a closing quote", 'SECRET="value";', [1]],
  ["a remark without its hash behind a closing quote", "SECRET='01#23' -- rotate", [1]],
  ["old line ends", "A=1\rKILL_SWITCH on\rB=2", [2]],
];
for (const [what, text, lines] of stray) {
  test(`a settings file with ${what} is not understood there`, () => {
    assert.deepEqual(strayLines(text), lines);
  });
}

test("every line that gives a setting, says why or is blank is understood", () => {
  for (const [rule, text] of parsed) assert.deepEqual(strayLines(text), [], rule);
  assert.deepEqual(strayLines("\ufeff# NAME value\n\n   # more\n \u00a0\t\nNAME='it\ns'\n"), []);
  assert.deepEqual(strayLines(""), []);
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
