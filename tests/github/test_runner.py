"""The step's summary stays within its room, and only known words become outputs."""

import pytest

from secgate.errors import PublishError
from secgate.github.runner import OUTPUTS, SUMMARY_MAX, room, summarise, tell


def test_outputs_are_words_that_are_known_beforehand(tmp_path):
    place = tmp_path / "output"
    tell({"GITHUB_OUTPUT": str(place)}, {"verdict": "blocked", "exit-code": "1"})
    tell({"GITHUB_OUTPUT": str(place)}, {"published": "partly"})
    assert place.read_text() == "verdict=blocked\nexit-code=1\npublished=partly\n"


@pytest.mark.parametrize(
    "outputs", [{"verdict": "pass\nverdict=pass"}, {"verdict": ""}, {"other": "pass"}, {"exit-code": "9"}]
)
def test_nothing_else_is_written(tmp_path, outputs):
    place = tmp_path / "output"
    with pytest.raises(ValueError, match="cannot be"):
        tell({"GITHUB_OUTPUT": str(place)}, {"verdict": "pass"} | outputs)
    assert not place.exists()


def test_every_output_is_a_plain_word():
    assert all(value.isalnum() for values in OUTPUTS.values() for value in values)


def test_without_the_runners_files_nothing_is_written():
    tell({}, {"verdict": "pass"})
    summarise({}, "x")
    assert room({}) == 0


def test_the_summary_takes_a_mebibyte_and_not_one_byte_more(tmp_path):
    place = tmp_path / "summary"
    environ = {"GITHUB_STEP_SUMMARY": str(place)}
    assert room(environ) == SUMMARY_MAX
    place.write_text("from an earlier step\n")
    summarise(environ, "x" * room(environ))
    assert (place.stat().st_size, room(environ)) == (SUMMARY_MAX, 0)
    with pytest.raises(PublishError, match="no room"):
        summarise(environ, "x")


def test_a_summary_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(PublishError, match="cannot be written"):
        summarise({"GITHUB_STEP_SUMMARY": str(tmp_path)}, "x")
