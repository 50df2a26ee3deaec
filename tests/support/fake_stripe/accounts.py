"""Connected accounts: how they are made, sent to onboarding, and switched by a test as Stripe would."""

from __future__ import annotations

from tests.support.fake_stripe.errors import missing_parameter
from tests.support.fake_stripe.forms import boolean, integer, metadata, one_of, text
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World

_BEFORE_ONBOARDING = ("external_account", "individual.verification.document", "tos_acceptance.date")
LINK_SECONDS = 300


class Accounts:
    """The test's hand on connected accounts; every change is an `account.updated`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, account: str) -> Object:
        return self._world.store.get(self._world.platform, "account", account)

    def available(self, account: str, currency: str) -> int:
        """What the account could pay out."""
        return self._world.ledger.available(account, currency)

    def onboard(self, account: str) -> None:
        """The owner gave Stripe all that it wants to know: the account can receive and pay out."""
        self.switch(
            account,
            charges_enabled=True,
            payouts_enabled=True,
            details_submitted=True,
            transfers="active",
            currently_due=(),
            disabled_reason="",
        )

    def switch(
        self,
        account: str,
        *,
        charges_enabled: bool | None = None,
        payouts_enabled: bool | None = None,
        details_submitted: bool | None = None,
        transfers: str | None = None,
        currently_due: tuple[str, ...] | None = None,
        disabled_reason: str | None = None,
    ) -> None:
        """Sets what is given. `transfers` is active, inactive or pending; an empty reason means none."""
        obj = self.get(account)
        switches = {
            "charges_enabled": charges_enabled,
            "payouts_enabled": payouts_enabled,
            "details_submitted": details_submitted,
        }
        obj.update({name: value for name, value in switches.items() if value is not None})
        if transfers is not None:
            obj["capabilities"]["transfers"] = transfers
        if currently_due is not None:
            obj["requirements"]["currently_due"] = list(currently_due)
        if disabled_reason is not None:
            obj["requirements"]["disabled_reason"] = disabled_reason or None
        self._world.record("account.updated", obj, account)


def _create(world: World, call: Call) -> Object:
    asked = call.get("capabilities", {})
    account = {
        "id": new_id("acct"),
        "object": "account",
        "business_profile": call.get("business_profile", {}),
        "business_type": call.get("business_type"),
        "capabilities": {name: "inactive" for name, wish in asked.items() if wish.get("requested")},
        "charges_enabled": False,
        "country": call.get("country", "US"),
        "created": world.clock.now,
        "default_currency": call.get("default_currency", "usd"),
        "details_submitted": False,
        "email": call.get("email"),
        "metadata": call.metadata(),
        "payouts_enabled": False,
        "requirements": {
            "current_deadline": None,
            "currently_due": list(_BEFORE_ONBOARDING),
            "disabled_reason": "requirements.past_due",
            "errors": [],
            "eventually_due": [],
            "past_due": [],
            "pending_verification": [],
        },
        "settings": {"payouts": {"schedule": {"delay_days": 2, "interval": "daily"}}},
        "type": call.params["type"],
    }
    account["settings"]["payouts"]["schedule"].update(
        call.get("settings", {}).get("payouts", {}).get("schedule", {})
    )
    return world.store.add(call.account, account)


def _retrieve(world: World, call: Call) -> Object:
    return world.store.get(world.platform, "account", call.ids[0], param="account")


def _create_link(world: World, call: Call) -> Object:
    account = world.store.get(call.account, "account", call.params["account"], param="account", in_path=False)
    for name in ("refresh_url", "return_url"):
        if name not in call.params:
            raise missing_parameter(name)
    return {
        "object": "account_link",
        "created": world.clock.now,
        "expires_at": world.clock.now + LINK_SECONDS,
        "url": f"https://connect.stripe.com/setup/e/{account['id']}/{new_id('link')}",
    }


_CAPABILITY = {"requested": boolean}

ROUTES = (
    Route(
        "POST",
        "/v1/accounts",
        _create,
        {
            "type": one_of("express"),
            "country": text,
            "default_currency": text,
            "email": text,
            "business_type": one_of("individual", "company", "non_profit"),
            "business_profile": {"name": text, "url": text, "product_description": text, "mcc": text},
            "capabilities": {"transfers": _CAPABILITY, "card_payments": _CAPABILITY},
            "metadata": metadata,
            "settings": {
                "payouts": {
                    "schedule": {
                        "interval": one_of("manual", "daily", "weekly", "monthly"),
                        "delay_days": integer,
                    }
                }
            },
        },
        required=("type",),
    ),
    Route(
        "GET",
        "/v1/accounts",
        lambda world, call: world.store.page(call.account, "account", call.params, "/v1/accounts"),
        PAGING_BY_TIME,
    ),
    Route("GET", "/v1/accounts/{}", _retrieve),
    Route(
        "POST",
        "/v1/account_links",
        _create_link,
        {
            "account": text,
            "refresh_url": text,
            "return_url": text,
            "type": one_of("account_onboarding", "account_update"),
        },
        required=("account", "type"),
    ),
)
