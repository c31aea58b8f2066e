"""Names that are one, whichever way they are spelled, shortened or turned round; and names that are two."""

import pytest

from rules.matching import FULL, asked, compare, heard, keys, nearest, weight


@pytest.mark.parametrize(("one", "other"), [
    ("Bjørn Sørli", "Björn Soerli"), ("Pål Håvik", "Paal Haavik"), ("Pål Håvik", "Pal Havik"), ("Mads Kjær", "Mads Kjaer"),
    ("Jon Hanssen", "Jon Hansen"), ("Jon Hansson", "Jon Hanson"), ("Nils Nielsen", "Nils Nilsen"), ("Liv Olsson", "Liv Olsen"),
    ("Eva Kristiansen", "Eva Christiansen"), ("Erik Moe", "Eric Moe"), ("Sofie Dam", "Sophie Dam"), ("Carl Lie", "Karl Lie"),
    ("Thomas Berg", "Tomas Bergh"), ("Ewa Waldemar", "Eva Valdemar"), ("Filip Lund", "Philip Lund"), ("Lina Zander", "Lina Sander"),
    ("Ida Lindqvist", "Ida Lindkvist"), ("Ida Lindquist", "Ida Lindqvist"), ("Guðrún Jónsdóttir", "Gudrun Jonsdatter"),
    ("Åse Ek", "ÅSE EK"), ("Dr. Ole Vang", "Ole Vang"), ("Jens von Essen", "Jens Essen"), ("Ann-Marie Sund", "Ann Marie Sund"),
])
def test_one_name_in_two_spellings(one, other):
    """S83a: the right person, however the name is spelled."""
    alike = compare(one, other)
    assert alike.same
    assert alike.points >= 0.9 * FULL
    assert keys(one) & keys(other)


@pytest.mark.parametrize(("one", "other", "least"), [
    ("Ole Hansen", "Hansen Ole", 30),                     # turned round
    ("O. Hansen", "Ole Hansen", 15), ("Ole Hansen", "O Hansen", 15),
    ("Ole Petter Hansen", "Ole Hansen", 34), ("Petter Hansen", "Ole Petter Hansen", 30),
    ("Kari Berg", "Kari Berg Hansen", 28), ("Kari Hansen Lie", "Kari Hansen", 28),      # a maiden name kept
    ("Kari Holm-Lie", "Kari Holm", 28), ("Annemarie Sund", "Anne-Marie Sund", 30),
    ("Bill Stone", "William Stone", 30), ("Kalle Blom", "Karl Blom", 30), ("Lasse Dahl", "Lars Dahl", 30),
    ("Jukka Laine", "Juha Laine", 30), ("Lise Holm", "Elisabeth Holm", 30), ("Mads Kjær", "Mats Kjær", 25),
    ("Sigurd Haugland", "Sigurd Hauglund", 18), ("Sigrud Haugland", "Sigurd Haugland", 18),
])
def test_names_that_may_be_one(one, other, least):
    alike = compare(one, other)
    assert alike.same
    assert least <= alike.points < FULL + 1


@pytest.mark.parametrize(("one", "other"), [
    ("Ole Hansen", "Kari Hansen"), ("Ole Hansen", "Ole Vang"), ("Ole Hansen", "Per Vang"), ("Jan Lie", "Ian Moe"), ("Eva By", "Eli By"),
])
def test_names_of_two(one, other):
    assert not compare(one, other).same
    assert compare(one, other).points <= 0


def test_a_rare_name_proves_more():
    points = [compare("Ole Hansen", "Ole Hansen", carriers).points for carriers in (1, 3, 30, 300)]
    assert points[0] == FULL
    assert points == sorted(points, reverse=True)
    assert points[-1] < FULL / 2
    assert "rare" in compare("Ole Hansen", "Ole Hansen", 1).message
    assert "many" in compare("Ole Hansen", "Ole Hansen", 300).message
    assert weight(0) == weight(1) == 1


def test_one_word_is_hardly_a_name():
    assert keys("Ole") == set()
    assert 0 < compare("Ole", "Ole Hansen").points <= 10
    assert compare("", "Ole Hansen").points == 0


def test_keys_find_either_way_round_and_forms():
    wanted = asked("Bill Stone")
    assert set(wanted.same) & keys("Stone Bill")
    assert set(wanted.forms) & keys("William Stone")
    assert any(low <= key < high for low, high in asked("Bill Stoone").near for key in keys("Bill Stone"))
    assert any(low <= key < high for low, high in asked("B. Stone").near for key in keys("Bill Stone"))
    assert not asked("Ole").same


def test_nearest_names_the_nearest_first():
    found = [(key, n) for n, name in enumerate(("Sigurd Hauglund", "Sigurd Haugen", "Sigrid Hoel")) for key in keys(name)]
    assert nearest("Sigurd Haugland", found)[0] == 0
    assert 2 not in nearest("Sigurd Haugland", found)


@pytest.mark.parametrize("odd", ["", " ", "'", "\0", "von", "1234", "山田 太郎", "Ж Я", "a" * 1000, "x y z w v u t s"])
def test_odd_names_break_nothing(odd):
    for key in keys(odd):
        assert 0 < len(key) <= 120
    asked(odd)
    compare(odd, "Ole Hansen")
    compare("Ole Hansen", odd)
    assert heard(odd) == heard(odd)
