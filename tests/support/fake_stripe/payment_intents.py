"""The endpoints of payment intents; what confirming does is in `confirmation`."""

from __future__ import annotations

from tests.support.fake_stripe import charges, confirmation
from tests.support.fake_stripe.customers import payment_method
from tests.support.fake_stripe.errors import bad_parameter, invalid
from tests.support.fake_stripe.forms import Shape, amount, boolean, currency, metadata, one_of, text, texts
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World

_CAPTURE_METHOD = one_of("automatic", "automatic_async", "manual")
_SETUP = one_of("off_session", "on_session")


def _off_session(name: str, raw: object) -> bool:
    return bool(one_of("true", "false", "one_off", "recurring")(name, raw) != "false")


def _no_longer_supported(name: str, raw: object) -> object:
    raise bad_parameter(
        "The payment_method_types parameter is no longer supported.",
        code="payment_method_types_no_longer_supported",
        param=name,
    )


_CONFIRM: Shape = {
    "payment_method": text,
    "off_session": _off_session,
    "return_url": text,
    "error_on_requires_action": boolean,
    "receipt_email": text,
    "setup_future_usage": _SETUP,
    "capture_method": _CAPTURE_METHOD,
}
_UPDATE: Shape = {
    "payment_method": text,
    "description": text,
    "metadata": metadata,
    "receipt_email": text,
    "transfer_group": text,
}
_CREATE: Shape = {
    **_CONFIRM,
    **_UPDATE,
    "amount": amount,
    "currency": currency,
    "customer": text,
    "confirm": boolean,
    "allowed_payment_method_types": texts,
    "payment_method_types": _no_longer_supported,
    "automatic_payment_methods": {"enabled": boolean, "allow_redirects": one_of("always", "never")},
    "statement_descriptor_suffix": text,
}


def _create(world: World, call: Call) -> Object:
    confirms = call.get("confirm", False)
    if not confirms:
        for name in ("off_session", "return_url", "error_on_requires_action"):
            if name in call.params:
                raise bad_parameter(f"`{name}` can only be given when `confirm` is true.", param=name)
    if {"allowed_payment_method_types", "automatic_payment_methods"} <= set(call.params):
        raise bad_parameter(
            "`allowed_payment_method_types` cannot be combined with `automatic_payment_methods`.",
            param="allowed_payment_method_types",
        )
    if "card" not in call.get("allowed_payment_method_types", ["card"]):
        raise bad_parameter("The fake has cards and nothing else.", param="allowed_payment_method_types")
    customer = call.get("customer")
    if customer is not None:
        world.store.get(call.account, "customer", customer, param="customer", in_path=False)
    method = None
    if "payment_method" in call.params:
        method = payment_method(world, call.account, call.params["payment_method"])
    if confirms:
        confirmation.check(method, customer, _automatic(call), call)
    intent = world.store.add(call.account, _new_intent(world, call, method))
    world.record("payment_intent.created", intent, call.account)
    if confirms:
        assert method is not None
        confirmation.attempt(world, call.account, intent, method, call)
    return intent


def _automatic(call: Call) -> Object | None:
    """Which payment methods it takes: by default all that the dashboard allows, some of which redirect."""
    if "allowed_payment_method_types" in call.params:
        return None
    chosen = call.get("automatic_payment_methods", {})
    return {
        "enabled": chosen.get("enabled", True),
        "allow_redirects": chosen.get("allow_redirects", "always"),
    }


