import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  consistencyProof,
  emptyRoot,
  hashBytes,
  inclusionProof,
  isConsistent,
  leafHash,
  nodeHash,
  rootByInclusion,
  rootOf,
} from './merkle.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** The eight leaves and roots that the implementations of Certificate Transparency are tested with. */
const vectors: readonly [leaf: string, root: string][] = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
];
const leaves = vectors.map(([leaf]) => leafHash(Buffer.from(leaf, 'hex')));
const treeOf = (size: number): Buffer => Buffer.concat(leaves.slice(0, size));

test('the roots of the trees of Certificate Transparency’s eight leaves are the published ones', () => {
  assert.equal(hex(emptyRoot), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(hex(rootOf(Buffer.alloc(0))), hex(emptyRoot));
  for (const [index, [, root]] of vectors.entries()) assert.equal(hex(rootOf(treeOf(index + 1))), root);
});

test('the proofs of RFC 9162 §2.1.5, for a tree of seven leaves, are the nodes that it names', () => {
  const [a, b, c, d, e, f, j] = leaves.slice(0, 7) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
  const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
  const tree = treeOf(7);
  assert.deepEqual(inclusionProof(tree, 0), [b, h, l]);
  assert.deepEqual(inclusionProof(tree, 3), [c, g, l]);
  assert.deepEqual(inclusionProof(tree, 4), [f, j, k]);
  assert.deepEqual(inclusionProof(tree, 6), [i, k]);
  assert.deepEqual(consistencyProof(tree, 3), [c, d, g, l]);
  assert.deepEqual(consistencyProof(tree, 4), [l]);
  assert.deepEqual(consistencyProof(tree, 6), [i, j, k]);
});

test('published proofs of the eight leaves come out as published', () => {
  assert.deepEqual(inclusionProof(treeOf(8), 0).map(hex), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  assert.deepEqual(consistencyProof(treeOf(5), 2).map(hex), [
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ]);
});

const texts = fc.array(fc.string(), { minLength: 1, maxLength: 70 });
const hashesOf = (all: readonly string[]): Buffer => Buffer.concat(all.map((one) => leafHash(one)));

/** The recursion of RFC 9162 §2.1.1, as it stands there. */
function recursive(all: readonly string[]): Buffer {
  if (all.length === 1) return leafHash(all[0]!);
  let split = 1;
  while (split * 2 < all.length) split *= 2;
  return nodeHash(recursive(all.slice(0, split)), recursive(all.slice(split)));
}

test('the root is that of the recursion in the RFC, and that of the roots of its parts', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(1, 2, 4, 8, 16), (all, part) => {
      const hashes = hashesOf(all);
      assert.equal(hex(rootOf(hashes)), hex(recursive(all)));
      const roots: Buffer[] = [];
      for (let from = 0; from < hashes.length; from += part * hashBytes)
        roots.push(rootOf(hashes.subarray(from, from + part * hashBytes)));
      assert.equal(hex(rootOf(Buffer.concat(roots))), hex(rootOf(hashes)));
    }),
  );
});

const spoilt = (hash: Uint8Array, bit: number): Buffer => {
  const other = Buffer.from(hash);
  other[(bit >> 3) % hashBytes]! ^= 1 << (bit & 7);
  return other;
};

test('each leaf is proved by its own proof at its own place, and by no other leaf, place or step', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), fc.nat(), (all, pick, other, bit) => {
      const hashes = hashesOf(all);
      const size = all.length;
      const index = pick % size;
      const root = hex(rootOf(hashes));
      const leaf = leafHash(all[index]!);
      const proof = inclusionProof(hashes, index);
      assert.equal(hex(rootByInclusion(leaf, index, size, proof)), root);
      assert.notEqual(hex(rootByInclusion(spoilt(leaf, bit), index, size, proof)), root);
      assert.notEqual(hex(rootByInclusion(leaf, index, size, [...proof, leaf])), root);
      const elsewhere = other % size;
      // Where the same text stands twice, each stands for the other.
      if (all[elsewhere] !== all[index]) {
        assert.notEqual(hex(rootByInclusion(leaf, elsewhere, size, proof)), root);
        assert.notEqual(hex(rootByInclusion(leafHash(all[elsewhere]!), index, size, proof)), root);
      }
      if (proof.length === 0) return;
      assert.equal(rootByInclusion(leaf, index, size, proof.slice(1)), undefined);
      const place = other % proof.length;
      const wrong = proof.with(place, spoilt(proof[place]!, bit));
      assert.notEqual(hex(rootByInclusion(leaf, index, size, wrong)), root);
    }),
  );
});

test('every earlier tree is shown to have grown into the later one, and no changed one is', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), fc.nat(), (all, pick, other, bit) => {
      const hashes = hashesOf(all);
      const grown = { size: all.length, root: rootOf(hashes) };
      const size = 1 + (pick % all.length);
      const old = { size, root: rootOf(hashes.subarray(0, size * hashBytes)) };
      const proof = consistencyProof(hashes, size);
      assert.equal(isConsistent(old, grown, proof), true);
      assert.equal(isConsistent({ size, root: spoilt(old.root, bit) }, grown, proof), false);
      assert.equal(isConsistent(old, { ...grown, root: spoilt(grown.root, bit) }, proof), false);
      assert.equal(isConsistent(old, grown, [...proof, grown.root]), false);
      if (proof.length === 0) return;
      const place = other % proof.length;
      assert.equal(isConsistent(old, grown, proof.with(place, spoilt(proof[place]!, bit))), false);
      assert.equal(isConsistent(old, grown, proof.slice(1)), false);
    }),
  );
});

test('a tree without leaves shows no growth, and places outside a tree are refused', () => {
  const grown = { size: 3, root: rootOf(treeOf(3)) };
  assert.equal(isConsistent({ size: 0, root: emptyRoot }, grown, []), false);
  assert.equal(isConsistent({ size: 4, root: grown.root }, grown, []), false);
  assert.throws(() => consistencyProof(treeOf(3), 0), RangeError);
  assert.throws(() => consistencyProof(treeOf(3), 4), RangeError);
  assert.throws(() => inclusionProof(treeOf(3), 3), RangeError);
  assert.throws(() => rootOf(Buffer.alloc(33)), RangeError);
  assert.equal(rootByInclusion(leaves[0]!, 3, 3, []), undefined);
});

test('a leaf of text is a leaf of its UTF-8 bytes', () => {
  assert.equal(hex(leafHash('é\n')), hex(leafHash(Buffer.from('é\n', 'utf8'))));
});
