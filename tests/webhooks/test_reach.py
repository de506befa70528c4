from ipaddress import ip_network

import pytest

from duban.settings import SettingRefused, read_settings
from duban.webhooks.reach import Reach, WebhookAddressRefused, networks_of, parts_of
from duban.wording.wording import wording

INSIDE = [
    "https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/", "https://192.168.0.1/", "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/",
    "https://[fd00::1]/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f.1/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://224.0.0.1/", "https://100.64.0.1/", "http://127.0.0.1:8080/",
]  # fmt: skip
NO_ADDRESS = [
    "http://93.184.216.34/", "ftp://example.org/", "file:///etc/passwd", "https://", "https://user:pw@93.184.216.34/",
    "https://93.184.216.34/#part", "https://93.184.216.34:0/", "https://93.184.216.34:99999/", "https://exa mple.org/",
    "https://example.org/\r\nHost: x", "gopher://93.184.216.34/", "https://93.184.216.34\\@127.0.0.1/", "//example.org",
    "https://例子.org/", "https://[::1", "https://" + "a" * 3000 + ".org/", "https://no-such-host.invalid/",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE + NO_ADDRESS)
async def test_what_lies_inside_or_is_no_plain_address_is_refused_in_both_languages(url: str) -> None:
    with pytest.raises(WebhookAddressRefused) as refused:
        await Reach().target(url)

    for lang in ("zh", "en"):
        assert "DUBAN_WEBHOOK_NETWORKS" in wording(lang).refusal(refused.value)


async def test_an_allowed_network_is_reached_and_only_this_machine_without_tls() -> None:
    reach = Reach((ip_network("10.1.0.0/16"), ip_network("127.0.0.1/32")))

    assert (await reach.target("https://10.1.2.3:8443/a?b=c")).url == "https://10.1.2.3:8443/a?b=c"
    assert (await reach.target("http://127.0.0.1:8080")).url == "http://127.0.0.1:8080/"
    for url in ("http://10.1.2.3/", "https://10.2.0.1/", "https://127.0.0.2/"):
        with pytest.raises(WebhookAddressRefused):
            await reach.target(url)


async def test_the_connection_goes_to_the_address_that_was_judged_under_the_name_that_was_asked_for() -> None:
    target = await Reach().target("https://93.184.216.34/x")

    assert (target.url, target.host_header) == ("https://93.184.216.34:443/x", "93.184.216.34")
    assert parts_of("https://[2606:4700::1]:8443")[1:3] == ("2606:4700::1", 8443)


def test_networks_are_a_list_and_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert networks_of("10.0.0.0/8, fd00::/8,") == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

    monkeypatch.setenv("DUBAN_WEBHOOK_NETWORKS", "everything")
    with pytest.raises(SettingRefused, match="DUBAN_WEBHOOK_NETWORKS"):
        read_settings()
