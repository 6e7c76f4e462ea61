"""Which texts count as secrets, by what the tools say and the lines that they point at."""

import time

import pytest
from msgspec.structs import replace
from support.factories import finding

from secgate.model import Category, Location, Rule
from secgate.scan.mask import Mask
from secgate.scan.merge import identify
from secgate.scan.places import Places
from secgate.scan.secrets import lines_of, secrets

WEAKNESS = Rule(id="hardcoded", title="Hard-coded password", cwe=("CWE-259",))
SPOKEN = Rule(id="env", title="Secrets passed by build arguments or the environment")
OTHER = Rule(id="shell", title="Command through a shell", cwe=("CWE-78",))
TOKEN = "ghp_a8Kd73LmQz91XvTb64WsPo20YcRe57HnUj3F"


def at(line, rule=WEAKNESS, end=0, path="a.py", **changes):
    return finding(rule=rule, location=Location(path, line, end or line), **changes)


def found(text, rule=WEAKNESS, **changes):
    """Return what counts where a finding points at all of the text."""
    return secrets([finding(rule=rule, **changes)], lambda one: text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('password = "tr0ub4dor"', "tr0ub4dor"),
        ("password = 'abcd'", "abcd"),
        ("password: str = 'plainword'", "plainword"),
        ('{"password": "plainword", "host": "db.internal"}', "plainword"),
        ("DB_PASSWORD=plainword", "plainword"),
        ("password: plainword # a comment", "plainword"),
        ('os.environ.get("DB_PASSWORD", "plainword")', "plainword"),
        ('connect(user, passwd="plainword")', "plainword"),
        ('if password == "plainword":', "plainword"),
        (r"""password = 'it\'s "q" 9'""", """it's "q" 9"""),
        ('password = b"plainword"', "plainword"),
        ('url = f"postgres://shop:pg/Pass:w@db/{x}"', "pg/Pass:w"),
        (f'header = f"Authorization: token {TOKEN} {{x}}"', TOKEN),
        (f'os.system("curl -u admin:{TOKEN} " + x)', TOKEN),
        ('jwt.sign({a: 1}, "plainword")', "plainword"),
        (f'broken = "{TOKEN}', TOKEN),
        ("ENV API_TOKEN plainword", "plainword"),
        ("hunter-two!", "hunter-two!"),
        ("const k = `plainword`;", "plainword"),
    ],
)
def test_what_stands_on_the_line_of_a_credential_counts(text, value):
    assert value in found(text)


@pytest.mark.parametrize(
    "text",
    [
        'password = ""',
        'password = "abc"',
        'password = os.environ["X"]',
        "password = read(secret)",
        'password = "${DB_PASSWORD}"',
        'password = "{{ password }}"',
        "password = $DB_PASSWORD",
        'password = "password"',
        'password = "Hard-coded"',
        "password = '----'",
        "connect(password, other)",
    ],
)
def test_what_is_too_short_a_reference_or_public_does_not_count(text):
    assert found(text) == frozenset()


def test_what_is_given_to_a_name_speaks_for_itself_and_other_texts_of_the_line_are_left_alone():
    assert found('connect("db.internal", "postgres", password="plainword")') == {"plainword"}


def test_where_only_the_words_speak_of_secrets_other_texts_of_the_lines_are_left_alone():
    text = 'image = "nginx"\nname: prometheus-exporter-2\npassword = "plainword"\nurl: amqp://a:b9c8@mq'
    assert found(text, SPOKEN) == {"plainword", "b9c8"}
    assert found(text, OTHER, message="It is so.") == frozenset()


def test_each_line_of_a_private_key_counts_and_the_words_around_do_not():
    key = "-----BEGIN RSA PRIVATE KEY-----\n  MIIEpAIBAAKCAQEAwJnp\n  q/lmZ+0123abcdefghij\n  Zg==\n-----END RSA"
    assert found(key) == {"MIIEpAIBAAKCAQEAwJnp", "q/lmZ+0123abcdefghij", "lmZ+0123abcdefghij", "Zg=="}
    assert "MIIEpAIBAAKCAQEAwJnp" in found(f"k = '{key}'".replace("\n", "\\n"))


