"""Serbian, in both scripts: who is credited where the verb alone tells it, and with what."""

from __future__ import annotations

import pytest
from support.embedded import annotate
from support.serbian import cyrillic

from attributor.records import Article

SCRIPTS = ("sr-Latn", "sr-Cyrl")
Said = list[tuple[str, str]]


def said(text: str, script: str) -> Said:
    """What is quoted, and the name it is credited to ("" for none), in the script."""
    written = cyrillic(text) if script == "sr-Cyrl" else text
    annotation = annotate(Article(id="a", text=written), script)
    found = []
    for quote in annotation.quotes:
        speaker = annotation.speaker_of(quote)
        words = " … ".join(span.text for span in quote.spans)
        found.append((words, speaker.name if speaker else ""))
    return found


def in_script(expected: Said, script: str) -> Said:
    if script == "sr-Latn":
        return expected
    return [(cyrillic(words), cyrillic(name)) for words, name in expected]


def check(text: str, expected: Said, script: str) -> None:
    assert said(text, script) == in_script(expected, script)


# --- "kako je rekla" ----------------------------------------------------------------

INTRODUCED: list[tuple[str, Said]] = [
    ("Most je, kako je rekao načelnik Petar Vujić, stariji od pruge.",
     [("Most je … stariji od pruge", "Petar Vujić")]),
    ("Kako je objasnila direktorka Sanja Perović, voda iz bunara nije za piće.",
     [("voda iz bunara nije za piće", "Sanja Perović")]),
    ("Pruga će, kako navodi inženjer Bojan Radić, biti otvorena u novembru.",
     [("Pruga će … biti otvorena u novembru", "Bojan Radić")]),
    ("Karte su rasprodate, kako je kazala portparolka pozorišta Tijana Vasić.",
     [("Karte su rasprodate", "Tijana Vasić")]),
    ("Hleb će, kako je najavio Vlado Stojić, ministar trgovine, poskupeti za deset dinara.",
     [("Hleb će … poskupeti za deset dinara", "Vlado Stojić")]),
    ("Hleb će, kako je juče u Nišu rekao ministar Vlado Stojić, poskupeti za deset dinara.",
     [("Hleb će … poskupeti za deset dinara", "Vlado Stojić")]),
    ("Kako je za Radio Jezero rekla lekarka Milica Kordić, komaraca ima više nego lane.",
     [("komaraca ima više nego lane", "Milica Kordić")]),
    ("Kako je ministar Vlado Stojić rekao novinarima, hleb će poskupeti.",
     [("hleb će poskupeti", "Vlado Stojić")]),
    ("Ribnjak je potpuno prazan, kako tvrdi Ratko Simić, a ribe nema ni u reci.",
     [("Ribnjak je potpuno prazan", "Ratko Simić")]),
    ("Kako prenosi Tanjug, Zora Mitić je rekla da je sneg stigao do krova.",
     [("je sneg stigao do krova", "Zora Mitić")]),
    ("„Sneg je stigao do krova“, kako je rekla domaćica Stana Mirić.",
     [("Sneg je stigao do krova", "Stana Mirić")]),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "expected"), INTRODUCED)
def test_a_clause_with_kako_credits_the_sentence_around_it(
    text: str, expected: Said, script: str
) -> None:
    check(text, expected, script)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    "text",
    [
        "Put će, kako bi rekao moj deda, biti suv i dug.",
        "Ne znam kako je rekla Ana Savić, ali je svi pamte.",
        "Dete pokazuje kako govori ministar Vlado Stojić.",
        "Kako se navodi u saopštenju, radovi na putu kasne.",
        "Kako je saopšteno, radovi na putu će kasniti mesec dana.",
        "Kako kaže ministar Vlado Stojić?",
        "Požurili su, kako bismo rekli zbogom na vreme.",
    ],
)
def test_other_clauses_with_kako_credit_nobody(text: str, script: str) -> None:
    check(text, [], script)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_clause_with_kako_may_leave_its_subject_out(script: str) -> None:
    check(
        "Gradska sekretarka Olga Mitić obišla je park. Kako je istakla, klupe su nove. Staze će, "
        "kako dodaje, biti gotove do leta.",
        [("klupe su nove", "Olga Mitić"), ("Staze će … biti gotove do leta", "Olga Mitić")],
        script,
    )


# --- verbs that share a subject -----------------------------------------------------

