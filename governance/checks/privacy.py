"""Privacy: what the model and its data give away of the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import CONFIDENCE, Check, CheckInput, Evidence, Parameter


class MembershipInference(Check):
    """How well somebody who sees a row's loss can tell whether the model was trained on it.

    Purpose: A model that remembers its training rows gives away who was in them, which may itself
    be a secret (a patient, a debtor), and is overfitted besides.

    Mechanism: The loss of every training and validation row (log-loss, or squared error). An
    attacker calls a row "trained on" when its loss is below a threshold; the threshold is chosen on
    one half of the rows and tried on the other, both ways round, so that a model which remembers
    nothing has an advantage of 0 on average. Advantage is the share of training rows so called
    minus the share of others, with Newcombe's interval; beside it the AUC of the attack (DeLong).

    Limits: One attack, and not the strongest: attacks that train models of their own find more.
    Training and validation rows must come from one population, or drift looks like memory.

    Source: Yeom, Giacomelli, Fredrikson and Jha, IEEE CSF (2018) 268-282; Newcombe, Statistics in
    Medicine 17 (1998), method 10; DeLong et al., Biometrics 44 (1988).
    """

    id = "privacy.membership_inference"
    title = "Membership inference"
    component = "privacy"
    needs: ClassVar[frozenset[str]] = frozenset({"scores", "training", "training_scores"})
    parameters: ClassVar[Mapping[str, Parameter]] = {"confidence": CONFIDENCE}

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import membership

        return membership.evidence(self, data, self.settled(parameters), seed)


class SmallCells(Check):
    """How many people the data single out by what outsiders may know of them.

    Purpose: Somebody who knows a person's age, postcode and sex finds their row when nobody else
    has the same three, name or no name.

    Mechanism: Groups the rows by the quasi-identifiers together and counts: the smallest group
    (the k of k-anonymity), the rows in groups under k, those alone in theirs, and those in groups
    of one outcome, of whom the outcome is given away without being singled out. A second table
    says which column makes people stand out. Cells are shown by size, never by value.

    Limits: Depends on which columns are declared quasi-identifiers. Of a sample, it says nothing
    about how rare a person is in the population.

    Source: Sweeney, Int. Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 10 (2002);
    Machanavajjhala et al., l-Diversity, ACM TKDD 1 (2007).
    """

    id = "privacy.small_cells"
    title = "People who stand alone"
    component = "privacy"
    needs: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "quasi_identifiers": Parameter(
            "list of texts", None, "Columns outsiders may know; those the schema marks."
        ),
        "k": Parameter("whole number", 5, "Fewest rows for a cell not to be small.", 2, 1000),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import small_cells

        return small_cells.evidence(self, data, self.settled(parameters), seed)


class Identifiers(Check):
    """Whether the features hold names, addresses, numbers or other direct identifiers.

    Purpose: A model needs no names. A direct identifier among the features means that the model
    may learn people by heart, and that the data were not made anonymous as they should be.

    Mechanism: Reads the columns' names, and up to 5,000 different values of each column of text or
    whole numbers: e-mail and IP addresses, telephone numbers, and identifiers that carry their own
    proof (IBAN, payment cards, national numbers of a dozen countries by their check digits). Kinds
    made of digits only count when at least half the values pass, and twice as many as luck allows.
    No value is shown or stored.

    Limits: Finds patterns, not meaning: names of people within free text, or identifiers without
    check digits, may pass. A hit is a reason to look, not a proof.

    Source: GDPR, Article 4(1) and 5(1)(c); ISO 13616; ISO/IEC 7812-1; ISO 7064.
    """

    id = "privacy.identifiers"
    title = "Personal data among the features"
    component = "privacy"
    needs: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "allowed": Parameter("list of texts", None, "Columns allowed to hold personal data."),
        "all_columns": Parameter(
            "whole number", 1, "1: also look at columns that are no features; 0: do not.", 0, 1
        ),
    }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import identifiers

        return identifiers.evidence(self, data, self.settled(parameters), seed)


class Declarations(Check):
    """Whether the datasets declare personal data, purpose, consent and how long they may be kept.

    Purpose: Personal data may be used for what they were collected for, on a ground in law, and
    no longer than stated: who cannot say which, may not use them.

    Mechanism: Reads, for every dataset of the version, its class of personal data; where there are
    any, the purpose, consent (or another ground in law) and retention; and whether the time up to
    which they may be kept has passed.

    Limits: What is declared is taken as declared.

    Source: GDPR, Articles 5(1)(b), 5(1)(e), 6 and 30(1)(f).
    """

    id = "privacy.declarations"
    title = "Purpose, consent and retention declared"
    component = "privacy"
    needs: ClassVar[frozenset[str]] = frozenset({"case"})
    asks_registry = True

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import declarations

        return declarations.evidence(self, data, self.settled(parameters), seed)
