"""What names of columns, and texts, give personal data away. Words end a name: ``applicant_email``.

Sources: GDPR, Article 4(1); the identifiers of 45 CFR 164.514(b)(2) (HIPAA Safe Harbor).
"""

from __future__ import annotations

import re

NAMES: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "a name of a person": (
            "first_name last_name middle_name full_name given_name family_name maiden_name "
            "firstname lastname fullname surname sur_name forename nachname vorname "
            "customer_name applicant_name client_name patient_name person_name"
        ),
        "an e-mail address": "email e_mail mail_address email_address",
        "a telephone number": "phone telephone mobile cellphone cell_phone fax msisdn tel",
        "a postal address": "address addr street_name street address_line postal_address",
        "a date of birth": "date_of_birth day_of_birth birth_date birthdate birthday dob",
        "a national identifier": (
            "ssn social_security social_sec national_id national_insurance nino nhs bsn dni nie "
            "nif pesel cpf codice_fiscale steuer_id personnummer aadhaar passport tax_id "
            "driver_license drivers_license driving_licence"
        ),
        "a bank account or card": "iban account bank_account card credit_card pan cvv",
        "a network or device identifier": (
            "ip ip_address ip_addr mac_address imei device_id cookie_id advertising_id"
        ),
        "a precise place": "lat latitude lon lng longitude gps geo_point geolocation",
        "an identifier of a person": (
            "customer_id client_id patient_id person_id employee_id member_id user_id "
            "applicant_id account_id"
        ),
    }.items()
}
_OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
WITHIN: dict[str, re.Pattern[str]] = {
    "e-mail address": re.compile(
        r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63}){0,4}\.[A-Za-z]{2,24}\b"
    ),
    "telephone number": re.compile(
        r"(?<![\w.])(\+\d{1,3}[ .()-]?(\d[ .()-]{0,2}){7,12}|\(\d{3}\) ?\d{3}-\d{4})(?!\w)"
    ),
    "IP address": re.compile(rf"(?<![\d.])({_OCTET}\.){{3}}{_OCTET}(?![\d.])"),
}
