//! Where a sign-in may lead.

/// The page that was asked for before the sign-in when it is one of the staff's own, else the desk. Nothing that a
/// browser could take for another site, and not back to a door. What was kept of a form waits at everybody's own address.
pub(super) fn onward(next: &str) -> &str {
    const DESK: &str = "/staff";
    const KEPT: &str = "/account/kept";
    if next == KEPT {
        return KEPT;
    }
    let Some(rest) = next.strip_prefix(DESK) else { return DESK };
    let within = rest.is_empty() || rest.starts_with('/') || rest.starts_with('?');
    let plain = next.bytes().all(|sign| sign.is_ascii_graphic() && sign != b'\\');
    let path = next.split('?').next().unwrap_or_default();
    let climbs = path.contains("//") || path.contains("..") || path.contains('%');
    let door = path == "/staff/login" || path.starts_with("/staff/activation");
    if within && plain && !climbs && !door && next.len() <= 512 { next } else { DESK }
}

#[cfg(test)]
mod tests {
    use super::onward;

    #[test]
    fn only_pages_of_the_staff_are_gone_on_to() {
        for good in [
            "/staff",
            "/staff/people",
            "/staff/audit?event=signed_in&after=12",
            "/staff?x=https://a.example",
            "/account/kept",
        ] {
            assert_eq!(onward(good), good);
        }
        for bad in [
            "",
            "/",
            "/account",
            "/account/kept/x",
            "/account/kept?next=//evil.example",
            "/staffroom",
            "//staff",
            "https://evil.example/staff",
            "/staff//evil.example",
            "/staff/..//evil.example",
            "/staff/../account",
            "/staff/%2e%2e/account",
            "/staff\\evil",
            "/staff/a b",
            "/staff/\r\nx",
            "/staff/login",
            "/staff/login?next=/staff",
            "/staff/activation/abc",
        ] {
            assert_eq!(onward(bad), "/staff", "{bad}");
        }
        assert_eq!(onward(&format!("/staff/{}", "a".repeat(600))), "/staff");
    }
}
