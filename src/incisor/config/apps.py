from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "incisor.config"
    label = "config"

    def ready(self) -> None:
        """Join what no single app knows: the checks of backups, the words of the record, its place on the patient's page."""
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.audit import hooks as audit  # noqa: PLC0415 -- app ready
        from incisor.clinics.queries import chair_names, clinic_names  # noqa: PLC0415 -- app ready
        from incisor.config import (  # noqa: PLC0415 -- app ready
            attachments,
            backup_checks,
            patient_rows,
        )
        from incisor.config.audit_words import FIELD_LABELS, LABELS, VALUE_KINDS, value_words  # noqa: PLC0415 -- app ready
        from incisor.kernel.checks import Check, checks  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Panel  # noqa: PLC0415 -- app ready
        from incisor.patients import hooks as patients  # noqa: PLC0415 -- app ready
        from incisor.patients.queries import ids_by_file_number, names_of, same_file  # noqa: PLC0415 -- app ready

        for order, (key, label, run) in enumerate(
            [
                ("backup", _("Backup"), backup_checks.newest_backup),
                ("backup-proof", _("Backup tried"), backup_checks.proof),
                ("recovery-key", _("Recovery key"), backup_checks.recovery_key),
                ("attachments", _("Kept files"), attachments.whole_files),
            ]
        ):
            checks.add(Check(key=key, label=label, order=60 + order, run=run))
        patient_rows.register()
        audit.labels.update(LABELS)
        audit.field_labels.update(FIELD_LABELS)
        audit.value_words.update(value_words())
        audit.value_kinds.update(VALUE_KINDS)
        audit.names["clinics.clinic"] = lambda _clinic_id, ids: clinic_names(ids)
        audit.names["clinics.chair"] = chair_names
        audit.names[audit.PATIENT] = names_of
        audit.patient_finders.append(ids_by_file_number)
        audit.same_person.append(same_file)
        patients.patient_panels.add(
            Panel(
                key="audit", label=_("Who saw and changed this file"), order=900, icon="history",
                permission=Permission.AUDIT_SEE, url_name="accounts:patient-audit",
            )
        )  # fmt: skip
