"""What a library written in Rust raises where it breaks down, by PyO3."""


class PanicException(BaseException):
    """Has the name of PyO3's own, which cannot be imported."""
