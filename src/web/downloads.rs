//! Files on their way out: which bytes were asked for (RFC 9110, section 14), and headers that let a file do no harm.
//!
//! Only a handler that has admitted its visitor calls this. The address never says how a file is shown: its kind does.

use std::ops::Range;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;

use crate::services::storage::{Kind, Storage, StorageFault, content_disposition};

/// What a `Range` header comes to for a file of known length.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// No range, or one that is ignored: another unit, several ranges, bad syntax.
    Whole,
    /// These bytes: never empty, always inside the file.
    Bytes(Range<u64>),
    /// A proper range that holds no byte of the file: 416.
    Nothing,
}

/// The `Range` header that counts: only of a GET, and none beside `If-Range`, since files have no validator to match.
pub fn asked_range(request: &HttpRequest) -> Option<&str> {
    if request.method() != Method::GET || request.headers().contains_key(header::IF_RANGE) {
        return None;
    }
    request.headers().get(header::RANGE)?.to_str().ok()
}

/// Answers with a file of `size` bytes, or the part of it that `range` asks for (see [`asked_range`]). `name` is what its
/// owner called it. A file that is not there is a bare 404, a storage that fails a bare 500.
pub async fn serve(
    storage: &Storage,
    key: &str,
    size: u64,
    kind: Kind,
    name: &str,
    range: Option<&str>,
) -> HttpResponse {
    let (status, bytes) = match range.map_or(Part::Whole, |asked| part(asked, size)) {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::Bytes(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Part::Nothing => {
            return HttpResponse::RangeNotSatisfiable()
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .insert_header((header::ACCEPT_RANGES, "bytes"))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .content_type("text/plain; charset=utf-8")
                .body("");
        }
    };
    let asked = (status == StatusCode::PARTIAL_CONTENT).then(|| bytes.clone());
    let reading = match storage.read(key, asked).await {
        Ok(reading) => reading,
        Err(StorageFault::NotFound) => {
            tracing::error!("a file that the database knows is not in the storage");
            return HttpResponse::NotFound().finish();
        }
        Err(fault) => {
            tracing::error!(%fault, "a file could not be read");
            return HttpResponse::InternalServerError().finish();
        }
    };
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, kind.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, content_disposition(kind, name)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // Compressing would change the length that ranges count in.
        .insert_header((header::CONTENT_ENCODING, "identity"));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = bytes.end.saturating_sub(1);
        answer.insert_header((header::CONTENT_RANGE, format!("bytes {}-{last}/{size}", bytes.start)));
    }
    let body = reading.inspect_err(|fault| tracing::error!(%fault, "a file broke off"));
    answer.no_chunking(bytes.end - bytes.start).streaming(body)
}

/// Answers with a file that is at hand, opened from its seal: whole, with the same headers.
pub fn serve_bytes(bytes: Vec<u8>, kind: Kind, name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, content_disposition(kind, name)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(bytes)
}

fn part(asked: &str, size: u64) -> Part {
    let Some((unit, set)) = asked.split_once('=') else {
        return Part::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else {
        return Part::Whole;
    };
    let bytes = match (first, last) {
        ("", last) => match position(last) {
            Some(count) => size.saturating_sub(count)..size,
            None => return Part::Whole,
        },
        (first, "") => match position(first) {
            Some(first) => first..size,
            None => return Part::Whole,
        },
        (first, last) => match (position(first), position(last)) {
            (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
            _ => return Part::Whole,
        },
    };
    if bytes.is_empty() { Part::Nothing } else { Part::Bytes(bytes) }
}

/// A position of digits alone; one too large for the machine lies behind every file.
fn position(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use bytes::Bytes;

    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (asked, expected) in [
            ("bytes=0-499", Part::Bytes(0..500)),
            ("bytes=500-999", Part::Bytes(500..1000)),
            ("bytes=500-5000", Part::Bytes(500..1000)),
            ("Bytes=999-", Part::Bytes(999..1000)),
            ("bytes=-1", Part::Bytes(999..1000)),
            ("bytes=-5000", Part::Bytes(0..1000)),
            ("bytes=0-99999999999999999999999", Part::Bytes(0..1000)),
            ("bytes=1000-", Part::Nothing),
            ("bytes=1000-2000", Part::Nothing),
            ("bytes=99999999999999999999999-", Part::Nothing),
            ("bytes=-0", Part::Nothing),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("items=0-1", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=1-2-3", Part::Whole),
            ("bytes=x-y", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(part(asked, 1000), expected, "{asked}");
        }
        for asked in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(part(asked, 0), Part::Nothing, "{asked}");
        }
    }

    #[test]
    fn a_range_counts_only_for_a_plain_get() {
        let range = ("range", "bytes=0-1");
        let get = TestRequest::get().insert_header(range).to_http_request();
        assert_eq!(asked_range(&get), Some("bytes=0-1"));
        let head = TestRequest::with_uri("/").method(Method::HEAD);
        assert_eq!(asked_range(&head.insert_header(range).to_http_request()), None);
        let stale = TestRequest::get().insert_header(range).insert_header((header::IF_RANGE, "\"x\""));
        assert_eq!(asked_range(&stale.to_http_request()), None);
    }

    #[actix_web::test]
    async fn a_file_is_served_whole_in_parts_and_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let storage = Storage::folder(home.path()).unwrap();
        let content: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let kept = storage.keep(Bytes::from(content.clone())).await.unwrap();
        let ask = |range: Option<&'static str>, kind| {
            let (storage, key) = (&storage, kept.key.as_str());
            async move { serve(storage, key, 100_000, kind, "票\r\n.pdf", range).await }
        };

        let whole = ask(None, Kind::Pdf).await;
        assert_eq!(whole.status(), StatusCode::OK);
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E7%A5%A8.pdf"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(whole.headers().get(name).unwrap(), value);
        }
        assert!(!whole.headers().contains_key(header::ETAG));
        assert_eq!(to_bytes(whole.into_body()).await.unwrap(), content);

        let some = ask(Some("bytes=10-70009"), Kind::Mp4).await;
        assert_eq!(some.status(), StatusCode::PARTIAL_CONTENT);
        let stated = some.headers().get(header::CONTENT_RANGE).unwrap();
        assert_eq!(stated, "bytes 10-70009/100000");
        assert_eq!(some.headers().get(header::CONTENT_LENGTH).unwrap(), "70000");
        assert_eq!(to_bytes(some.into_body()).await.unwrap(), content[10..70_010]);

        let last = ask(Some("bytes=-5"), Kind::Mp4).await;
        assert_eq!(to_bytes(last.into_body()).await.unwrap(), content[99_995..]);

        let none = ask(Some("bytes=100000-"), Kind::Mp4).await;
        assert_eq!(none.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        let stated = none.headers().get(header::CONTENT_RANGE).unwrap();
        assert_eq!(stated, "bytes */100000");

        storage.delete(&kept.key).await.unwrap();
        assert_eq!(ask(None, Kind::Mp4).await.status(), StatusCode::NOT_FOUND);
    }

    #[actix_web::test]
    async fn an_empty_file_is_served_too() {
        let home = tempfile::tempdir().unwrap();
        let storage = Storage::folder(home.path()).unwrap();
        let kept = storage.keep(Bytes::new()).await.unwrap();
        let answer = serve(&storage, &kept.key, 0, Kind::Wav, "a.wav", None).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(to_bytes(answer.into_body()).await.unwrap().is_empty());
    }
}