SHARED: list[tuple[str, Said]] = [
    ("Vozač Zoran Pajić kaže da je magla bila gusta i tvrdi da znak niko nije video.",
     [("je magla bila gusta", "Zoran Pajić"), ("znak niko nije video", "Zoran Pajić")]),
    ("Doktorka Irena Popov rekla je da su testovi uredni i dodala da pacijent ide kući.",
     [("su testovi uredni", "Irena Popov"), ("pacijent ide kući", "Irena Popov")]),
    ("Kapetan Nenad Rus potvrdio je da je brod isplovio, a potom naglasio da posada nije cela.",
     [("je brod isplovio", "Nenad Rus"), ("posada nije cela", "Nenad Rus")]),
    ("Kapetan Nenad Rus rekao je da je brod isplovio te dodao da je more mirno.",
     [("je brod isplovio", "Nenad Rus"), ("je more mirno", "Nenad Rus")]),
    ("Inspektorka Nada Gavrić rekla je da je dimnjak pun, dodavši da vatre više neće biti.",
     [("je dimnjak pun", "Nada Gavrić"), ("vatre više neće biti", "Nada Gavrić")]),
    ("Vozač Zoran Pajić rekao je da je magla gusta i dodao: „Idemo kući pešice.“",
     [("je magla gusta", "Zoran Pajić"), ("Idemo kući pešice.", "Zoran Pajić")]),
    ("Petar Vujić je rekao da je most star, a Sanja Perović je dodala da je put nov.",
     [("je most star", "Petar Vujić"), ("je put nov", "Sanja Perović")]),
    ("Nada Gavrić je rekla da je dimnjak pun, dok je vatrogasac Rade Lukić dodao da vatre nema.",
     [("je dimnjak pun", "Nada Gavrić"), ("vatre nema", "Rade Lukić")]),
    ("Bojana Tot je objasnila da je kula stara, a zatim i naglasila da kopanja neće biti.",
     [("je kula stara", "Bojana Tot"), ("kopanja neće biti", "Bojana Tot")]),
    # one clause, whatever is said or joined in it
    ("Vozač Zoran Pajić rekao je da je magla bila gusta i da znak niko nije video.",
     [("je magla bila gusta i da znak niko nije video", "Zoran Pajić")]),
    ("Kapetan Nenad Rus rekao je da je Ana Savić stigla i rekla da je more mirno.",
     [("je Ana Savić stigla i rekla da je more mirno", "Nenad Rus")]),
    ("Pisac Dušan Milić kaže da je roman gotov i da je junakinja rekla da odlazi.",
     [("je roman gotov i da je junakinja rekla da odlazi", "Dušan Milić")]),
    ("Nada Gavrić je rekla da je dimnjak pun, a njen kolega je dodao da vatre nema.",
     [("je dimnjak pun", "Nada Gavrić"), ("vatre nema", "")]),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "expected"), SHARED)
def test_a_verb_that_is_joined_to_another_shares_its_subject_if_its_form_fits(
    text: str, expected: Said, script: str
) -> None:
    check(text, expected, script)


# --- subjects that are left out -----------------------------------------------------

LEFT_OUT: list[tuple[str, str]] = [
    ("Glumica Nataša Rajić rekla je da voli kišu. Dodala je da ne nosi kišobran.", "Nataša Rajić"),
    ("Glumica Nataša Rajić rekla je da voli kišu. Dodao je da ne nosi kišobran.", ""),
    ("Danijela Krstić kaže da voli kišu. Dodala je da ne nosi kišobran.", "Danijela Krstić"),
    ("Danijela Krstić kaže da voli kišu. Dodao je da ne nosi kišobran.", ""),
    ("Trener Ivan Babić kaže da je ekipa umorna. Dodaje da je put bio dug.", "Ivan Babić"),
    ("Trener Ivan Babić kaže da je ekipa umorna. Dodaju da je put bio dug.", ""),
    ("Trener Ivan Babić kaže da je ekipa umorna. Rekli su da je put bio dug.", ""),
    ("Trener Ivan Babić kaže da je ekipa umorna. Stigla je Marija Kos. Dodaje da je put dug.", ""),
    ("Meštani kažu da vode nema od nedelje. Dodaje da ih niko nije obišao.", ""),
    ("Vera Jović najavila je da se trg zatvara. Na kraju je dodala da drvo ostaje.", "Vera Jović"),
    ("Vera Jović najavila je da se trg zatvara. Takođe je rekla da drvo ostaje.", "Vera Jović"),
    ("Vera Jović kaže da se trg zatvara. U razgovoru za Jutro dodala je da drvo ostaje.",
     "Vera Jović"),
    ("Vera Jakšić ispratila je đake. „Bili su vredni“, rekla je.", "Vera Jakšić"),
    ("Vera Jakšić ispratila je đake. Reka opet raste, dodala je.", "Vera Jakšić"),
    ("Vera Jakšić ispratila je đake. „Bili su vredni“, rekao je.", ""),
    ("Vera Jović otvorila je trg. Kaže da je bilo naporno.", "Vera Jović"),
    ("Vera Jović i Milan Pek otvorili su trg. Naglasio je da će drveće ostati.", "Milan Pek"),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "name"), LEFT_OUT)
