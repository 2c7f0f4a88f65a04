alter table totp_factors drop column last_used_at;
