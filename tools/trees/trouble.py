"""What can go wrong around the trees, as one sentence and an exit code."""

TRY_AGAIN = 75  # EX_TEMPFAIL: the mirror, a busy port, another run
MISSING = 78  # EX_CONFIG: this machine lacks something that a person must provide


class Trouble(Exception):
    """A failure a person can act on: str() is one clear sentence."""

    def __init__(self, sentence: str, code: int = TRY_AGAIN):
        super().__init__(sentence)
        self.code = code