def test_a_word_that_a_rule_speaks_of_counts_only_where_it_is_given_to_a_name():
    rule = replace(WEAKNESS, help="Use child_process with a list.")
    assert found('f("child_process")', rule) == frozenset()
    assert found('password = "child_process"', rule) == {"child_process"}


def test_a_short_word_counts_unless_a_rule_speaks_of_it():
    rule = replace(WEAKNESS, help="Pass it as a list.")
    assert found('token = "pass"', rule) == frozenset()
    assert found('token = "pass"') == {"pass"}
    assert found('token = "letmein"', rule) == {"letmein"}


def test_without_the_lines_what_a_message_quotes_counts_if_it_may_be_one():
    message = "Possible hardcoded password: 'hunter2hunter', see 'os.environ'"
    assert found("", WEAKNESS, message=message) == {"hunter2hunter"}
    assert found("", OTHER, message=message) == frozenset()
    assert found("", OTHER, category=Category.SECRET, message=message) == {"hunter2hunter"}


def test_lines_are_read_exactly_as_far_as_the_tool_points(tmp_path):
    (tmp_path / "a.py").write_bytes(b'f("plainwords"); password = "plainword"\r\nx\ry = 1')
    quoted = lines_of(Places(tmp_path))
    assert quoted(finding(location=Location("a.py", 1, 1, 29, 40))) == '"plainword"'
    assert quoted(finding(location=Location("a.py", 2, 3))) == "x\ny = 1"
    assert quoted(finding(location=Location("a.py", 9, 12))) == ""
    assert quoted(finding(location=Location("a.py", 1, 1, known=False))) == ""
    assert quoted(finding(location=Location("absent.py", 1, 1))) == ""
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    assert quoted(finding(location=Location("link.py", 1, 1))) == ""


def identified(folder, *findings):
    mask = Mask(secrets(findings, lines_of(Places(folder))))
    return identify(findings, Places(folder), mask)


def test_a_finding_stays_the_same_when_its_secret_is_replaced(tmp_path):
    prints = []
    for value in ("first-Value-1", "the-second-one-is-longer-2"):
        (tmp_path / "a.py").write_text(f'import os\npassword = "{value}"; os.system(x)\n')
        prints.append(
            [(one.line_hash, one.fingerprint) for one in identified(tmp_path, at(2), at(2, OTHER), at(1, OTHER))]
        )
    assert prints[0] == prints[1], "the line before is hashed together with the one after it"


def test_two_secrets_on_lines_that_look_the_same_once_hidden_are_told_apart(tmp_path):
    gap = "x = 1\n" * 40
    (tmp_path / "a.py").write_text(f'password = "first-Value-1"\n{gap}password = "other-Value-2"\n{gap}')
    one, two = identified(tmp_path, at(1), at(42))
    assert one.line_hash.endswith(":1")
    assert two.line_hash == one.line_hash.removesuffix("1") + "2"
    assert one.fingerprint != two.fingerprint


def test_a_line_without_a_secret_is_hashed_as_it_is(tmp_path):
    (tmp_path / "a.py").write_text('password = "first-Value-1"\n' + "x\n" * 60 + "os.system(x)\n")
    with_secret, other = identified(tmp_path, at(1), at(62, OTHER))
    (alone,) = identify([at(62, OTHER)], Places(tmp_path))
    assert (other.line_hash, other.fingerprint) == (alone.line_hash, alone.fingerprint)
    assert with_secret.line_hash != identify([at(1)], Places(tmp_path))[0].line_hash


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "pass",
            "pass ",
            "key=",
            "key: ",
            "key:a,",
            "key='",
            'key=\\"',
            "=",
            "://",
            "://a:b",
            "ENV pass",
            "bearer ",
            "auth: basic ",
        ),
        *('\\"', '"\\', "`", "/", "+/_", " ", "\n", "\n-", "\n+/", "\\n/", "a(", "Aa1(", "/Aa1", "{{"),
    ],
)
def test_no_line_takes_more_time_than_its_length_is_worth(piece):
    for text in (piece * (20_000 // len(piece)), piece * (20_000 // len(piece)) + "_(", f'key="{piece * 5_000}'):
        began = time.process_time()
        found(text)
        found(text, SPOKEN)
        found(text, category=Category.SECRET, location=Location("a", 1, 2))
        assert time.process_time() - began < 1
