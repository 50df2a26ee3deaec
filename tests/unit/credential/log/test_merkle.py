"""Roots and proofs are those of RFC 9162, for any tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.services.credential.log import merkle
from tests.support import merkle_oracle
from tests.support.rfc9162 import extends, includes

# The test tree that implementations of Certificate Transparency share, and its roots for 0 to 8 leaves.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_IN_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
SIX_IN_EIGHT = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


class Tree:
    """Complete subtrees of some leaves, as the database keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[merkle.Node, bytes] = {}
        row = [merkle.leaf_hash(leaf) for leaf in leaves]
        level = 0
        while row:
            self.nodes |= {(level, index): hash_ for index, hash_ in enumerate(row)}
            row = [merkle.node_hash(*row[i : i + 2]) for i in range(0, len(row) - 1, 2)]
            level += 1

    def folded(self, cover: merkle.Cover) -> bytes:
        return merkle.fold([self.nodes[node] for node in cover])

    def all_folded(self, covers: list[merkle.Cover]) -> list[bytes]:
        return [self.folded(cover) for cover in covers]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_shared_test_tree(size: int) -> None:
    """The published roots come out, the one of no leaves too."""
    assert Tree(LEAVES[:size]).folded(merkle.root(size)).hex() == ROOTS[size]


def test_proofs_of_the_shared_test_tree() -> None:
    """The published proof of the first leaf, and the published one from six leaves to eight."""
    tree = Tree(LEAVES)

    assert [hash_.hex() for hash_ in tree.all_folded(merkle.inclusion(0, 8))] == FIRST_IN_EIGHT
    assert [hash_.hex() for hash_ in tree.all_folded(merkle.consistency(6, 8))] == SIX_IN_EIGHT


def test_every_proof_of_small_trees() -> None:
    """Up to 40 leaves, each root and proof is the one of the definition, and convinces the outsider."""
    leaves = [b"leaf %d" % number for number in range(40)]
    tree = Tree(leaves)
    roots = [merkle_oracle.tree_hash(leaves[:size]) for size in range(41)]

    for size in range(1, 41):
        assert tree.folded(merkle.root(size)) == roots[size]
        for index in range(size):
            path = tree.all_folded(merkle.inclusion(index, size))
            assert path == merkle_oracle.path(index, leaves[:size])
            assert includes(leaves[index], index, size, path, roots[size])
        for old_size in range(1, size + 1):
            proof = tree.all_folded(merkle.consistency(old_size, size))
            assert proof == merkle_oracle.proof(old_size, leaves[:size])
            assert extends(old_size, roots[old_size], size, roots[size], proof)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=300), st.data())
@settings(max_examples=60)
def test_any_tree(leaves: list[bytes], data: st.DataObject) -> None:
    """Whatever the leaves say and however many there are, it is as defined."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = Tree(leaves)

    assert tree.folded(merkle.root(len(leaves))) == merkle_oracle.tree_hash(leaves)
    assert tree.all_folded(merkle.inclusion(index, len(leaves))) == merkle_oracle.path(index, leaves)
    assert tree.all_folded(merkle.consistency(index + 1, len(leaves))) == merkle_oracle.proof(
        index + 1, leaves
    )


@given(st.integers(2, 1 << 40), st.data())
def test_a_proof_reads_few_hashes(size: int, data: st.DataObject) -> None:
    """Never more than two stored hashes for each level of the tree, of trees that no test could build."""
    index = data.draw(st.integers(0, size - 1))
    levels = (size - 1).bit_length()

    assert len(merkle.inclusion(index, size)) <= levels
    assert len(merkle.nodes_of(merkle.inclusion(index, size))) <= 2 * levels
    assert len(merkle.nodes_of(merkle.consistency(index + 1, size))) <= 2 * levels + 1


def test_what_is_not_in_a_tree_has_no_proof() -> None:
    """Places that are not there, and trees that are the wrong way round, are refused."""
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="there is no leaf"):
            merkle.inclusion(index, size)
    for old_size, new_size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="does not begin"):
            merkle.consistency(old_size, new_size)


def test_the_outsider_is_not_easily_convinced() -> None:
    """Another leaf, place, size, root or hash, one hash more or less: the verifier refuses each."""
    leaves = [b"%d" % number for number in range(13)]
    tree, root = Tree(leaves), merkle_oracle.tree_hash(leaves)
    path = tree.all_folded(merkle.inclusion(5, 13))
    proof = tree.all_folded(merkle.consistency(6, 13))
    old_root = merkle_oracle.tree_hash(leaves[:6])

    assert includes(b"5", 5, 13, path, root)
    assert not includes(b"6", 5, 13, path, root)
    assert not includes(b"5", 4, 13, path, root)
    assert not includes(b"5", 5, 30, path, root)
    assert not includes(b"5", 5, 13, path, old_root)
    assert not includes(b"5", 5, 13, path[:-1], root)
    assert not includes(b"5", 5, 13, [*path, root], root)
    assert extends(6, old_root, 13, root, proof)
    assert not extends(6, root, 13, root, proof)
    assert not extends(6, old_root, 13, old_root, proof)
    assert not extends(5, old_root, 13, root, proof)
    assert not extends(6, old_root, 13, root, proof[:-1])
    assert not extends(6, old_root, 13, root, [])
    assert not extends(6, old_root, 13, root, [*proof, root])
