"""Ways to spoil an XGBoost JSON, and what is said of each."""

from __future__ import annotations

from tests.scoring.make_trees import trees_of


def loop(whole):
    trees_of(whole)[2]["left_children"][1] = 0


def ring(whole):  # two nodes that lead to each other, away from the root
    tree = trees_of(whole)[0]
    inner = [place for place, left in enumerate(tree["left_children"]) if left > 0]
    first, last = inner[0], inner[-1]
    tree["left_children"][last] = tree["left_children"][first]


def beyond(whole):
    trees_of(whole)[0]["right_children"][0] = 9_000


def feature(whole):
    trees_of(whole)[0]["split_indices"][0] = 70


def short(whole):
    trees_of(whole)[0]["split_conditions"].pop()


def endless(whole):
    trees_of(whole)[0]["split_conditions"][0] = 1e39


def text(whole):
    trees_of(whole)[0]["left_children"][0] = "1"


def nested(whole):
    trees_of(whole)[0]["left_children"][0] = [1]


def category(whole):
    trees_of(whole)[0]["split_type"][0] = 1


def parent(whole):
    trees_of(whole)[0]["parents"][1] = 2


def klass(whole):
    whole["learner"]["gradient_booster"]["model"]["tree_info"][0] = 4


def rounds(whole):
    whole["learner"]["gradient_booster"]["model"]["iteration_indptr"][-1] = 4


def linear(whole):
    whole["learner"]["gradient_booster"]["name"] = "gblinear"


def orphan(whole):
    tree = trees_of(whole)[0]
    tree["left_children"][0] = tree["right_children"][0] = -1


def nodes(whole):
    trees_of(whole)[0]["tree_param"]["num_nodes"] = "999999999"


def empty(whole):
    whole.clear()


CORRUPT = {
    loop: "Tree 2 leads back to its root",
    ring: "leads to node .* on two ways",
    beyond: "points to node 9,000, and it has",
    feature: "splits on a feature beyond the model's 3",
    short: "'split_conditions' has .* values and not",
    endless: "not finite",
    text: "must be whole numbers",
    nested: "no list of numbers",
    category: "splits on categories",
    parent: "names another parent",
    klass: "class beyond the model's 1",
    rounds: "does not divide the trees",
    linear: "no boosted trees",
    orphan: "does not lead to",
    nodes: "999,999,999 nodes",
    empty: "'learner' is missing",
}