def _new_intent(world: World, call: Call, method: Object | None) -> Object:
    identifier = new_id("pi")
    return {
        "id": identifier,
        "object": "payment_intent",
        "allowed_payment_method_types": call.get("allowed_payment_method_types"),
        "amount": call.params["amount"],
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": _automatic(call),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": call.get("capture_method", "automatic_async"),
        "client_secret": f"{identifier}_secret_{new_id('s')[2:]}",
        "confirmation_method": "automatic",
        "created": world.clock.now,
        "currency": call.params["currency"],
        "customer": call.get("customer"),
        "description": call.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": call.metadata(),
        "next_action": None,
        "payment_method": method and method["id"],
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": call.get("receipt_email"),
        "setup_future_usage": call.get("setup_future_usage"),
        "statement_descriptor_suffix": call.get("statement_descriptor_suffix"),
        "status": "requires_payment_method" if method is None else "requires_confirmation",
        "transfer_data": None,
        "transfer_group": call.get("transfer_group"),
    }


def _intent(world: World, call: Call) -> Object:
    return world.store.get(call.account, "payment_intent", call.ids[0], param="intent")


def _update(world: World, call: Call) -> Object:
    intent = _intent(world, call)
    if intent["status"] in {"succeeded", "canceled"} and set(call.params) - {"description", "metadata"}:
        raise confirmation.unexpected_state(world, intent, "update")
    for name, value in call.params.items():
        if name == "payment_method":
            intent[name] = payment_method(world, call.account, value)["id"]
            intent["status"] = "requires_confirmation"
        else:
            intent[name] = call.metadata(intent[name]) if name == "metadata" else value
    return intent


def _confirm(world: World, call: Call) -> Object:
    intent = _intent(world, call)
    if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
        raise confirmation.unexpected_state(world, intent, "confirm")
    chosen = call.get("payment_method", intent["payment_method"])
    method = None if chosen is None else payment_method(world, call.account, chosen)
    confirmation.check(method, intent["customer"], intent["automatic_payment_methods"], call)
    assert method is not None
    for name in ("receipt_email", "setup_future_usage", "capture_method"):
        intent[name] = call.get(name, intent[name])
    confirmation.attempt(world, call.account, intent, method, call)
    return intent


def _capture(world: World, call: Call) -> Object:
    intent = _intent(world, call)
    if intent["status"] != "requires_capture":
        raise confirmation.unexpected_state(world, intent, "capture")
    amount_ = call.get("amount_to_capture", intent["amount_capturable"])
    if amount_ > intent["amount_capturable"]:
        raise invalid(
            f"The payment could not be captured because the requested capture amount ({amount_}) is greater "
            f"than the amount you can capture for this charge ({intent['amount_capturable']}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    intent["metadata"] = call.metadata(intent["metadata"])
    charge = world.store.get(call.account, "charge", intent["latest_charge"])
    charges.capture(world, call.account, charge, amount_)
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount_)
    world.record("payment_intent.succeeded", intent, call.account)
    confirmation.dispute_if_the_card_does(world, call.account, charge)
    return intent


def _cancel(world: World, call: Call) -> Object:
    intent = _intent(world, call)
    if intent["status"] in {"succeeded", "canceled"}:
        raise confirmation.unexpected_state(world, intent, "cancel")
    confirmation.cancel(world, call.account, intent, call.get("cancellation_reason"))
    return intent


def _list(world: World, call: Call) -> Object:
    keep = call.filter("customer")
    return world.store.page(call.account, "payment_intent", call.params, "/v1/payment_intents", keep)


_REASON = one_of("duplicate", "fraudulent", "requested_by_customer", "abandoned")

ROUTES = (
    Route("POST", "/v1/payment_intents", _create, _CREATE, required=("amount", "currency")),
    Route("GET", "/v1/payment_intents", _list, {**PAGING_BY_TIME, "customer": text}),
    Route("GET", "/v1/payment_intents/{}", _intent),
    Route("POST", "/v1/payment_intents/{}", _update, _UPDATE),
    Route("POST", "/v1/payment_intents/{}/confirm", _confirm, _CONFIRM),
    Route(
        "POST",
        "/v1/payment_intents/{}/capture",
        _capture,
        {"amount_to_capture": amount, "metadata": metadata},
    ),
    Route("POST", "/v1/payment_intents/{}/cancel", _cancel, {"cancellation_reason": _REASON}),
)
