"""What proves somebody beside a login: tokens of the API, one-time links; and tries that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from techwatch.model import Account, Invitation, Token
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import RowMapping

    from techwatch.storage.database import Database

    Wait = Callable[[int, timedelta], timedelta]  # failures, time since the last -> how long yet


class CredentialStore:
    """Tokens, links and tries. Of what proves somebody only hashes are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------------ tokens

    def add_token(
        self,
        key: str,
        account_id: int,
        name: str,
        scopes: Collection[str],
        now: datetime,
        until: datetime | None,
        most: int,
    ) -> Token | None:
        """Keep a token under its hash; None where the account has as many in force as it may.

        None too where the account was disabled meanwhile. Tokens that have ended are dropped.
        """
        row = {
            "key": key,
            "account_id": account_id,
            "name": name,
            "scopes": sorted(scopes),
            "made_at": now,
            "until": until,
        }
        of, account = t.tokens.c, t.accounts.c
        mine = select(func.count()).where(of.account_id == account_id)
        enabled = select(account.id).where(account.id == account_id, account.disabled_at.is_(None))
        with self._database.write(Area.PEOPLE) as connection:
            over = delete(t.tokens).where(of.account_id == account_id, of.until <= now)
            connection.execute(over)
            if (connection.scalar(mine) or 0) >= most or connection.scalar(enabled) is None:
                return None
            connection.execute(insert(t.tokens).values(row))
            made = select(t.tokens).where(t.tokens.c.key == key)
            return _token(connection.execute(made).mappings().one())

    def tokens(self, account_id: int) -> Sequence[Token]:
        """List an account's tokens, the first made first."""
        of = t.tokens.c
        wanted = select(t.tokens).where(of.account_id == account_id).order_by(of.id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(wanted).mappings()]

    def token(self, key: str) -> tuple[Token, Account] | None:
        """Find a token with its account."""
        with self._database.read() as connection:
            wanted = select(t.tokens).where(t.tokens.c.key == key)
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return None
            of = select(t.accounts).where(t.accounts.c.id == row["account_id"])
            return _token(row), Account(**connection.execute(of).mappings().one())

    def used(self, token_id: int, now: datetime) -> None:
        """Note that a token is in use."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(
                update(t.tokens).where(t.tokens.c.id == token_id).values(used_at=now)
            )

    def revoke(self, token_id: int, account_id: int) -> Token | None:
        """Take a token of an account away; None where it has none such."""
        mine = (t.tokens.c.id == token_id, t.tokens.c.account_id == account_id)
        with self._database.write(Area.PEOPLE) as connection:
            row = connection.execute(select(t.tokens).where(*mine)).mappings().first()
            connection.execute(delete(t.tokens).where(*mine))
        return _token(row) if row else None

    # ------------------------------------------------------------------ one-time links

    def invite(
        self,
        key: str,
        role: str,
        account_id: int | None,
        made_by: str,
        now: datetime,
        until: datetime,
        *,
        instead: bool = False,
    ) -> Invitation:
        """Keep a link under its hash; `instead`: those of the same maker and account end."""
        row = {
            "key": key,
            "role": role,
            "account_id": account_id,
            "made_by": made_by,
            "made_at": now,
            "until": until,
        }
        of = t.invitations.c
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.invitations).where(of.until < now))
            if instead:
                same = of.account_id.is_not_distinct_from(account_id)
                connection.execute(delete(t.invitations).where(of.made_by == made_by, same))
            connection.execute(insert(t.invitations).values(row))
            made = connection.execute(select(t.invitations).where(of.key == key))
            return _invitation(made.mappings().one())

    def invitations(self, now: datetime) -> Sequence[Invitation]:
        """List links in force, the last made first; at most 200."""
        of = t.invitations.c
        wanted = select(t.invitations).where(of.until > now).order_by(of.id.desc()).limit(200)
        with self._database.read() as connection:
            return [_invitation(row) for row in connection.execute(wanted).mappings()]

    def invitation(self, key: str, now: datetime) -> Invitation | None:
        """Find a link in force."""
        of = t.invitations.c
        wanted = select(t.invitations).where(of.key == key, of.until > now)
        with self._database.read() as connection:
            row = connection.execute(wanted).mappings().first()
        return _invitation(row) if row else None

    def withdraw(self, invitation_id: int) -> bool:
        """End a link; False where it is not there."""
        of = delete(t.invitations).where(t.invitations.c.id == invitation_id)
        with self._database.write(Area.PEOPLE) as connection:
            return connection.execute(of).rowcount > 0

    # ------------------------------------------------------------------ tries

    def begin(self, waits: Mapping[str, Wait], now: datetime, kept: timedelta) -> float:
        """Count a try that may fail under each key, unless one of them has to wait.

        It is counted before it is known how it ends, so that many at once are counted too.

        Args:
            waits: by key (a hash): how long to wait after so many failures.
            now: the time.
            kept: how long failures are remembered.

        Returns:
            Seconds to wait; 0 where the try was counted and may go on.
        """
        of = t.tries.c
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.tries).where(of.last_at < now - kept))
            rows = connection.execute(select(t.tries).where(of.key.in_(waits))).all()
            wait = max(
                (waits[row.key](row.failures, now - row.last_at) for row in rows), default=None
            )
            if wait is not None and wait.total_seconds() > 0:
                return wait.total_seconds()
            known = {row.key for row in rows}
            again = update(t.tries).where(of.key.in_(known))
            connection.execute(again.values(failures=of.failures + 1, last_at=now))
            fresh = [{"key": key, "failures": 1, "last_at": now} for key in waits.keys() - known]
            if fresh:
                connection.execute(insert(t.tries), fresh)
        return 0

    def succeeded(self, forgotten: Collection[str], uncounted: Collection[str]) -> None:
        """Note that a try did not fail: some keys begin anew, others lose just this one."""
        of = t.tries.c
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.tries).where(of.key.in_(forgotten)))
            less = update(t.tries).where(of.key.in_(uncounted), of.failures > 0)
            connection.execute(less.values(failures=of.failures - 1))


def _token(row: RowMapping) -> Token:
    values = {name: value for name, value in row.items() if name != "key"}
    return Token(**values | {"scopes": tuple(row["scopes"])})


def _invitation(row: RowMapping) -> Invitation:
    return Invitation(**{name: value for name, value in row.items() if name != "key"})
