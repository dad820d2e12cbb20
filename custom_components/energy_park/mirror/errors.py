"""How a database fails, and what to do about it."""

from enum import Enum, StrEnum, auto
import ssl

import asyncpg


class MirrorError(Exception):
    """The database could not do what was asked.

    The text names what failed in this project's words and holds no secret.
    """


class UnreachableError(MirrorError):
    """No answer: unknown name, refused connection, time-out."""


class NotReadyError(MirrorError):
    """The server answers and takes no connection now: it starts, stops or is full."""


class TlsRefusedError(MirrorError):
    """The server does not speak TLS."""


class CertificateError(MirrorError):
    """The server's certificate is not one that is trusted."""


class NotAdmittedError(MirrorError):
    """The server's rules (pg_hba.conf) do not admit this user from here, or not so."""


class WrongPasswordError(MirrorError):
    """The user or the password is wrong."""


class NoSuchDatabaseError(MirrorError):
    """The server has no database of this name."""


class NoRightError(MirrorError):
    """The user lacks a right; the text names it."""


class TooOldError(MirrorError):
    """The server is older than what is supported."""


class ReadOnlyError(MirrorError):
    """The server takes no writes: a standby, or a maintenance."""


class SchemaNameError(MirrorError):
    """No schema can have the name that is asked for."""


class SchemaMissingError(MirrorError):
    """The schema is not there, or is older than this version needs."""


class Problem(StrEnum):
    """What keeps the mirror from its work, or what was lost: told once each."""

    UNREACHABLE = "unreachable"
    NOT_READY = "not_ready"
    TLS_REFUSED = "tls_refused"
    CERTIFICATE = "certificate"
    NOT_ADMITTED = "not_admitted"
    WRONG_PASSWORD = "wrong_password"
    NO_SUCH_DATABASE = "no_such_database"
    NO_RIGHT = "no_right"
    TOO_OLD = "too_old"
    READ_ONLY = "read_only"
    SCHEMA_MISSING = "schema_missing"
    SERVER_FULL = "server_full"
    SERVER_ERROR = "server_error"
    CLOCK_WRONG = "clock_wrong"
    TIME_ZONE_UNKNOWN = "time_zone_unknown"
    TWO_WRITERS = "two_writers"
    ROWS_QUARANTINED = "rows_quarantined"
    ROWS_CONFLICT = "rows_conflict"
    ROWS_THINNED = "rows_thinned"
    ROWS_LOST = "rows_lost"
    SPOOL_IN_MEMORY = "spool_in_memory"
    SPOOL_DAMAGED = "spool_damaged"
    SPOOL_FULL = "spool_full"


class Remedy(Enum):
    """What the writer does after an error."""

    RECONNECT = auto()
    """Connect again, soon and then ever more slowly; nothing is wrong with the rows."""

    MEND_SCHEMA = auto()
    """Run the migrations, then send again."""

    FIND_BAD_ROW = auto()
    """One row is not acceptable: find it, set it aside, send the others."""


_PROBLEM_OF_ERROR: dict[type[MirrorError], Problem] = {
    UnreachableError: Problem.UNREACHABLE,
    NotReadyError: Problem.NOT_READY,
    TlsRefusedError: Problem.TLS_REFUSED,
    CertificateError: Problem.CERTIFICATE,
    NotAdmittedError: Problem.NOT_ADMITTED,
    WrongPasswordError: Problem.WRONG_PASSWORD,
    NoSuchDatabaseError: Problem.NO_SUCH_DATABASE,
    NoRightError: Problem.NO_RIGHT,
    TooOldError: Problem.TOO_OLD,
    ReadOnlyError: Problem.READ_ONLY,
    SchemaMissingError: Problem.SCHEMA_MISSING,
}

# PostgreSQL, appendix A: a code, or a class of codes by its first two characters.
# The longer key wins.
_ERRORS: dict[str, tuple[type[MirrorError], str]] = {
    "08": (UnreachableError, "the connection broke"),
    "28000": (WrongPasswordError, "the server refuses this user"),
    "28P01": (WrongPasswordError, "wrong user or password"),
    "3D": (NoSuchDatabaseError, "no such database"),
    "25006": (ReadOnlyError, "the server is read-only"),
    "42501": (NoRightError, "a right is missing"),
    "42P01": (SchemaMissingError, "a table is missing"),
    "42703": (SchemaMissingError, "a column is missing"),
    "42883": (SchemaMissingError, "a function is missing"),
    "3F": (SchemaMissingError, "the schema is missing"),
    "53300": (NotReadyError, "the server has no connection left"),
    "57P": (NotReadyError, "the server starts or stops"),
}


def sqlstate(error: BaseException) -> str | None:
    """Return the five characters that PostgreSQL gave the error, None without."""
    return error.sqlstate if isinstance(error, asyncpg.PostgresError) else None


def remedy(error: BaseException) -> Remedy:
    """Decide what to do after an error of a statement.

    A wrong value is the row's fault (classes 21, 22 and 23, and what the driver
    itself cannot encode); a missing table is the schema's; all else is the
    server's or the network's, and passes.
    """
    code = sqlstate(error)
    if code is None:
        bad = isinstance(error, asyncpg.DataError | OverflowError)
        return Remedy.FIND_BAD_ROW if bad else Remedy.RECONNECT
    if code[:2] in {"21", "22", "23"} or code in {"54000", "54001"}:
        return Remedy.FIND_BAD_ROW
    if _find(code)[0] is SchemaMissingError:
        return Remedy.MEND_SCHEMA
    return Remedy.RECONNECT


def problem(error: BaseException) -> Problem:
    """Return the word that tells about an error."""
    if isinstance(error, MirrorError):
        return _PROBLEM_OF_ERROR.get(type(error), Problem.SERVER_ERROR)
    code = sqlstate(error)
    if code is None:
        network = isinstance(error, OSError | asyncpg.InterfaceError)
        return Problem.UNREACHABLE if network else Problem.SERVER_ERROR
    if code in {"53100", "53200"} or code.startswith("58"):
        return Problem.SERVER_FULL
    return _PROBLEM_OF_ERROR.get(_find(code)[0], Problem.SERVER_ERROR)


def translate(error: BaseException) -> MirrorError:
    """Return an error of asyncpg, of TLS or of the network in our own words.

    The server's own text may hold names and values and is left out.
    """
    if isinstance(error, MirrorError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateError(f"certificate refused: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return CertificateError("the TLS handshake failed")
    if isinstance(error, ConnectionError) and "SSL upgrade" in str(error):
        return TlsRefusedError("the server does not speak TLS")
    if isinstance(error, TimeoutError):
        return UnreachableError("no answer in time")
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return ReadOnlyError("the server is read-only")
    code = sqlstate(error)
    if code is None:
        return UnreachableError(f"no connection ({type(error).__name__})")
    # The file's name is the same in every language of the server.
    if code == "28000" and "pg_hba.conf" in str(error):
        return NotAdmittedError("pg_hba.conf does not admit this user from here")
    kind, words = _find(code)
    return kind(words or f"the server refuses (SQLSTATE {code})")


def _find(code: str) -> tuple[type[MirrorError], str]:
    for length in (5, 3, 2):
        if found := _ERRORS.get(code[:length]):
            return found
    return MirrorError, ""
