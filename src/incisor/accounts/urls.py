"""Pages of accounts."""

from django.urls import path

from incisor.accounts.views import entrance, own, roles, system, trail, users

app_name = "accounts"
urlpatterns = [
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/code/", entrance.sign_in_code, name="sign-in-code"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("lock/", entrance.lock, name="lock"),
    path("unlock/", entrance.unlock, name="unlock"),
    path("account/", own.account, name="account"),
    path("account/language/", own.language, name="language"),
    path("account/password/", own.password, name="password"),
    path("account/sessions/<uuid:sign_in_id>/end/", own.end_session, name="session-end"),
    path("account/sessions/end-others/", own.end_other_sessions, name="sessions-end-others"),
    path("account/second-factor/", own.second_factor_page, name="second-factor"),
    path("account/second-factor/begin/", own.second_factor_begin, name="second-factor-begin"),
    path("account/second-factor/confirm/", own.second_factor_confirm, name="second-factor-confirm"),
    path("account/second-factor/remove/", own.second_factor_remove, name="second-factor-remove"),
    path("account/second-factor/recovery-codes/", own.recovery_codes, name="recovery-codes"),
    path("users/", users.user_list, name="users"),
    path("users/new/", users.user_new, name="user-new"),
    path("users/<uuid:user_id>/", users.user, name="user"),
    path("users/<uuid:user_id>/roles/", users.role_give, name="user-role-give"),
    path("users/<uuid:user_id>/roles/<uuid:grant_id>/take/", users.role_take, name="user-role-take"),
    path("users/<uuid:user_id>/close/", users.close, name="user-close"),
    path("users/<uuid:user_id>/reopen/", users.reopen, name="user-reopen"),
    path("users/<uuid:user_id>/reset-password/", users.reset_password, name="user-reset-password"),
    path("users/<uuid:user_id>/reset-second-factor/", users.reset_second_factor, name="user-reset-second-factor"),
    path("roles/", roles.role_list, name="roles"),
    path("roles/new/", roles.role_new, name="role-new"),
    path("roles/<uuid:role_id>/", roles.role, name="role"),
    path("roles/<uuid:role_id>/reset/", roles.reset, name="role-reset"),
    path("roles/<uuid:role_id>/remove/", roles.remove, name="role-remove"),
    path("audit/", trail.trail, name="audit"),
    path("audit/export/", trail.trail_export, name="audit-export"),
    path("audit/patients/<uuid:patient_id>/", trail.patient_trail, name="patient-audit"),
    path("system/", system.system, name="system"),
]
