"""Dates as archives write them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from attributor.archive.storing.dates import iso_day
from attributor.archive.storing.store import Store
from attributor.archive.storing.store_schema import migrations


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-03-03", "2021-03-03"),
        ("2021-03-03T10:00:00Z", "2021-03-03"),
        ("2021-03-03 23:59:59.5+02:00", "2021-03-03"),
        ("2021-05", "2021-05"),
        ("2021", "2021"),
        ("2021/03/03", "2021-03-03"),
        ("2021-3-3", "2021-03-03"),
        ("20210303", "2021-03-03"),
        ("20210303T101500Z", "2021-03-03"),
        ("3 March 2021", "2021-03-03"),
        ("March 3, 2021", "2021-03-03"),
        ("3. März 2021", "2021-03-03"),
        ("3 mars 2021", "2021-03-03"),
        ("3 marca 2021", "2021-03-03"),
        ("3. март 2021.", "2021-03-03"),
        ("3. marta 2021.", "2021-03-03"),
        ("utorak, 21. septembra 2021. godine u 15:32", "2021-09-21"),
        ("1. октобра 2021. године", "2021-10-01"),
        ("21. јула 2021.", "2021-07-21"),
        ("March 2021", "2021-03"),
        ("März 2021", "2021-03"),
        ("mart 2021.", "2021-03"),
        ("Fri, 05 Mar 2021 23:30:00 -0500", "2021-03-05"),
        ("Fri, 5 Mar 2021 10:00:00 GMT", "2021-03-05"),
        ("Wed Mar 3 10:00:00 2021", "2021-03-03"),
        ("1614772800", "2021-03-03"),
        ("1614772800000", "2021-03-03"),
    ],
)
def test_a_date_is_read_in_the_forms_that_archives_write(written: str, day: str) -> None:
    assert iso_day(written) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03.04.2021", "2021-04-03"),
        ("3. 4. 2021.", "2021-04-03"),
        ("03/04/2021", "2021-04-03"),
        ("03/25/2021", "2021-03-25"),
        ("٣/٤/٢٠٢١", "2021-04-03"),
        ("٢٠٢١-٠٣-٠٤", "2021-03-04"),
    ],
)
def test_the_day_comes_before_the_month_unless_it_cannot(written: str, day: str) -> None:
    assert iso_day(written) == day


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "  ", "yesterday", "May", "Friday", "3.3.21", "31.02.2021", "2020-13-01"),
        *("Q3 2021", "March 2021 15:30", "Mon 2021", "March 3", "x" * 999),
    ],
)
def test_what_does_not_say_the_year_or_is_no_day_is_none(written: str | None) -> None:
    assert iso_day(written) is None


def test_an_older_store_is_given_the_days_of_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    for script in migrations()[:2]:
        connection.executescript(script)
    row = "INSERT INTO articles (name, published, text, content) VALUES (?, ?, 't', ?)"
    for number, published in enumerate(("3 March 2021", "2019-05", None, "soon")):
        connection.execute(row, (f"a{number}", published, str(number)))
    connection.execute("PRAGMA user_version = 2")
    connection.execute(f"PRAGMA application_id = {int.from_bytes(b'attr', 'big')}")
    connection.commit()
    connection.close()
    with Store.open(path) as store:
        days = [tuple(row) for row in store.execute("SELECT published, day FROM articles")]
    assert days[:2] == [("3 March 2021", "2021-03-03"), ("2019-05", "2019-05")]
    assert days[2:] == [(None, None), ("soon", None)]
