"""The card as a widget, on a comm that records: what travels, and what is state."""

import asyncio
import json

import comm
import pytest

from tests.recording_comm import RecordingComm
from zbt_notebook.notebook import environment
from zbt_notebook.notebook.sign_in.card import LoginCard
from zbt_notebook.notebook.sign_in.sign_in import SignIn


@pytest.fixture
def card(monkeypatch, site):
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    made = LoginCard(SignIn(data_center=site.data_center, redirect_uri=site.redirect_uri, scopes=site.scopes))
    yield made
    made.close()


def send(card, *, unseen=None, **content):
    """Send it from the browser; what is *unseen* goes as bytes beside the message."""
    content["unseen"] = list(unseen or {})
    card.comm.hear(content, [memoryview(text.encode()) for text in (unseen or {}).values()])


def views(card):
    return card.comm.views


def start(card, site):
    send(card, kind="start", attempt=0, client_id=site.client_id, unseen={"client_secret": site.client_secret})


def paste(card, site):
    address = site.consent(views(card)[-1]["consent_url"])
    send(card, kind="code", unseen={"code": address})
    return address


def test_a_hello_is_answered_with_the_whole_view(card):
    """First drawing, page reload, second view: each says hello and gets everything."""
    assert not card.is_seen
    send(card, kind="hello")
    assert card.is_seen
    assert views(card)[-1]["status"] == ["Not connected"]
    send(card, kind="hello")
    assert views(card)[0] == views(card)[1]


def test_the_state_never_changes(card, site):
    """From the first message to the last the synced state is as it was made: one word of ours, which says nothing."""
    before = card.get_state()
    start(card, site)
    paste(card, site)
    assert views(card)[-1]["status"] == ["Connected"]
    assert card.get_state() == before
    own = {name for name in before if not name.startswith("_")}
    assert own <= {"layout", "tabbable", "tooltip", "phase"}
    assert before["phase"] == "form"
    assert not any(view["shares_phase"] for view in views(card))


def test_no_secret_travels_back(card, site):
    """What Python says to the browser holds neither secret nor code nor token."""
    start(card, site)
    address = paste(card, site)
    code = address.partition("code=")[2].partition("&")[0]
    said = json.dumps(card.comm.sent)
    tokens = card.connection.client.authorization.secrets()
    assert not [word for word in (site.client_secret, code, *tokens) if word in said]


def test_the_consent_link_goes_when_it_is_used(card, site):
    """Once connected no view holds the link any more."""
    start(card, site)
    paste(card, site)
    assert views(card)[-1]["consent_url"] == ""


def test_the_plain_text_is_a_sentence(card, site):
    """Where no widget is drawn, the output says what to do; nothing typed is in it."""
    start(card, site)
    text = card._repr_mimebundle_()[0]["text/plain"]
    assert text == repr(card)
    assert text.endswith("No card here? Reload this page, or run: %zbt login --mode prompt")


@pytest.mark.parametrize(
    "content",
    ["text", None, 7, [], {"kind": {}}, {"kind": "code", "code": {"a": 1}}, {"kind": "code", "unseen": "code"}],
)
def test_messages_of_another_shape_are_ignored(card, content):
    """Whatever a front end sends, the card stays as it is."""
    card.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert card.sign_in.view()["phase"] == "form"


def test_a_view_names_the_step_that_it_answers(card):
    """So that the focus follows the answer, and not the echo of what was typed just before."""
    send(card, kind="form", client_id="1000.X")
    send(card, kind="start", attempt=0, request_id="page-1")
    assert views(card)[0]["request_id"] == ""
    assert views(card)[-1]["request_id"] == "page-1"


def test_an_awaited_card_offers_the_prompt_as_it_is_drawn(card, monkeypatch):
    """Its first view says so: a press that comes at once is not taken for one where no cell waits."""
    monkeypatch.setattr(environment, "can_be_asked", lambda: True)
    monkeypatch.setattr(environment, "may_draw_widgets", lambda: True)
    card.falls_back = True

    async def begin():
        waiting = asyncio.ensure_future(card.connected())
        await asyncio.sleep(0)
        assert not card.is_seen
        assert card.sign_in.view()["prompt"] == "possible"
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(begin())
    assert card.sign_in.view()["prompt"] == ""


def test_a_view_asked_for_meanwhile_does_not_take_the_answer(card):
    """The card is busy until its step is answered: who comes back to the page at that moment is not locked out."""
    send(card, kind="start", attempt=0, request_id="page-1")
    send(card, kind="view")
    assert views(card)[-1]["request_id"] == "page-1"
