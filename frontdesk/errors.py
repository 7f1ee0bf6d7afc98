"""What the product refuses. A class a refusal; its docstring is what the person reads."""


class FrontdeskError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "")