def test_a_verb_alone_is_credited_to_whom_its_form_fits(text: str, name: str, script: str) -> None:
    assert said(text, script)[-1][1] == (cyrillic(name) if script == "sr-Cyrl" else name)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    "text",
    [
        "Sudija Lazar Kitić rekao je da je sve gotovo. Nije rekao da će biti žalbe.",
        "Sudija Lazar Kitić rekao je da je sve gotovo. Saopšteno je da će biti žalbe.",
        "Sudija Lazar Kitić rekao je da je sve gotovo. Posle ručka je kritičar dodao da nije.",
    ],
)
def test_what_nobody_or_somebody_else_says_is_not_the_last_speakers(text: str, script: str) -> None:
    check(text, [("je sve gotovo", "Lazar Kitić")], script)


# --- a subject between its verb and the colon before speech --------------------------------------

BEFORE_COLON: list[tuple[str, Said]] = [
    ("Posle ručka oglasio se i kuvar Milan Pek: „Supa je bila slana“.",
     [("Supa je bila slana", "Milan Pek")]),
    ("Na to je odgovorila trenerka Ana Ilić: „Idemo kući bez medalje.“",
     [("Idemo kući bez medalje.", "Ana Ilić")]),
    ("Publici se obratila glumica Nataša Rajić: „Hvala vam što ste došli.“",
     [("Hvala vam što ste došli.", "Nataša Rajić")]),
    # a listener, a sign, a book
    ("Juče je rekla Petru Lukiću: „Idemo kući bez medalje.“", [("Idemo kući bez medalje.", "")]),
    ("Potom je rekao Ani Ilić: „Idemo kući bez medalje.“", [("Idemo kući bez medalje.", "")]),
    ("Vera Kos je rekla Petru Lukiću: „Idemo kući bez medalje.“",
     [("Idemo kući bez medalje.", "Vera Kos")]),
    ("Na vratima je pisalo: „Ne ulazi u kuću.“", []),
    ("Kupila je novi roman Vere Kos: „Zimski san na obali reke“.", []),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "expected"), BEFORE_COLON)
def test_a_subject_before_a_colon_speaks_and_a_listener_there_does_not(
    text: str, expected: Said, script: str
) -> None:
    check(text, expected, script)


# --- what was not said --------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    "text",
    [
        "Direktor Savo Mitić demantovao je da je rekao da fabrika odlazi.",
        "Direktorka Mila Savić porekla je da je tvrdila da je ugovor raskinut.",
        "Direktor Savo Mitić odbio je da kaže da li fabrika odlazi.",
        "Direktorka Mila Savić nije htela da potvrdi da je ugovor raskinut.",
        "Niko od odbornika nije rekao da je budžet mali.",
        "Ako ministar kaže da je put gotov, otvorićemo ga.",
    ],
)
def test_what_is_denied_refused_or_supposed_is_nobodys_quote(text: str, script: str) -> None:
    check(text, [], script)


# --- "prema njegovim rečima", and the gender of names -------------------------------

BY_WORDS: list[tuple[str, Said]] = [
    ("Upravnik bolnice Goran Savić otvorio je krilo. Prema njegovim rečima, sobe su nove.",
     [("sobe su nove", "Goran Savić")]),
    ("Direktorka zavoda Nevena Lukić stigla je juče. Po njenom mišljenju, reka je čista.",
     [("reka je čista", "Nevena Lukić")]),
    ("Inženjerka Jasna Kostić pregledala je nasip. Nasip će, prema njenim rečima, izdržati zimu.",
     [("Nasip će … izdržati zimu", "Jasna Kostić")]),
    ("Ministar Stevan Ristić obišao je tunel. Tunel će, po njegovoj oceni, biti gotov do leta.",
     [("Tunel će … biti gotov do leta", "Stevan Ristić")]),
    ("Ivana Petrović stigla je juče. Prema njenim rečima, put je bio dug.",
     [("put je bio dug", "Ivana Petrović")]),
    ("Ivana Petrović stigla je juče. Prema njegovim rečima, put je bio dug.",
     [("put je bio dug", "")]),
]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "expected"), BY_WORDS)
def test_his_or_her_words_are_those_of_a_man_or_a_woman(
    text: str, expected: Said, script: str
) -> None:
    check(text, expected, script)
