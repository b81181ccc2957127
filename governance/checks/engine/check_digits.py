"""Identifiers that carry their own proof: what the check digits of each say. Pure Python.

Each function takes text without blanks, dots and hyphens, upper case, and is exact for its
published rule; ``chance`` in ``KINDS`` is the share of random digits that pass by luck.

Sources: ISO 13616 (IBAN), ISO/IEC 7812-1 (Luhn), ISO 7064 (mod 97-10, mod 11,10), and the
published rules of the issuing authorities.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def iban(text: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def luhn(text: str) -> bool:
    if not text.isascii() or not text.isdigit():
        return False
    total = 0
    for place, letter in enumerate(reversed(text)):
        digit = int(letter) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def card(text: str) -> bool:
    """Payment cards: 13 to 19 digits that begin as cards do."""
    return bool(re.fullmatch(r"[2-6]\d{12,18}", text)) and luhn(text)


def us_ssn(text: str) -> bool:
    """No check digit: the areas, groups and serials never given out are left out."""
    return bool(re.fullmatch(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", text))


def uk_nino(text: str) -> bool:
    letters = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    return bool(re.fullmatch(letters + r"\d{6}[A-D]", text))


def uk_nhs(text: str) -> bool:
    return _weighted(text, range(10, 1, -1), 11, length=10)


def nl_bsn(text: str) -> bool:
    if not re.fullmatch(r"\d{9}", text) or text == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, text, strict=True)) % 11 == 0


def es_dni(text: str) -> bool:
    if not re.fullmatch(r"[XYZ\d]\d{7}[A-Z]", text):
        return False
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return _DNI[number % 23] == text[-1]


def fr_nir(text: str) -> bool:
    if not re.fullmatch(r"[1-478]\d{2}\d{2}(\d{2}|2A|2B)\d{6}\d{2}", text):
        return False
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(text[13:])


def de_tax(text: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{10}", text) or len(set(text[:10])) not in (8, 9):
        return False
    product = 10
    for digit in text[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(text[10])


def it_cf(text: str) -> bool:
    if not re.fullmatch(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", text):
        return False
    odd = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    letters = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22)
    odd |= dict(zip("ABCDEFGHIJKLMNOPQRSTUVW", letters, strict=True)) | {"X": 25, "Y": 24, "Z": 23}
    total = sum(
        odd[c] if place % 2 == 0 else int(c) if c.isdigit() else ord(c) - 65
        for place, c in enumerate(text[:15])
    )
    return chr(65 + total % 26) == text[15]


def pl_pesel(text: str) -> bool:
    if not re.fullmatch(r"\d{11}", text) or not _is_day(int(text[2:4]) % 20, int(text[4:6])):
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return sum(w * int(d) for w, d in zip(weights, text, strict=True)) % 10 == 0


def be_nrn(text: str) -> bool:
    if not re.fullmatch(r"\d{11}", text) or not _is_day(int(text[2:4]), int(text[4:6])):
        return False
    return any(97 - int(before + text[:9]) % 97 == int(text[9:]) for before in ("", "2"))


def se_pnr(text: str) -> bool:
    if not re.fullmatch(r"(\d{2})?\d{10}", text):
        return False
    short = text[-10:]
    return _is_day(int(short[2:4]), int(short[4:6])) and luhn(short)


def br_cpf(text: str) -> bool:
    if not re.fullmatch(r"\d{11}", text) or len(set(text)) == 1:
        return False
    for length in (9, 10):
        total = sum(
            int(d) * w for d, w in zip(text[:length], range(length + 1, 1, -1), strict=True)
        )
        if total * 10 % 11 % 10 != int(text[length]):
            return False
    return True


def _weighted(text: str, weights: range, modulus: int, *, length: int) -> bool:
    if not re.fullmatch(rf"\d{{{length}}}", text) or len(set(text)) == 1:
        return False
    total = sum(w * int(d) for w, d in zip(weights, text, strict=False))
    check = modulus - total % modulus
    return (0 if check == modulus else check) == int(text[-1])


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


@dataclass(frozen=True)
class Kind:
    """A kind of identifier, its rule, and how often random digits of its length pass it."""

    name: str
    holds: Callable[[str], bool]
    chance: float


KINDS = (
    Kind("IBAN", iban, 0.0),
    Kind("payment card number", card, 0.06),
    Kind("US social security number", us_ssn, 0.89),
    Kind("UK national insurance number", uk_nino, 0.0),
    Kind("UK NHS number", uk_nhs, 0.09),
    Kind("Dutch BSN", nl_bsn, 0.09),
    Kind("Spanish DNI or NIE", es_dni, 0.0),
    Kind("French social security number", fr_nir, 0.01),
    Kind("German tax number", de_tax, 0.06),
    Kind("Italian codice fiscale", it_cf, 0.0),
    Kind("Polish PESEL", pl_pesel, 0.03),
    Kind("Belgian national number", be_nrn, 0.01),
    Kind("Swedish personal number", se_pnr, 0.01),
    Kind("Brazilian CPF", br_cpf, 0.01),
)
