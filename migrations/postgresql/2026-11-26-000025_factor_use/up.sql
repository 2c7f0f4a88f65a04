-- When a code of the app was last used, beside its step: a code of the next step may be typed before the moment that counts.
alter table totp_factors add column last_used_at bigint;
