from __future__ import annotations

import gc

import pytest

from techwatch import collector


def test_the_collector_rests_and_goes_on() -> None:
    with collector.paused():
        assert not gc.isenabled()
        with collector.paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_built_is_not_gone_over_again() -> None:
    with collector.paused():
        built = [[number] for number in range(1000)]
    assert gc.get_freeze_count() >= len(built)


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), collector.paused():
        raise KeyError
    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()
    try:
        with collector.paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
