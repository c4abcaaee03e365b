"""The file page: head, tabs, values edited where they stand, photo, health, family, membership; lists of the clinic."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from incisor.audit.models import Entry
from incisor.patients import services
from incisor.patients.models import (
    HealthDenial,
    HealthReading,
    Membership,
    MembershipLevel,
    Patient,
    PatientPhoto,
    PointEntry,
    Restriction,
    Tag,
)
from tests.factories.accounts import make_user
from tests.factories.patients import make_alert, make_patient

FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def in_english(client, settings, tmp_path):
    client.cookies["django_language"] = "en"
    settings.INCISOR_ATTACHMENTS = tmp_path / "attachments"


@pytest.fixture
def url(pia):
    return f"/patients/{pia.pk}/"


def text_of(response):
    return response.content.decode()


def upload(kind="JPEG", name="a.jpg"):
    out = io.BytesIO(b"%PDF-1.7" if kind == "PDF" else b"")
    if kind != "PDF":
        Image.new("RGB", (60, 40), "navy").save(out, kind)
    out.seek(0)
    out.name = name
    return out


def toast_of(response):
    import json

    return json.loads(response["HX-Trigger"])


# ---- head and tabs -------------------------------------------------------------------------------------------------


def test_head_shows_tags_badges_family_and_how_to_reach(as_rosa, clinic, mona, pia, url, at):
    Tag.objects.create(clinic=clinic, name="VIP", colour="violet", meaning="主管接待")
    services.change_patient(
        by=mona, patient=pia, version=1, at=at,
        changes={"tags": ["VIP", "老师"], "contact_channel": "wechat", "contact_time": "晚上"},
    )  # fmt: skip
    services.restrict(by=mona, patient=pia, kind="prepay", reason="爽约两次", at=at)
    services.register_relative(by=mona, patient=pia, relation="child", name="皮小宝", at=at)

    page = text_of(as_rosa.get(url))

    head = page[page.index('id="file-head"') : page.index('class="page-actions"')]
    assert '<span class="tag tag-violet" title="主管接待">VIP' in head
    assert '<span class="tag tag-neutral">老师' in head
    assert '<span class="tag tag-warning">Pays in advance' in head
    assert "WeChat · 晚上" in head
    assert "Son or daughter" in head
    assert "皮小宝" in head
    assert "爽约两次" in page
    assert "This phone is also in the files of:" in page


def test_tabs_are_links_and_open_on_demand(as_rosa, pia, url):
    page = text_of(as_rosa.get(url))
    tab = text_of(as_rosa.get(f"{url}?tab=health", **FRAGMENT))
    deep = text_of(as_rosa.get(f"{url}?tab=health"))

    assert 'id="tab-appointments" href="?tab=appointments"' in page
    assert f"{url}health/" not in page[: page.index('id="standing"')]
    assert f'hx-get="{url}health/"' in tab
    assert "<html" not in tab
    assert f'hx-get="{url}health/"' in deep
    assert 'aria-current="page"' in deep[deep.index('id="tab-health"') : deep.index('id="tab-health"') + 400]
    assert Entry.objects.filter(what="patient.looked_at").count() == 2  # another tab is no other look


def test_tab_that_is_not_open_to_the_person_is_not_there(client, clinic, pia, url):
    client.force_login(make_user(username="cas", name="卡", roles=["cashier"], clinic=clinic))

    page = text_of(client.get(f"{url}?tab=health"))

    assert "tab-health" not in page
    assert f"{url}health/" not in page
    assert client.get(f"{url}health/").status_code == 403


def test_page_costs_the_same_for_a_thin_and_a_thick_file(as_rosa, clinic, mona, system, pia, url, at):
    as_rosa.get(url)
    with CaptureQueriesContext(connection) as thin:
        as_rosa.get(url)
    level = MembershipLevel.objects.create(clinic=clinic, name="金卡")
    services.set_membership(by=mona, patient=pia, level=level, at=at)
    for number in (2, 3, 4):
        relative = make_patient(clinic=clinic, created_by=system, file_number=f"A{number:06d}")
        services.link_family(by=mona, patient=pia, relative=relative, relation="sibling", at=at)
        make_alert(patient=relative)
        make_alert(patient=pia, kind="condition", code="", text=f"病{number}")
        services.add_points(by=mona, patient=pia, points=number, reason="x", at=at)
    services.restrict(by=mona, patient=pia, kind="prepay", reason="x", at=at)
    with CaptureQueriesContext(connection) as thick:
        as_rosa.get(url)

    # relatives and files on the same phone bring one query each, and one for the alerts of each: however many they are
    assert len(thick) <= len(thin) + 3
    assert len(thick) <= 45


def test_head_part_alone(as_rosa, pia, url):
    assert 'id="file-head"' in text_of(as_rosa.get(f"{url}head/", **FRAGMENT))
    assert as_rosa.get(f"{url}head/").status_code == 303


# ---- values edited where they stand --------------------------------------------------------------------------------


def test_value_opens_as_a_field_and_saves_with_undo(as_rosa, pia, url):
    form = text_of(as_rosa.get(f"{url}fields/occupation/?edit", **FRAGMENT))
    saved = as_rosa.post(f"{url}fields/occupation/", {"occupation": "教师", "version": "1"}, **FRAGMENT)

    assert 'name="occupation"' in form
    assert "autofocus" in form
    assert "教师" in text_of(saved)
    heard = toast_of(saved)
    assert heard["patient-head-changed"] is True
    undone = as_rosa.post(heard["toast"]["undo_url"], **FRAGMENT)
    assert toast_of(undone)["patient-changed"] is True
    assert Patient.objects.get().occupation == ""
    assert "+" not in text_of(as_rosa.get(f"{url}fields/occupation/?left", **FRAGMENT))


def test_nothing_changed_says_nothing(as_rosa, pia, url):
    response = as_rosa.post(f"{url}fields/occupation/", {"occupation": "", "version": "1"}, **FRAGMENT)

    assert "HX-Trigger" not in response


def test_sealed_value_is_not_shown_by_editing_and_stays_when_its_mask_is_sent(as_rosa, pia, url):
    form = text_of(as_rosa.get(f"{url}fields/phone/?edit", **FRAGMENT))
    as_rosa.post(f"{url}fields/phone/", {"phone": "138****1111", "version": "1"}, **FRAGMENT)

    assert "13800001111" not in form
    assert 'value="138****1111"' in form
    assert Patient.objects.get().phone == "13800001111"
    assert not Entry.objects.filter(what="patient.unmasked").exists()


def test_id_number_brings_what_follows_from_it(as_rosa, pia, url):
    Patient.objects.update(born_on=None)

    saved = text_of(
        as_rosa.post(f"{url}fields/id_number/", {"id_number": "11010519491231002X", "version": "1"}, **FRAGMENT)
    )

    assert 'id="value-born_on" hx-swap-oob="true"' in saved
    assert "1949-12-31" in saved
    assert "11010519491231002X" not in saved


def test_wrong_value_is_told_at_the_field_and_kept(as_rosa, pia, url):
    response = as_rosa.post(f"{url}fields/phone/", {"phone": "12345", "version": "1"}, **FRAGMENT)

    assert response.status_code == 422
    assert "This is no phone number" in text_of(response)
    assert 'value="12345"' in text_of(response)


def test_second_editor_of_a_value_is_told_and_loses_nothing(as_rosa, mona, pia, url, at):
    services.change_patient(by=mona, patient=pia, version=1, changes={"occupation": "医生"}, at=at)

    response = as_rosa.post(f"{url}fields/occupation/", {"occupation": "教师", "version": "1"}, **FRAGMENT)

    page = text_of(response)
    assert response.status_code == 422
    assert "莫娜" in page
    assert "医生" in page
    assert 'value="教师"' in page
    assert 'name="version" value="2"' in page
    assert (
        as_rosa.post(f"{url}fields/occupation/", {"occupation": "教师", "version": "2"}, **FRAGMENT).status_code == 200
    )


def test_without_scripts_a_value_has_a_page(as_rosa, pia, url):
    assert "<html" in text_of(as_rosa.get(f"{url}fields/occupation/?edit"))
    assert as_rosa.post(f"{url}fields/occupation/", {"occupation": "教师", "version": "1"})["Location"] == url
    assert as_rosa.get(f"{url}fields/occupation/")["Location"] == url
    assert as_rosa.post(f"{url}changes/2/undo/")["Location"] == url
    assert as_rosa.get(f"{url}fields/nothing/?edit").status_code == 404


def test_history_of_one_field(as_rosa, rosa, pia, url, at):
    services.change_patient(by=rosa, patient=pia, version=1, changes={"occupation": "教师", "email": "a@b.cn"}, at=at)

    page = text_of(as_rosa.get(f"{url}history/?field=occupation", **FRAGMENT))

    assert "教师" in page
    assert "b.cn" not in page
    assert "History: Occupation" in page


# ---- photo ---------------------------------------------------------------------------------------------------------


def test_photo_is_taken_shown_removed_and_brought_back(as_rosa, pia, url):
    taken = as_rosa.post(f"{url}photo/", {"photo": upload()}, **FRAGMENT, HTTP_HX_TARGET="photo-form")
    photo = PatientPhoto.objects.get()
    small = as_rosa.get(f"{url}photo/{photo.pk}/small/")

    assert toast_of(taken)["toast"]["undo_url"] == f"{url}photo/remove/"
    assert toast_of(taken)["panel-close"] is True
    assert (small["Content-Type"], small["Cache-Control"]) == ("image/jpeg", "no-store")
    assert f"{url}photo/{photo.pk}/small/" in text_of(as_rosa.get(url))
    assert f"{url}photo/{photo.pk}/whole/" in text_of(as_rosa.get(f"{url}photo/", **FRAGMENT))
    assert as_rosa.post(f"{url}photo/", {"photo": upload("PNG", "b.png")})["Location"] == url
    removed = as_rosa.post(f"{url}photo/remove/", **FRAGMENT)
    assert as_rosa.post(toast_of(removed)["toast"]["undo_url"], **FRAGMENT).status_code == 204
    assert PatientPhoto.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(("kind", "words"), [("PDF", "PDF"), ("GIF", "GIF"), ("", "Choose or take a photo")])
def test_what_is_no_photo_is_refused(as_rosa, pia, url, kind, words):
    response = as_rosa.post(f"{url}photo/", {"photo": upload(kind)} if kind else {}, **FRAGMENT)

    assert response.status_code == 422
    assert words in text_of(response)
    assert not PatientPhoto.objects.exists()


def test_photo_is_closed_to_whom_it_does_not_concern(client, clinic, rosa, pia, url, at):
    photo = services.set_photo(by=rosa, patient=pia, picture=b"x", thumbnail=b"x", at=at)
    client.force_login(make_user(username="cas", name="卡", roles=["cashier"], clinic=clinic))

    assert client.get(f"{url}photo/{photo.pk}/small/").status_code == 403
    assert "file-photo" not in text_of(client.get(url))


# ---- health --------------------------------------------------------------------------------------------------------


def test_readings_are_typed_in_one_field(as_rosa, pia, url):
    noted = as_rosa.post(f"{url}readings/", {"figures": "128/82"}, **FRAGMENT, HTTP_HX_TARGET="health")
    as_rosa.post(
        f"{url}readings/",
        {"figures": "6.1", "moment": "fasting", "is_told": "on", "measured_at": "2026-03-01T08:00"},
        **FRAGMENT,
    )

    assert "128/82 mmHg" in text_of(noted)
    told = HealthReading.objects.get(kind="glucose")
    assert (told.value, told.is_told, told.measured_at.isoformat()) == (61, True, "2026-03-01T00:00:00+00:00")
    struck = as_rosa.post(toast_of(noted)["toast"]["undo_url"], **FRAGMENT)
    assert toast_of(struck)["health-changed"] is True
    as_rosa.post(toast_of(struck)["toast"]["undo_url"], **FRAGMENT)
    assert HealthReading.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize("figures", ["", "tall", "80/120", "900", "12"])
def test_wrong_reading_is_kept_in_the_field(as_rosa, pia, url, figures):
    response = as_rosa.post(f"{url}readings/", {"figures": figures, "moment": ""}, **FRAGMENT)

    if figures == "12":
        assert response.status_code in (200, 204)
        return
    assert response.status_code == 422
    assert "Type blood pressure as 128/82" in text_of(response)


def test_reading_of_tomorrow_is_refused(as_rosa, pia, url):
    given = {"figures": "128/82", "measured_at": "2099-03-01T08:00"}

    assert "The time lies ahead" in text_of(as_rosa.post(f"{url}readings/", given, **FRAGMENT))


def test_none_known_is_noted_and_taken_back(as_rosa, pia, url):
    noted = as_rosa.post(f"{url}none-known/", {"kind": "allergy"}, **FRAGMENT, HTTP_HX_TARGET="health")

    assert "None known" in text_of(noted)
    as_rosa.post(toast_of(noted)["toast"]["undo_url"], **FRAGMENT)
    assert not HealthDenial.objects.filter(ended_at=None).exists()
    assert as_rosa.post(f"{url}none-known/", {"kind": "allergy"})["Location"] == f"{url}?tab=health"


# ---- family --------------------------------------------------------------------------------------------------------


def test_family_member_in_one_step(as_rosa, pia, url):
    given = {"relation": "child", "name": "皮小宝", "born_on": "20180501", "sex": "male"}
    form = text_of(as_rosa.get(f"{url}family/new/", **FRAGMENT))

    made = as_rosa.post(f"{url}family/new/", given, **FRAGMENT)

    assert "data-panel-heading" in form
    assert {"family-changed", "panel-close", "patient-head-changed"} <= set(toast_of(made))
    child = Patient.objects.get(name="皮小宝")
    assert (child.phone, child.sex) == (pia.phone, "male")
    again = as_rosa.post(f"{url}family/new/", given, **FRAGMENT)
    assert again.status_code == 422
    assert 'name="is_somebody_else"' in text_of(again)
    assert as_rosa.post(f"{url}family/new/", {**given, "name": ""}, **FRAGMENT).status_code == 422
    assert as_rosa.post(f"{url}family/new/", {**given, "phone": "1", "name": "皮大宝"}, **FRAGMENT).status_code == 422
    assert as_rosa.post(f"{url}family/new/", {**given, "name": "皮二宝"})["Location"] == url


def test_guardian_and_shared_phone(as_rosa, rosa, clinic, pia, url, at):
    mother = make_patient(clinic=clinic, name="王芳", phone="13912345678", file_number="A000002")
    services.link_family(by=rosa, patient=pia, relative=mother, relation="parent", at=at)

    as_rosa.post(f"{url}family/{mother.pk}/guardian/", {"is_guardian": "1"}, **FRAGMENT)
    shared = as_rosa.post(f"{url}family/{mother.pk}/phone/", **FRAGMENT)

    assert Patient.objects.get(pk=pia.pk).phone == "13912345678"
    page = text_of(as_rosa.get(f"{url}family/shown/", **FRAGMENT))
    assert "guardian" in page
    assert "same phone" in page
    as_rosa.post(toast_of(shared)["toast"]["undo_url"], **FRAGMENT)
    assert Patient.objects.get(pk=pia.pk).phone == "13800001111"
    assert as_rosa.post(f"{url}family/{mother.pk}/guardian/")["Location"] == url


# ---- membership, points, restrictions ------------------------------------------------------------------------------


def test_membership_points_and_restrictions_on_the_page(as_mona, clinic, pia, url):
    level = MembershipLevel.objects.create(clinic=clinic, name="金卡", rules="洁牙 8 折")
    card = {**FRAGMENT, "HTTP_HX_TARGET": "standing"}

    member = as_mona.post(f"{url}membership/", {"level": str(level.pk)}, **card)
    points = as_mona.post(f"{url}points/add/", {"points": "+100", "reason": "推荐"}, **card)
    asked = as_mona.post(f"{url}restrictions/", {"kind": "prepay", "reason": "爽约"}, **card)

    assert "洁牙 8 折" in text_of(member)
    assert ">100</strong>" in text_of(points)
    assert "爽约" in text_of(asked)
    assert "patient-head-changed" in toast_of(asked)
    ledger = text_of(as_mona.get(f"{url}points/", **FRAGMENT))
    assert "+100" in ledger
    for response in (member, points, asked):
        undone = as_mona.post(toast_of(response)["toast"]["undo_url"], **FRAGMENT)
        assert "standing-changed" in toast_of(undone)
    assert not Membership.objects.filter(ended_at=None).exists()
    assert sum(PointEntry.objects.values_list("points", flat=True)) == 0
    lifted = Restriction.objects.get()
    as_mona.post(f"{url}restrictions/{lifted.pk}/resume/", **FRAGMENT)
    assert Restriction.objects.filter(ended_at=None).count() == 1
    assert as_mona.post(f"{url}membership/", {"level": ""})["Location"] == url
    assert "reversed" in text_of(as_mona.get(f"{url}points/"))


def test_reversing_in_the_ledger_answers_with_the_ledger(as_mona, mona, pia, url, at):
    entry = services.add_points(by=mona, patient=pia, points=5, reason="x", at=at)

    response = as_mona.post(f"{url}points/{entry.pk}/reverse/", **FRAGMENT, HTTP_HX_TARGET="points-list")

    assert 'id="points-list"' in text_of(response)


@pytest.mark.parametrize(
    ("part", "given", "words"),
    [
        ("points/add/", {"points": "ten", "reason": "x"}, "Type how many points"),
        ("points/add/", {"points": "-5", "reason": "x"}, "There are only 0 points"),
        ("points/add/", {"points": "5", "reason": ""}, "Say why"),
        ("restrictions/", {"kind": "prepay", "reason": ""}, "Say why"),
        ("restrictions/", {"kind": "prepay", "reason": "x", "last_on": "2020-01-01"}, "lies in the past"),
    ],
)
def test_wrong_input_of_the_card_is_explained(as_mona, pia, url, part, given, words):
    response = as_mona.post(f"{url}{part}", given, **FRAGMENT, HTTP_HX_TARGET="standing")

    assert response.status_code == 422
    assert words in text_of(response)


def test_desk_sees_the_card_without_its_forms(as_rosa, pia, url):
    page = text_of(as_rosa.get(url))

    assert 'id="standing"' in page
    assert f"{url}points/add/" not in page
    assert as_rosa.post(f"{url}points/add/", {"points": "1", "reason": "x"}).status_code == 403


# ---- lists ---------------------------------------------------------------------------------------------------------


def test_lists_are_kept_in_the_browser(as_mona, as_rosa, mona, rosa, client, clinic):
    client.force_login(mona)
    assert "No tags yet." in text_of(client.get("/patient-lists/"))
    tag = {"name": "VIP", "meaning": "主管接待", "colour": "violet", "position": "1"}
    level = {"name": "金卡", "rules": "9 折", "colour": "warning", "position": "1"}

    for kind, given, model in (("tags", tag, Tag), ("levels", level, MembershipLevel)):
        base = f"/patient-lists/{kind}/"
        assert client.get(f"{base}new/").status_code == 200
        assert client.post(f"{base}new/", given).status_code == 303
        assert client.post(f"{base}new/", given).status_code == 422
        row = model.objects.get()
        assert given["name"] in text_of(client.get(f"{base}{row.pk}/"))
        changed = {**given, "position": "2", "version": "1", "is_active": "on"}
        assert client.post(f"{base}{row.pk}/", changed).status_code == 303
        assert client.post(f"{base}{row.pk}/", changed).status_code == 422
        row.refresh_from_db()
        assert (row.position, row.version) == (2, 2)
    page = text_of(client.get("/patient-lists/"))
    assert "VIP" in page
    assert "金卡" in page
    client.force_login(rosa)
    assert client.get("/patient-lists/").status_code == 403


def test_tabs_count_what_waits_and_figures_say_what_was_paid(as_rosa, clinic, chair, dana, pia, url, at):
    from datetime import timedelta

    from incisor.billing.models import Bill, LedgerEntry, Payment
    from incisor.kernel import clock
    from tests.factories.scheduling import make_appointment
    from tests.factories.visits import make_visit

    make_appointment(clinic=clinic, patient=pia, dentist=dana, chair=chair, starts_at=clock.now() + timedelta(days=3))
    visit = make_visit(clinic=clinic, patient=pia, at=at, status="done", dentist=dana)
    bill = Bill.objects.create(
        clinic=clinic, patient=pia, visit=visit, business_date=at.date(), created_by=pia.created_by, created_at=at
    )
    payment = Payment.objects.create(
        clinic=clinic, patient=pia, bill=bill, receipt_number="R1", amount_minor=12050, business_date=at.date(),
        taken_by=pia.created_by, taken_at=at,
    )  # fmt: skip
    LedgerEntry.objects.create(
        clinic=clinic, patient=pia, kind="payment", amount_minor=-12050, text="现金", bill=bill, payment=payment,
        business_date=at.date(), by=pia.created_by, at=at,
    )  # fmt: skip

    page = text_of(as_rosa.get(url))

    tab = page[page.index('id="tab-appointments"') :]
    assert '<span class="count">1</span>' in tab[: tab.index("</a>")]
    assert "<dt>Paid in all</dt><dd>¥120.50</dd>" in page
    assert "<dt>Visits</dt><dd>1</dd>" in page


def test_list_shows_and_filters_by_the_clinics_tags(as_rosa, clinic, mona, pia, at):
    Tag.objects.create(clinic=clinic, name="VIP", colour="violet")
    Tag.objects.create(clinic=clinic, name="旧", is_active=False)
    make_patient(clinic=clinic, name="李红", file_number="A000002", phone="13900002222")
    services.change_patient(by=mona, patient=pia, version=1, changes={"tags": ["VIP"]}, at=at)

    page = text_of(as_rosa.get("/patients/"))
    found = text_of(as_rosa.get("/patients/", {"q": "#VIP"}, **FRAGMENT))

    assert '<a class="chip" href="?q=%23VIP">#VIP</a>' in page
    assert "#旧" not in page
    assert '<span class="tag tag-violet">VIP</span>' in found
    assert "李红" not in found


def test_men_are_not_asked_about_pregnancy(as_rosa, pia, url):
    assert "Pregnancy" in text_of(as_rosa.get(f"{url}health/", **FRAGMENT))
    Patient.objects.update(sex="male")
    assert "Pregnancy" not in text_of(as_rosa.get(f"{url}health/", **FRAGMENT))
