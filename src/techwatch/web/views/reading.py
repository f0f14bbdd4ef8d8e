"""Views that ask much of the store, of one state and in one transaction."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.watch import Watch

Asked = ParamSpec("Asked")
Shown = TypeVar("Shown")


def of_one_state(
    view: Callable[Concatenate[Watch, Asked], Shown],
) -> Callable[Concatenate[Watch, Asked], Shown]:
    """Have all that a view reads be of one state; it must write nothing that it reads later."""

    @wraps(view)
    def reading(watch: Watch, /, *args: Asked.args, **named: Asked.kwargs) -> Shown:
        with watch.store.database.reading():
            return view(watch, *args, **named)

    return reading
