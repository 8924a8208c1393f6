"""The connection form of BILL and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from connections.errors import ConnectionProblem
from connections.system import Access, Field, Limit

# Reference: docs/systems/billcom.md#environments
BASE_URLS = {
    "sandbox": "https://gateway.stage.bill.com/connect",
    "production": "https://gateway.prod.bill.com/connect",
}
EVENTS_URLS = {name: f"{url}-events" for name, url in BASE_URLS.items()}
# Reference: docs/systems/billcom.md#signature
SIGNED = {"raw": ("raw",), "both": ("raw", "decoded")}
# Reference: docs/systems/billcom.md#limits
CALLS_AN_HOUR = 20_000
CALLS_AT_ONCE = 3
LOGINS_AN_HOUR = 60
# Reference: docs/systems/billcom.md#session. BILL ends them after 35 minutes and 48 hours.
IDLE_SECONDS = {"user": 30 * 60.0, "sync_token": 47 * 3600.0}

YES_NO = (("yes", "Yes"), ("no", "No"))

FIELDS = (
    Field(
        name="environment",
        label="Environment",
        default="production",
        choices=(
            ("production", "Production"),
            ("sandbox", "BILL's sandbox"),
            ("own", "Another address (see advanced settings)"),
        ),
        help="Keys, users and organizations of one environment do not exist in the other.",
    ),
    Field(
        name="organization_id",
        label="Organization ID",
        help="In BILL: Settings, Sync & Integrations, Manage Developer Keys. 20 characters.",
    ),
    Field(
        name="login_kind",
        label="Sign in with",
        default="user",
        choices=(("user", "User name and password"), ("sync_token", "Sync token")),
    ),
    Field(
        name="username",
        label="User name or token name",
        help="Give this user a role that may see and change vendors and bills and see accounts.",
    ),
    Field(name="password", label="Password or token value", secret=True),
    Field(name="dev_key", label="Developer key", secret=True),
    Field(
        name="vendor_reference",
        label="Keep the ERP's vendor reference in",
        default="accountNumber",
        choices=(
            ("accountNumber", "The vendor's account number field"),
            ("shortName", "The vendor's short name"),
            ("off", "Nowhere in BILL"),
        ),
        help="Written only when a vendor is created, so that links can be rebuilt. The account "
        "number is shown to the vendor on payments.",
    ),
    Field(
        name="home_currency",
        label="Currency of vendors without one",
        default="USD",
        advanced=True,
    ),
    Field(
        name="on_duplicate",
        label="When BILL says a bill number is already used",
        default="link",
        choices=(
            ("link", "Look for that bill and link it if it is the same"),
            ("fail", "Always ask a person"),
        ),
        advanced=True,
    ),
    Field(
        name="base_url",
        label="Address of the API",
        required=False,
        advanced=True,
        help="Only with “Another address”. Ends in /connect.",
    ),
    Field(
        name="events_url",
        label="Address of the webhook API",
        required=False,
        advanced=True,
        help="Only with “Another address”. Ends in /connect-events.",
    ),
    Field(
        name="signature_variants",
        label="Webhooks are signed over the body",
        default="both",
        choices=(
            ("both", "as received, or as the text it holds if it is one string"),
            ("raw", "as received only"),
        ),
        advanced=True,
    ),
    Field(
        name="filter_quote_dates",
        label="Put quotation marks around dates in filters",
        default="yes",
        choices=YES_NO,
        advanced=True,
    ),
    Field(
        name="repeat_query_with_page",
        label="Repeat filters and order when turning a page",
        default="yes",
        choices=YES_NO,
        advanced=True,
    ),
    Field(
        name="send_quantities",
        label="Send quantity and price beside the amount of a line",
        default="yes",
        choices=YES_NO,
        advanced=True,
        help="Only where they make exactly the amount. Choose No if BILL refuses such lines.",
    ),
    Field(name="page_size", label="Records a page (1 to 100)", default="100", advanced=True),
    Field(
        name="max_logins",
        label="Most sign-ins an hour (BILL allows 200)",
        default=str(LOGINS_AN_HOUR),
        advanced=True,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of a connection, read and checked."""

    environment: str
    base_url: str
    events_url: str
    organization: str
    username: str
    password: str = field(repr=False)
    dev_key: str = field(repr=False)
    login_kind: str
    vendor_reference: str
    home_currency: str
    links_duplicates: bool
    quotes_dates: bool
    repeats_query: bool
    sends_quantities: bool
    page_size: int
    max_logins: int

    @classmethod
    def of(cls, access: Access) -> Options:
        """Read the settings. Raises ConnectionProblem naming the field that makes no sense."""
        environment = _setting(access, "environment")
        base_url = _base_url(access, environment)
        return cls(
            environment=environment,
            base_url=base_url,
            events_url=_events_url(access, environment, base_url),
            organization=_for_header(access, "organization_id"),
            username=_needed(access, "username"),
            password=_needed(access, "password"),
            dev_key=_for_header(access, "dev_key"),
            login_kind=_setting(access, "login_kind"),
            vendor_reference=_setting(access, "vendor_reference"),
            home_currency=_setting(access, "home_currency").upper(),
            links_duplicates=_setting(access, "on_duplicate") == "link",
            quotes_dates=_setting(access, "filter_quote_dates") == "yes",
            repeats_query=_setting(access, "repeat_query_with_page") == "yes",
            sends_quantities=_setting(access, "send_quantities") == "yes",
            page_size=_number(access, "page_size", 1, 100),
            max_logins=_number(access, "max_logins", 1, 200),
        )


