"""What the fake answers when it does not do as it was asked: the bodies, codes and statuses of Stripe.

An answer is either `saved` under the request's idempotency key or not. Stripe saves whatever an endpoint
answers once it has begun to execute, declines and server errors included; it saves nothing when the
parameters do not hold, when the caller is unknown, or when another request with the key is still under way.
"""

from __future__ import annotations

from typing import Any


class StripeError(Exception):
    """An error reply: `status` is the HTTP status, `body` the JSON document.

    `saved` says whether a repetition with the same idempotency key is answered with it again.
    """

    def __init__(
        self,
        status: int,
        type_: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        saved: bool = True,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.headers = headers or {}
        fields = {"type": type_, "code": code, "param": param, "message": message, **more}
        self.body = {"error": {name: value for name, value in fields.items() if value is not None}}


def invalid(message: str, *, code: str | None = None, param: str | None = None, **more: Any) -> StripeError:
    """The request is well formed, but the state of things does not allow it."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, **more)


def bad_parameter(message: str, *, code: str | None = None, param: str | None = None) -> StripeError:
    """A parameter does not hold; the endpoint has not begun to execute, so that the key stays free."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, saved=False)


def unknown_parameter(param: str) -> StripeError:
    return bad_parameter(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing_parameter(param: str) -> StripeError:
    return bad_parameter(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(kind: str, identifier: str, *, param: str, in_path: bool) -> StripeError:
    """404 when the id is in the path, 400 when it is a parameter; neither lets the endpoint begin."""
    return StripeError(
        404 if in_path else 400,
        "invalid_request_error",
        f"No such {kind}: '{identifier}'",
        code="resource_missing",
        param=param,
        saved=False,
    )


def unrecognized(method: str, path: str) -> StripeError:
    return StripeError(
        404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).", saved=False
    )


def unauthorized(key: str | None) -> StripeError:
    message = "You did not provide an API key." if key is None else f"Invalid API Key provided: {key[:8]}***"
    return StripeError(401, "invalid_request_error", message, saved=False)


def no_access(account: str) -> StripeError:
    return StripeError(
        403,
        "invalid_request_error",
        f"The provided key does not have access to account '{account}' (or that account does not exist).",
        code="account_invalid",
        saved=False,
    )


def balance_insufficient(whose: str) -> StripeError:
    return invalid(f"There are insufficient funds in {whose} for this.", code="balance_insufficient")


def key_in_use(key: str | None) -> StripeError:
    return StripeError(
        409,
        "idempotency_error",
        f"There is currently another in-progress request using this Idempotent Key: {key}",
        code="idempotency_key_in_use",
        saved=False,
    )


def key_reused(key: str, first_path: str | None) -> StripeError:
    """Another request under a known key; `first_path` is given when it is not even the same endpoint."""
    what = "with the same parameters they were first used with"
    if first_path is not None:
        what = f"for the same endpoint they were first used for ('{first_path}')"
    return StripeError(
        400,
        "idempotency_error",
        f"Keys for idempotent requests can only be used {what}. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        saved=False,
    )


def key_too_long() -> StripeError:
    return StripeError(
        400, "idempotency_error", "Idempotency keys can be at most 255 characters long.", saved=False
    )


def rate_limited() -> StripeError:
    return StripeError(
        429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit", saved=False
    )


def server_error(*, saved: bool) -> StripeError:
    """What Stripe says when it failed itself.

    Once saved it is all that this key will ever be told, and the header asks clients to spare the retries.
    """
    return StripeError(
        500,
        "api_error",
        "An unknown error occurred.",
        saved=saved,
        headers={"Stripe-Should-Retry": "false"} if saved else {},
    )
