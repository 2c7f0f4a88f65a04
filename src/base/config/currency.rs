//! Which currencies the portal can count in.

use super::ConfigFault;

/// Currencies of ISO 4217 whose smallest unit is no hundredth: without one, with thousandths, with more; at last codes of
/// metals and units of account, which have none.
const NO_HUNDREDTHS: [&str; 4] = [
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    "BHD IQD JOD KWD LYD OMR TND",
    "CLF UYW",
    "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX",
];

/// Three capital letters.
pub(super) fn code(text: &str) -> Option<String> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| text.to_string())
}

/// Every amount is kept and shown in hundredths: a currency without them would be wrong by a factor of a hundred.
pub(super) fn in_hundredths(code: String) -> Result<String, ConfigFault> {
    if NO_HUNDREDTHS.iter().any(|codes| codes.split(' ').any(|one| one == code)) {
        Err(ConfigFault::NoHundredths)
    } else {
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_hundredths() {
        for code in ["CNY", "USD", "EUR", "HKD", "MGA"] {
            assert_eq!(in_hundredths(code.to_string()).unwrap(), code);
        }
        for code in ["JPY", "KRW", "KWD", "CLF", "XAU"] {
            let fault = in_hundredths(code.to_string()).unwrap_err().to_string();
            assert!(fault.contains("EASYLINK_CURRENCY") && fault.contains("two decimals"), "{code}: {fault}");
        }
    }
}
