"""Importing patients: what a column can mean, and the tables of other programs that are known."""

from typing import Any

from django.utils.translation import gettext_lazy

from incisor.patients.enums import FIELD_LABELS
from incisor.patients.hooks import ImportField, Layout
from incisor.patients.rules import open_dental


def _field(key: str, *synonyms: str, label: Any = None, **more: Any) -> ImportField:
    return ImportField(key=key, label=label or FIELD_LABELS[key], synonyms=synonyms, **more)


FIELDS = (
    _field("file_number", "病历号", "档案号", "病案号", "患者编号", "客户编号", "编号", "病历编号", "卡号", "file no", "chart number",
           "patient id", "patient number", label=gettext_lazy("File number")),
    _field("name", "姓名", "患者姓名", "客户姓名", "病人姓名", "患者", "名字", "patient name", "full name", is_required=True),
    _field("phone", "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "移动电话", "mobile", "telephone", "tel",
           "phone number", "cell"),
    _field("sex", "性别", "gender"),
    _field("born_on", "出生日期", "生日", "出生年月", "出生年月日", "birthday", "date of birth", "dob", "birthdate"),
    _field("id_number", "身份证", "身份证号", "身份证号码", "证件号", "证件号码", "id card", "passport"),
    _field("phone_owner", "电话归属", "联系人", "电话所有人", "contact person"),
    _field("email", "邮箱", "电子邮箱", "电子邮件", "e-mail", "mail"),
    _field("address", "地址", "住址", "家庭住址", "联系地址", "home address"),
    _field("insurance_number", "医保号", "医保卡号", "社保卡号", "保险号", "insurance"),
    _field("card_number", "就诊卡号", "会员卡号", "诊疗卡号", "card no", "membership number"),
    _field("occupation", "职业", "工作", "job"),
    _field("contact_channel", "首选联系方式", "联系渠道", "preferred contact", "contact channel"),
    _field("source", "来源", "客户来源", "患者来源", "就诊来源", "channel", "referral source"),
    _field("source_detail", "来源详情", "介绍人", "推荐人", "referrer"),
    _field("allergies", "过敏", "过敏史", "药物过敏", "药物过敏史", "allergy", label=gettext_lazy("Allergies")),
    _field("tags", "标签", "客户标签", "分类", "会员等级", "tag", "labels"),
    _field("note", "备注", "说明", "备注信息", "remark", "remarks", "comment", "comments", "notes"),
    _field("external_id", "旧系统编号", "原系统编号", "系统编号", "old number", "old patient number",
           label=gettext_lazy("Number in the old system")),
    _field("state", "档案状态", "file state", label=gettext_lazy("State in the old system")),
    _field("last_seen_on", "最近就诊", "最近就诊日期", "最后就诊日期", "上次就诊", "末次就诊", "last visit", "last seen",
           label=gettext_lazy("Last visit")),
)  # fmt: skip
# Table "patient" of Open Dental, as its own export or a query writes it (manual: Database Documentation, version 24).
OPEN_DENTAL = Layout(
    key="od",
    label=gettext_lazy("Open Dental, table patient"),
    needs=("PatNum", "LName", "FName", "Birthdate"),
    columns={
        "PatNum": "external_id",
        "ChartNumber": "file_number",
        "LName": "name",
        "FName": "name",
        "Gender": "sex",
        "Birthdate": "born_on",
        "WirelessPhone": "phone",
        "HmPhone": "phone",
        "WkPhone": "phone",
        "Email": "email",
        "Address": "address",
        "Address2": "address",
        "City": "address",
        "State": "address",
        "Zip": "address",
        "MedUrgNote": "note",
        "PatStatus": "state",
    },
    joins={"name": open_dental.whole_name, "phone": open_dental.first_of, "address": open_dental.listed},
    values={
        "sex": open_dental.sex,
        "born_on": open_dental.day,
        "phone": open_dental.phone,
        "state": open_dental.patient_state,
    },
)
