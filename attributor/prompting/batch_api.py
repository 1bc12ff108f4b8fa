"""The OpenAI Batch API: files of requests that are answered within a day, at half the price.

    line -> (a file) -> upload -> submit -> look, again and again -> download -> results

https://developers.openai.com/api/docs/guides/batch. A batch is found again by its name, which
stands in its metadata: whoever was interrupted while submitting it looks for it first.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from attributor.errors import AccessError, BusyError, ModelError, RequestError
from attributor.messages import Answer, Request
from attributor.prompting import complaints, prices
from attributor.prompting.client import Asker
from attributor.prompting.completions import object_in
from attributor.prompting.dialects import Dialect
from attributor.prompting.server_errors import complaint_of, is_transient, shown, status_error

if TYPE_CHECKING:
    from openai.types import Batch, FileObject

T = TypeVar("T")

ENDPOINT: Final = "/v1/chat/completions"
"""Where the server is to send each request of a file."""
MAX_FILE_REQUESTS = 50_000
"""How many requests one file may hold."""
MAX_FILE_BYTES = 200_000_000
"""How large one file of requests may be."""
NAME_KEY = "attributor"
"""The key of the metadata that holds a batch's name."""
KEPT_SECONDS = 30 * 24 * 3600
"""How long the server is asked to keep files: as long as it can."""
CONNECT_SECONDS = 10.0
"""How long a server may take to accept the connection for an upload."""
STORE_SECONDS = 600.0
"""How long a server may take to say that it has an uploaded file."""
CLOCK_SKEW_SECONDS = 24 * 3600
"""How far the server's clock may be behind."""
UNKNOWN = "unknown"
"""The status of a batch that the server does not know."""
_NOT_TAKEN_STATUSES = (*range(400, 500), 503)
"""HTTP statuses that say that nothing was done; after any other, or none, nobody knows."""
OVER = frozenset({"completed", "failed", "expired", "cancelled", UNKNOWN})
"""The statuses of batches of which nothing more comes."""
NAMES = OVER | {"validating", "in_progress", "finalizing", "cancelling"}
"""Every status that there is; a server may make up others."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a batch stands.

    Attributes:
        name: as the server says: validating, in_progress, completed, expired …
        completed: requests that were answered.
        withholds: whether it names no file with their answers, although it should.
        output: the id of the file with the answers, in no order; empty if there is none.
        errors: the same of the requests that failed.
        code: of what is wrong with the whole file; empty if nothing is.
        complaint: the same in the server's words, harmless to show.
    """

    name: str
    completed: int = 0
    withholds: bool = False
    output: str = ""
    errors: str = ""
    code: str = ""
    complaint: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.name in OVER


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one request: an answer, an error, or neither: then it may be asked again."""

    custom_id: str
    answer: Answer | None = None
    error: ModelError | None = None


class BatchApi:
    """The Batch API of the server that `asker` asks.

    Args:
        asker: asks the server.
        seconds_kept: for how long the server keeps files, at most `KEPT_SECONDS`.
    """

    def __init__(self, asker: Asker, seconds_kept: float = KEPT_SECONDS) -> None:
        self._asker, self.seconds_kept = asker, seconds_kept
        self.host = asker.host
        # Without a password: it is kept in stores, and a new password is no other server.
        self.address = str(asker.client.base_url.copy_with(userinfo=b"", query=None))

    def line(self, custom_id: str, request: Request) -> bytes:
        """The request as a line of a file."""
        fields = {
            "custom_id": custom_id,
            "method": "POST",
            "url": ENDPOINT,
            "body": self._asker.body(request),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    async def upload(self, name: str, file: IO[bytes]) -> str:
        """Give the server a file of lines; gives the file's id there. Nothing is bought by it.

        Raises:
            ModelError: the server did not take it.
        """
        import httpx2
        import openai

        patient = httpx2.Timeout(STORE_SECONDS, connect=CONNECT_SECONDS)

        async def send() -> str:
            file.seek(0)
            try:
                sent = await self._asker.client.files.create(
                    file=(f"{name}.jsonl", file),
                    purpose="batch",
                    expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
                    timeout=patient,
                )
            except openai.NotFoundError as error:
                raise RequestError(
                    f"The server '{self.host}' has no Batch API (HTTP 404); leave --via away, or "
                    "check --base-url."
                ) from error
            return _id(sent)

        return await self._asked(send)

    async def find(self, name: str, file_id: str, since: float) -> str | None:
        """The id of the batch with this name; None if the server has none.

        Args:
            name: see `submit`.
            file_id: of the file that it answers.
            since: when that was uploaded, in seconds since the epoch.

        Raises:
            AccessError: the server does not have the file, and would have to.
            ModelError: the server does not say.
        """

        async def look() -> str | None:
            batch_id = await self._find(name, since)
            if batch_id is None:
                await self._check_account(file_id, since, f"the file '{file_id}'")
            return batch_id

        return await self._asked(look)

    async def submit(self, name: str, file_id: str) -> str:
        """Have an uploaded file answered; gives its batch's id.

        Args:
            name: of the batch, which nobody else has.
            file_id: see `upload`.

        Raises:
            RequestError: the server will never take it.
            BusyError: the server did not take it, or nobody knows: `find` it before the next try.
            ModelError: the server did not take it.
        """
        import openai

        async def send() -> str:
            try:
                batch = await self._asker.client.batches.create(
                    input_file_id=file_id,
                    endpoint=ENDPOINT,
                    completion_window="24h",
                    metadata={NAME_KEY: name},
                    output_expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
                )
            except openai.NotFoundError as error:
                raise RequestError(
                    f"The Batch API of '{self.host}' rejects the file of requests (HTTP 404): "
                    f"'{shown(complaint_of(error).shown)}'; try another server, or leave --via "
                    "away."
                ) from error
            except openai.APIError as error:
                if getattr(error, "status_code", 0) in _NOT_TAKEN_STATUSES:
                    raise
                raise BusyError(
                    f"The Batch API of '{self.host}' did not say whether it has taken the file of "
                    "requests; try again later."
                ) from error
            return _id(batch)

        return await self._asked(send)

    async def look(self, batch_id: str, file_id: str, since: float) -> Status:
        """How the batch stands; unknown, if the server has none with this id.

        Args:
            batch_id: see `submit`.
            file_id: of the file that it answers.
            since: when that was uploaded, in seconds since the epoch.

        Raises:
            AccessError: the server knows neither, and would have to: it is another account's.
            ModelError: the server does not say.
        """
        import openai

        client = self._asker.client

        async def ask() -> Status:
            try:
                return _status(await client.batches.retrieve(batch_id))
            except openai.NotFoundError:
                return await known()

        async def known() -> Status:
            what = f"the batch '{batch_id}' and its file"
            await self._check_account(file_id, since, what)
            return Status(UNKNOWN)

        return await self._asked(ask)

    async def _check_account(self, file_id: str, since: float, what: str) -> None:
        """See that an uploaded file is there, as long as it is kept.

        Raises:
            AccessError: it is not: it is another account's.
        """
        import openai

        try:
            await self._asker.client.files.retrieve(file_id)
        except openai.NotFoundError as error:
            if since >= time.time() - self.seconds_kept:
                raise AccessError(
                    f"The server '{self.host}' does not know {what}, although it was given them: "
                    "use the key of the account and project that they were given with; the "
                    "answers are there."
                ) from error

    async def download(self, file_id: str, into: IO[bytes]) -> bool:
        """Write the whole of a file of the server's into an empty one; false if it has none.

        Raises:
            ModelError: it cannot be had.
        """
        import httpx2
        import openai

        async def fetch() -> bool:
            into.seek(0)
            into.truncate()
            files = self._asker.client.files.with_streaming_response
            try:
                async with files.content(file_id) as response:
                    async for chunk in response.iter_bytes():
                        into.write(chunk)
            except openai.NotFoundError:
                return False
            except httpx2.RequestError as error:
                request = httpx2.Request("GET", str(self._asker.client.base_url))
                if isinstance(error, httpx2.TimeoutException):
                    raise openai.APITimeoutError(request=request) from error
                raise openai.APIConnectionError(request=request) from error
            into.seek(0)
            return True

        return await self._asked(fetch)

    def results(self, lines: Iterable[bytes]) -> Iterator[Result]:
        """What the lines of a downloaded file say, one by one."""
        sent = self._asker.dialect  # many lines may complain of the same: it is changed once
        for line in lines:
            fields = _fields(line)
            custom_id = fields.get("custom_id")
            if isinstance(custom_id, str):  # else its request counts as not answered
                yield self._result(custom_id, object_in(fields.get("response")), sent)

    def _result(self, custom_id: str, response: dict[str, Any], sent: Dialect) -> Result:
        status, body = response.get("status_code"), response.get("body")
        if not isinstance(status, int):  # it expired, was cancelled, or got lost
            return Result(custom_id)
        text = json.dumps(body)
        complaint = complaints.inside(text) if status == 200 else complaints.read(status, text)
        if complaint is None:
            return self._answered(custom_id, text)
        error = status_error(complaint)
        if self._asker.adapts(error, sent) or is_transient(error):
            return Result(custom_id)
        return Result(custom_id, error=self._asker.explained(error))

    def _answered(self, custom_id: str, text: str) -> Result:
        try:
            answer = self._asker.read(custom_id, text)
        except ModelError as error:
            return Result(custom_id, error=error)
        cost = answer.usage.cost_usd
        halved = None if cost is None else cost * prices.BATCH_API_SHARE
        return Result(custom_id, answer.costing(halved))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._asker.aclose()

    async def _asked(self, call: Callable[[], Awaitable[T]]) -> T:
        """The result of a call, tried again as long as that makes sense."""
        try:
            return await self._asker.persistently(call)
        except (AttributeError, TypeError, ValueError) as error:  # the page of a proxy
            raise BusyError(
                f"The server '{self.host}' gave no answer of a Batch API; check --base-url, or try "
                "again later."
            ) from error

    async def _find(self, name: str, since: float) -> str | None:
        """The id of the batch with this name; None if there is none.

        Raises:
            BusyError: the server does not say.
        """
        import openai

        try:
            async for batch in self._asker.client.batches.list(limit=100):  # the newest first
                if (batch.metadata or {}).get(NAME_KEY) == name:
                    return _id(batch)
                if batch.created_at < since - CLOCK_SKEW_SECONDS:
                    break
        except openai.APIStatusError as error:
            if not isinstance(self._asker.explained(error), RequestError):
                raise
            raise BusyError(
                f"The Batch API of '{self.host}' does not say which batches it has (HTTP "
                f"{error.status_code}), and it may have one of ours; try again later, or give up "
                "with 'attributor batch abandon' what it has."
            ) from error
        return None


def _id(stored: Batch | FileObject) -> str:
    """The id that the server gave; the client does not check whether it gave one."""
    if not isinstance(stored.id, str):
        raise TypeError(stored)
    return stored.id


def _fields(line: bytes) -> dict[str, Any]:
    """The JSON object of a line; an empty one if there is none."""
    try:
        return object_in(json.loads(line))
    except ValueError:
        return {}


def _status(batch: Batch) -> Status:
    if not isinstance(batch.status, str):
        raise TypeError(batch)
    completed = getattr(batch.request_counts, "completed", None) or 0
    is_answered = completed > 0 or (batch.status == "completed" and not batch.error_file_id)
    errors = (batch.errors.data if batch.errors else None) or []
    return Status(
        batch.status,
        completed=completed,
        withholds=batch.status in OVER and not batch.output_file_id and is_answered,
        output=batch.output_file_id or "",
        errors=batch.error_file_id or "",
        code=(errors[0].code if errors else None) or "",
        complaint=shown((errors[0].message if errors else None) or ""),
    )
