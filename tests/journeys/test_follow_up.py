"""The calls after a treatment, as the follow-up agent makes them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import ZONE


@pytest.fixture
def agent(open_desk):
    """The follow-up agent at the list of calls, the first one chosen."""
    desk = open_desk("yinxiaohe")
    desk.go("/follow-ups/?who=all")
    expect(desk.page.locator("#follow-up-rows > [data-row]").first).to_be_focused()
    return desk


def chosen(agent):
    """Return the address of the file of whoever is to be called."""
    return agent.page.locator("#follow-up-work section a[href^='/patients/']").first.get_attribute("href")


def outcome(agent, words):
    row = agent.page.locator("#follow-up-rows > [aria-current=true]").get_attribute("id")
    agent.page.locator("#outcomes [role=option]").filter(has_text=words).click()
    expect(agent.page.locator(f"#{row}")).to_have_count(0)  # on to the next


def contacts(agent, file):
    agent.go(f"{file}?tab=contacts")
    panel = agent.page.locator("#panel-contacts")
    expect(panel.locator(".loading-state")).to_have_count(0)
    return panel


def clinic_day(days=0):
    return (datetime.now(ZoneInfo(ZONE)) + timedelta(days=days)).strftime("%Y-%m-%d")


def test_a_call_is_recorded_with_satisfaction_and_the_patients_words(agent):
    file = chosen(agent)
    agent.page.get_by_role("radio", name="非常满意").check()
    agent.page.locator("#call-note").fill("不疼了，谢谢关心")

    outcome(agent, "恢复良好")

    panel = contacts(agent, file)
    expect(panel.locator("tbody tr").first).to_contain_text("不疼了，谢谢关心")
    expect(panel.locator("tbody tr").first).to_contain_text("非常满意")


def test_no_answer_comes_back_tomorrow(agent):
    file = chosen(agent)

    outcome(agent, "无人接听")

    expect(contacts(agent, file).locator("li").filter(has_text=clinic_day(1)).first).to_be_visible()


def test_unwell_is_told_to_the_dentist_and_called_again(agent, open_desk):
    file = chosen(agent)
    name = agent.page.locator("#follow-up-rows > [aria-current=true] b").inner_text()
    agent.page.locator("#call-note").fill("右下牙胀痛两天")

    outcome(agent, "不舒服")

    panel = contacts(agent, file)
    expect(panel.locator("li").filter(has_text=clinic_day(0)).first).to_be_visible()  # for the dentist, today
    expect(panel.locator("li").filter(has_text=clinic_day(1)).first).to_be_visible()  # called again tomorrow
    manager = open_desk("mona")
    manager.go("/follow-ups/?who=all")
    task = (
        manager.page.locator("#follow-up-rows > [data-row]")
        .filter(has_text=name)
        .filter(has_text=re.compile("不适|不舒服"))
    )
    expect(task.first).to_be_visible()


def test_a_wrong_outcome_is_taken_back(agent):
    row = agent.page.locator("#follow-up-rows > [aria-current=true]").get_attribute("id")

    outcome(agent, "号码错误")
    agent.page.locator("#toasts .toast-undo").last.click()

    expect(agent.page.locator(f"#{row}")).to_be_visible()
