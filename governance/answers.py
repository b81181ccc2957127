"""The model's answer about one case, in a sentence for the person it was about. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Answer:
    """``favourable`` is None where a model answers with a figure and decides nothing; ``outcome``
    is what the favourable answer is called, "" when nobody said. ``chosen`` is what a model of
    several classes chose; ``score`` is then that of the class explained."""

    score: float
    threshold: float | None = None
    favourable: bool | None = None
    outcome: str = ""
    chosen: str = ""

    @property
    def decision(self) -> str | None:
        if self.favourable is None:
            return None
        return "favourable" if self.favourable else "unfavourable"

    @property
    def sentence(self) -> str:
        if self.chosen:
            return self._class_sentence
        if self.favourable is None:
            return f"The model's answer for this case is {figure(self.score)}."
        if self.threshold is None:
            return (
                f"The model gave this case a score of {figure(self.score)} and decides by a rule "
                f"of its own. Its answer is {self._answer}."
            )
        score, threshold = apart(self.score, self.threshold)
        reaches = "reaches" if self.favourable else "falls short of"
        return (
            f"The model gave this case a score of {score}. That {reaches} the threshold of "
            f"{threshold}, so its answer is {self._answer}."
        )

    @property
    def _class_sentence(self) -> str:
        told = f"Of its classes the model chose “{self.chosen}” for this case."
        if self.favourable is None:
            return f"{told} The score of that class is {figure(self.score)}."
        outcome = f"“{self.outcome}”" if self.outcome else "the favourable class"
        return f"{told} The score of {outcome} is {figure(self.score)}; the answer is {self._word}."

    @property
    def _word(self) -> str:
        return "favourable" if self.favourable else "unfavourable"

    @property
    def _answer(self) -> str:
        if self.favourable:
            return f"favourable (“{self.outcome}”)" if self.outcome else "favourable"
        return f"unfavourable (not “{self.outcome}”)" if self.outcome else "unfavourable"


def figure(value: float, places: int = 3) -> str:
    """A figure as people write it: no noughts at the end, a true minus sign."""
    text = f"{value:,.{places}f}" if abs(value) < 1000 else f"{value:,.1f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", MINUS)


def apart(score: float, threshold: float) -> tuple[str, str]:
    """Both with as many places as it takes to tell them apart."""
    for places in range(3, 12):
        shown = f"{score:.{places}f}", f"{threshold:.{places}f}"
        if shown[0] != shown[1] or score == threshold:
            break
    return shown[0].replace("-", MINUS), shown[1].replace("-", MINUS)
