import test from "ava";
import {
  addressText,
  blockAround,
  cidrText,
  contains,
  coverInternet,
  covers,
  isPrivate,
  overlaps,
  parseAddress,
  parseCidr,
} from "../../../network/reachability/address.ts";

const value = (text: string) => parseAddress(text).value;

test("addresses are numbers, and are written as they were read", (t) => {
  t.deepEqual(parseAddress("10.0.0.1"), { family: 4, value: 0x0a00_0001 });
  t.deepEqual(parseAddress("255.255.255.255"), { family: 4, value: 2 ** 32 - 1 });
  t.deepEqual(parseAddress("::1:2"), { family: 6, value: 0x1_0002n });
  for (const text of [
    "0.0.0.0",
    "1.2.3.4",
    "200.100.50.25",
    "255.255.255.255",
    "2600:1f00::10",
    "::",
    "fd00:1:2:3:4:5:6:7",
  ])
    t.is(addressText(value(text)), text);
});

for (const text of ["", "10.0.0", "10.0.0.256", "10.1", "0x0a000001", "167772161", "10.0.0.1/8", "fd00::g", "x"])
  test(`"${text}" is no address`, (t) => {
    t.throws(() => parseAddress(text), { instanceOf: RangeError, message: `"${text}" is no IP address` });
  });

test("a block is read as its network", (t) => {
  t.deepEqual(parseCidr("10.1.2.3/16"), { family: 4, prefix: 16, from: 0x0a01_0000, to: 0x0a01_ffff });
  t.deepEqual(parseCidr("10.1.2.3/32"), { family: 4, prefix: 32, from: 0x0a01_0203, to: 0x0a01_0203 });
  t.deepEqual(parseCidr("0.0.0.0/0"), { family: 4, prefix: 0, from: 0, to: 2 ** 32 - 1 });
  t.deepEqual(parseCidr("fd00::1/120"), { family: 6, prefix: 120, from: 0xfdn << 120n, to: (0xfdn << 120n) + 255n });
  t.is(parseCidr("::/128").to, 0n);
  t.is(cidrText(parseCidr("10.1.2.3/16")), "10.1.0.0/16");
});

for (const text of [
  "10.0.0.0/33",
  "10.0.0.0",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "10.0.0.0/1.5",
  "10.0.0.0/x",
  "10.0.0.0/0x8",
  "::/129",
  "::/1280",
])
  test(`"${text}" is no block`, (t) => {
    t.throws(() => parseCidr(text), { instanceOf: RangeError, message: `"${text}" is no CIDR block` });
  });

test("128 is a prefix of IPv6 alone", (t) => {
  t.is(parseCidr("::1/128").prefix, 128);
  t.throws(() => parseCidr("10.0.0.1/128"));
});

test("the smallest block around addresses is found", (t) => {
  const around = (from: string, to: string) =>
    cidrText(blockAround(parseAddress(from).family, { from: value(from), to: value(to) }));
  t.is(around("10.0.0.4", "10.0.0.4"), "10.0.0.4/32");
  t.is(around("10.0.0.4", "10.0.0.5"), "10.0.0.4/31");
  t.is(around("10.0.0.4", "10.0.0.254"), "10.0.0.0/24");
  t.is(around("10.0.0.255", "10.0.1.0"), "10.0.0.0/23");
  t.is(around("2600::1", "2600::1"), "2600::1/128");
  t.is(around("2600::1", "2600::2"), "2600::/126");
});

test("both ends of an interval belong to it", (t) => {
  const one = { from: 10, to: 20 };
  t.deepEqual(
    [9, 10, 20, 21].map((at) => contains(one, at)),
    [false, true, true, false],
  );
  const others = [
    [10, 20],
    [9, 20],
    [10, 21],
    [11, 19],
    [20, 30],
    [21, 30],
    [0, 10],
    [0, 9],
  ].map(([from = 0, to = 0]) => ({ from, to }));
  t.deepEqual(
    others.map((other) => covers(one, other)),
    [true, false, false, true, false, false, false, false],
  );
  t.deepEqual(
    others.map((other) => overlaps(one, other)),
    [true, true, true, true, true, false, true, false],
  );
});

const addresses: [string, boolean][] = [
  ["9.255.255.255", false],
  ["10.0.0.0", true],
  ["10.255.255.255", true],
  ["11.0.0.0", false],
  ["172.15.255.255", false],
  ["172.16.0.0", true],
  ["172.31.255.255", true],
  ["172.32.0.0", false],
  ["192.167.255.255", false],
  ["192.168.0.0", true],
  ["192.168.255.255", true],
  ["192.169.0.0", false],
  ["100.63.255.255", false],
  ["100.64.0.0", true],
  ["100.127.255.255", true],
  ["100.128.0.0", false],
  ["169.253.255.255", false],
  ["169.254.0.0", true],
  ["169.254.255.255", true],
  ["169.255.0.0", false],
  ["1fff::1", true],
  ["2000::", false],
  ["3fff::1", false],
  ["4000::", true],
  ["fd00::1", true],
  ["fe80::1", true],
];

const internets: [string, string[], boolean][] = [
  ["all", ["0.0.0.0/0"], true],
  ["two halves", ["128.0.0.0/1", "0.0.0.0/1"], true],
  ["a half", ["0.0.0.0/1"], false],
  [
    "a hole that is private",
    ["0.0.0.0/5", "8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2", "128.0.0.0/1"],
    true,
  ],
  [
    "a hole that is not",
    ["0.0.0.0/5", "8.0.0.0/8", "11.0.0.0/8", "12.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/3", "128.0.0.0/1"],
    false,
  ],
  ["without multicast", ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], true],
  ["without the last public one", ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/4", "208.0.0.0/5"], false],
  ["none", [], false],
  ["global IPv6", ["2000::/3"], true],
  ["a half of global IPv6", ["2000::/4"], false],
  ["both halves of it", ["2000::/4", "3000::/4"], true],
];

for (const [name, texts, expected] of internets) {
  test(`whether blocks have all addresses of the internet: ${name}`, (t) => {
    const family = texts[0]?.includes(":") ? 6 : 4;
    t.is(coverInternet(texts.map(parseCidr), family), expected);
  });
}

test("private are the addresses that an internet gateway does not carry", (t) => {
  for (const [text, expected] of addresses) t.is(isPrivate(value(text)), expected, text);
});