def signature_variants(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the forms of a body that a signature may be made over."""
    return SIGNED.get(settings.get("signature_variants", ""), SIGNED["both"])


def limits(access: Access) -> tuple[Limit, ...]:
    """Return what BILL counts by developer key, and by developer key and organization (R22)."""
    key = mark(access, "dev_key")
    organization = access.get("organization_id")
    return (
        Limit(f"billcom:{key}", per_hour=CALLS_AN_HOUR),
        Limit(f"billcom:{key}:{organization}", in_flight=CALLS_AT_ONCE),
    )


def login_limit(access: Access, per_hour: int) -> Limit:
    """Return our own cap on sign-ins, far below BILL's."""
    return Limit(f"billcom:{mark(access, 'dev_key')}:logins", per_hour=per_hour)


def mark(access: Access, *names: str) -> str:
    """Return a short mark that tells secrets apart and gives none away."""
    text = "\n".join(access.get(name) for name in names)
    return salted_hmac("billcom", text, algorithm="sha256").hexdigest()[:24]


def _setting(access: Access, name: str) -> str:
    field = next(f for f in FIELDS if f.name == name)
    return access.get(name, field.default).strip()


def _needed(access: Access, name: str) -> str:
    value = access.get(name)
    if not value:
        raise ConnectionProblem(f"{access.name} has no “{_label(name)}”. Enter it.")
    return value


def _for_header(access: Access, name: str) -> str:
    """Return a value fit for a header. The value itself is not told: it may be a secret."""
    value = _needed(access, name).strip()
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ConnectionProblem(
            f"“{_label(name)}” of {access.name} has characters that BILL never uses. Copy it anew."
        )
    return value


def _label(name: str) -> str:
    return next(f.label for f in FIELDS if f.name == name)


def _base_url(access: Access, environment: str) -> str:
    url = BASE_URLS.get(environment) or access.get("base_url").strip().rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ConnectionProblem(
            f"{access.name} has no address of BILL's API. Choose an environment, or enter the "
            "address under advanced settings."
        )
    return url


def _events_url(access: Access, environment: str, base_url: str) -> str:
    own = access.get("events_url").strip().rstrip("/")
    return EVENTS_URLS.get(environment) or own or f"{base_url}-events"


def _number(access: Access, name: str, least: int, most: int) -> int:
    text = _setting(access, name)
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise ConnectionProblem(
        f"“{text}” does not fit “{_label(name)}” of {access.name}. "
        f"Enter a number from {least} to {most}."
    )
